/** Replicas for the tests of words. */

import { errorOf } from "../../src/commands/saying.ts";
import type { Replica } from "../../src/ledger/replica.ts";
import type { Trouble } from "../../src/ledger/trouble.ts";
import { readCvm } from "../../src/phala/cvm.ts";
import type { Report } from "../../src/report/outputs/create.ts";
import { newReplica } from "../support/replicas.ts";

export const APP = "3c".repeat(20);

export const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** The address of a replica's page ends so. */
export const page = (n: number) => `/acme/apps/${APP}/instances/${uuid(n).replaceAll("-", "")}`;

/** Number `n` of a run, from 1, not asked for yet. */
export function unmade(n: number, trouble: Trouble | null = null): Replica {
  const slot = {
    index: n - 1,
    nodeId: null,
    nodeName: null,
    composeHash: null,
    expectedHash: null,
  };
  return { ...newReplica(slot), trouble };
}

/** One that was created. @param row fields of its row in the app's list */
export function made(n: number, over: Partial<Replica> = {}, row: object = {}): Replica {
  const cvm = readCvm({
    id: n,
    name: `web-${n}`,
    vm_uuid: uuid(n),
    app_id: APP,
    status: "running",
    ...row,
  });
  return { ...unmade(n), origin: "created", cvm, ...over };
}

export { DOWN, FULL, LOST } from "../support/troubles.ts";

const PLACE = { workspaceSlug: "acme", appId: APP };

/** What a create has to report where all went well; `over` says what did not. */
export function reportOf(replicas: readonly Replica[], over: Partial<Report> = {}): Report {
  return {
    verdict: { outcome: "created", trouble: null, exitCode: 0 },
    replicas,
    approval: null,
    isAllowed: null,
    ...PLACE,
    cleanup: "never",
    planned: [],
    sourceVmUuid: null,
    source: null,
    message: "",
    errorOf: (replica) => errorOf(replica, PLACE, { redactPrinted: (text) => text }),
    ...over,
  };
}
