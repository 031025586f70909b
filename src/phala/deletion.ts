/** What a refused deletion says, be it at once (`DELETE`) or to come (`scheduled-delete`). Pure. */
import type { Fault } from "../net/fault.ts";
import type { Verdict } from "../net/retry.ts";
import { proofOf } from "./verdict.ts";

/** The API says that this key will never be allowed to. */
const NEVER = [401, 403];

/**
 * Whether to ask again for a deletion. It can be repeated without harm, and what is not deleted is billed,
 * so only "never" ends it. How the API refuses what is busy is not known for certain: a bare 409 (API facts,
 * "Errors, limits"), but a 423, a 409 with a code, or a 400 while the CVM starts may be meant the same.
 */
export function judgeDeletion(fault: Fault): Verdict {
  if (fault.kind === "unreadable") return "retry";
  if (fault.kind === "network") {
    return ["certificate", "cancelled"].includes(fault.network) ? "final" : "retry";
  }
  return NEVER.includes(fault.status) ? "final" : "retry";
}

/** Whether a deletion that was answered so may have begun all the same: nobody refused it, nor put it off. */
export function mayHaveBegun(fault: Fault): boolean {
  // A 503 that names a time is an edge's, which may have passed the request on.
  const isAway = fault.kind === "answer" && fault.status === 503;
  return isAway || proofOf(fault) === "lost";
}

/**
 * Whether to ask again for a `ttl`. As for a deletion, but what is wrong with the request itself (its form,
 * a route that is not there) stays wrong, and the run would wait for it in vain.
 */
export function judgeTtl(fault: Fault): Verdict {
  if (fault.kind !== "answer") return judgeDeletion(fault);
  const { status } = fault;
  if (status >= 500) return "retry";
  return [...BUSY, ...PERHAPS].includes(status) ? "retry" : "final";
}

/** Busy, or too many requests: may take as long as the boot takes. */
const BUSY = [408, 409, 423, 425, 429];
/** 400: it may still be starting; 404: just created, the platform may not know it everywhere yet. */
const PERHAPS = [400, 404];

/** Whether a refused `ttl` is one that only time can tell from "never": not to be tried for ever. */
export function isDoubtful(fault: Fault): boolean {
  return fault.kind === "answer" && PERHAPS.includes(fault.status);
}
