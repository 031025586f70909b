/** Factories of what the rules of "once" decide on: each fills in what a case does not say. */

import type { Wanted } from "../../src/fleet/plan/newcomers.ts";
import type { AnswerFault, NetworkFault, UnreadableFault } from "../../src/net/fault.ts";
import type { NetworkKind } from "../../src/net/transport.ts";
import type { Cvm } from "../../src/phala/cvm.ts";
import { answerFault } from "./troubles.ts";

export function answer(status: number, over: Partial<AnswerFault> = {}): AnswerFault {
  return answerFault({ status, reason: null, ...over });
}

export function network(kind: NetworkKind): NetworkFault {
  return { kind: "network", network: kind, detail: "for a test" };
}

export function unreadable(status = 200): UnreadableFault {
  return { kind: "unreadable", status, problem: "an empty body", requestId: null, page: false };
}

/** A UUID that ends in this number. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

export const HASH = "ab".repeat(32);
export const OTHER_HASH = "cd".repeat(32);
export const CREATED_AT = Date.UTC(2026, 6, 2, 8, 0, 0);

/** A running CVM on node 26; its UUID and name come from its number. */
export function cvm(number: number, over: Partial<Cvm> = {}): Cvm {
  return {
    raw: {},
    id: number,
    vmUuid: uuid(number),
    appId: "3c".repeat(20),
    name: `web-${number}`,
    status: "running",
    inProgress: false,
    instanceId: null,
    nodeId: 26,
    nodeName: "sim-prod9",
    region: null,
    composeHash: HASH,
    createdAt: CREATED_AT,
    deleted: false,
    appUrl: null,
    instanceUrl: null,
    endpoints: [],
    workspaceSlug: null,
    ...over,
  };
}

/** A replica asked for on node 26, with the shared hash, when all of the baseline was there. */
export function wanted(over: Partial<Wanted> = {}): Wanted {
  return {
    baseline: new Set([uuid(1)]),
    claimed: new Set(),
    nodeId: 26,
    composeHash: HASH,
    name: null,
    notBefore: CREATED_AT,
    olderMs: 0,
    notAfter: null,
    ...over,
  };
}
