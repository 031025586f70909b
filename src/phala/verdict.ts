/**
 * What an answer to a request that may make a replica proves, and of what it speaks. Pure: money hangs on
 * it, so that it stands in tables that tests go through row by row.
 */

import type { AnswerFault, Fault } from "../net/fault.ts";
import { hasRetryAfter } from "../net/retry-after.ts";
import { neverSent } from "../net/transport.ts";
import { APPROVAL_NEEDED } from "./codes.ts";

/**
 * - `unsent`: nothing left the runner, so nothing was made.
 * - `refused`: the API decided. Nothing was made, unless something between repeated the request.
 * - `put-off`: "not now". It may come from an edge in front of an API that did the work all the same.
 * - `lost`: the work may have been done, or may still be done after any wait.
 */
export type Proof = "unsent" | "refused" | "put-off" | "lost";

/**
 * What a failed create proves. The API has no idempotency key (API facts, "Idempotency"), so whatever is
 * not `unsent` is looked up in the app before the request is sent again, or said to have made nothing.
 */
export function proofOf(fault: Fault): Proof {
  // An approval's answer that breaks off: it was asked for, so nothing was made.
  if (fault.kind === "unreadable") return fault.status === APPROVAL_NEEDED ? "put-off" : "lost";
  if (fault.kind === "network") {
    // The request goes out only once the certificate is trusted.
    return neverSent(fault.network) || fault.network === "certificate" ? "unsent" : "lost";
  }
  const { status, errorCode } = fault;
  // "4xx with an error code is final", but a rate limit that names a time invites the next try.
  if (status === 429) return errorCode === null || hasRetryAfter(fault) ? "put-off" : "refused";
  if (status === 409) return errorCode === null ? "put-off" : "refused";
  if (status === 503 && hasRetryAfter(fault)) return "put-off";
  // A gateway may say 408 after it has passed the request on.
  if (status === 408 || status >= 500) return "lost";
  return status >= 300 ? "refused" : "lost";
}

const INCOMPATIBLE = "ERR-02-009";

/** The platform says so also when several creations run at once, and not a moment later (API facts, 9). */
export function isBusyWithOthers(fault: Fault): boolean {
  return fault.kind === "answer" && fault.status === 400 && fault.errorCode === INCOMPATIBLE;
}

/**
 * What an answer speaks of: one node, one request, or the whole run. What speaks of the run would be said
 * to each further request too, so none is sent.
 */
export type Scope = "node" | "request" | "run";

/**
 * By the API's error code, without the `ERR-` in front (meanings: API facts, "Errors, limits"). All requests
 * of a run name the same source and key, so what speaks of these speaks of the run. Whole families are below.
 */
export const SCOPE_BY_CODE: Readonly<Record<string, Scope>> = {
  "01-001": "node",
  "01-002": "run",
  "01-003": "run",
  "01-004": "request",
  "01-005": "request",
  "01-006": "request",
  "01-007": "request",
  "01-008": "request",
  "02-001": "run",
  // Without a node it speaks of the platform's choice, which may be another one next time.
  "02-002": "node",
  "02-003": "node",
  "02-004": "node",
  "02-005": "node",
  "02-006": "node",
  "02-007": "node",
  "02-008": "request",
  "02-009": "request",
  "02-010": "node",
  "02-011": "node",
  "02-012": "node",
  "02-013": "node",
  "02-014": "node",
  "02-015": "run",
  "02-016": "node",
  "03-001": "run",
  "03-002": "run",
  "03-003": "run",
  "03-004": "run",
  "03-005": "run",
  "03-006": "node",
  "03-007": "request",
  "03-008": "run",
  // The first request of a run goes without a hash, those after it have one.
  "03-009": "request",
  "03-010": "run",
};

/** Families whose codes all speak of the workspace: its balance and limits, its API tokens. */
const RUN_FAMILIES = ["04-", "05-"] as const;

/**
 * By status, where the code is unknown or missing: the key, the balance, a suspended workspace, an address
 * that leads elsewhere; and a rate limit or an API that is away, once no further try is due.
 */
const RUN_STATUSES: readonly number[] = [401, 402, 403, 429, 503];

/** Of what the answer speaks that a request ended with. */
export function scopeOf(fault: Fault): Scope {
  // Who can't reach the API, or not trust it, can't do so for the next request.
  if (fault.kind === "network") return proofOf(fault) === "unsent" ? "run" : "request";
  if (fault.kind === "unreadable") return "request";
  return scopeOfCode(fault.errorCode) ?? scopeOfStatus(fault);
}

function scopeOfCode(errorCode: string | null): Scope | null {
  const code = errorCode?.slice("ERR-".length) ?? "";
  if (RUN_FAMILIES.some((family) => code.startsWith(family))) return "run";
  // The server chose the code: it must not reach the properties that every object has.
  return Object.hasOwn(SCOPE_BY_CODE, code) ? (SCOPE_BY_CODE[code] ?? null) : null;
}

function scopeOfStatus({ status }: AnswerFault): Scope {
  return RUN_STATUSES.includes(status) || (status >= 300 && status < 400) ? "run" : "request";
}

/** Codes that speak of room, which may come: not enough vCPUs, memory, slots, GPUs (API facts, 9). */
const ROOM_CODES = ["02-002", "02-003", "02-004", "02-005", "02-006", "02-007", "02-016"];

/** Whether a node, or the platform, had no room. */
export function isAboutRoom(fault: Fault): boolean {
  const code = fault.kind === "answer" ? (fault.errorCode ?? "") : "";
  return ROOM_CODES.includes(code.slice("ERR-".length));
}
