/** Troubles for tests of rules and words. */

import type { TroubleOf } from "../../src/ledger/trouble.ts";
import type { AnswerFault } from "../../src/net/fault.ts";

/** An error answer; `over` goes over a plain 400. */
export function answerFault(over: Partial<AnswerFault> = {}): AnswerFault {
  return {
    kind: "answer",
    status: 400,
    errorCode: null,
    reason: "no",
    suggestions: [],
    links: [],
    requestId: null,
    retryAfter: null,
    serverTime: null,
    location: null,
    page: false,
    form: "json",
    ...over,
  };
}

const TOLD = { last: null, blind: null, never: false, elapsedMs: 60_000 };

/** It did not come up. */
export const DOWN: TroubleOf<"boot"> = { kind: "boot", end: { why: "stopped" }, told: TOLD };
export const LATE: TroubleOf<"late"> = { kind: "late", told: TOLD };
export const UNHEALTHY: TroubleOf<"unhealthy"> = {
  kind: "unhealthy",
  address: null,
  problem: { got: "unasked" },
  told: TOLD,
};
export const NO_URL: TroubleOf<"no-url"> = {
  kind: "no-url",
  why: { lacks: "row", fault: null },
  path: "/healthz",
  told: TOLD,
};
export const UNASKED: TroubleOf<"not-asked"> = { kind: "not-asked", why: "cancelled", fault: null };

/** A create that the API refused for certain. */
export function refused(over: Partial<AnswerFault> = {}): TroubleOf<"refused"> {
  const fault = answerFault(over);
  return { kind: "refused", doing: { do: "prepare" }, fault, gaveUp: null, searched: null };
}

/** The node is full. */
export const FULL = refused({ errorCode: "ERR-02-005", reason: "The node is full" });

/** The answer was lost, and nothing was found. */
export const LOST: TroubleOf<"ambiguous"> = {
  kind: "ambiguous",
  doing: { do: "prepare" },
  fault: { kind: "network", network: "reset", detail: "ECONNRESET" },
  searched: { found: "nothing", forMs: 30_000 },
  rerun: { kind: "blind" },
};

/** A request of a run or a replica that the API did not answer as it should. */
export function failedRequest(over: Partial<AnswerFault> = {}): TroubleOf<"request"> {
  return { kind: "request", doing: { do: "list" }, fault: answerFault(over), gaveUp: null };
}
