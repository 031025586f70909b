/** What a failed create, prepare or commit says of the next try. Pure. */
import type { Fault } from "../net/fault.ts";
import type { Verdict } from "../net/retry.ts";
import { TOKEN_REFUSED, TRANSACTION_UNKNOWN } from "./codes.ts";
import { isBusyWithOthers, proofOf } from "./verdict.ts";

/** How often a create that the platform refuses for its own business is sent again (API facts, 9). */
const MOST_BUSY = 2;

/**
 * What a failed create says of the next try. Where it may be sent again, or nothing is said to have been
 * made, the app is looked at first, unless nothing left the runner (`proofOf`).
 *
 * @param earlier what the tries before it met, in order
 */
export function judgeCreate(fault: Fault, earlier: readonly Fault[] = []): Verdict {
  switch (proofOf(fault)) {
    case "unsent":
      return fault.kind === "network" && fault.network === "certificate" ? "final" : "retry";
    case "put-off":
      return "retry";
    case "lost":
      return "uncertain";
    case "refused": {
      const again = isBusyWithOthers(fault) && earlier.filter(isBusyWithOthers).length < MOST_BUSY;
      return again ? "retry" : "final";
    }
  }
}

/** A lost prepare on an on-chain app created nothing, whatever was lost: it can be asked for again. */
export function judgePrepare(fault: Fault, earlier: readonly Fault[] = []): Verdict {
  const verdict = judgeCreate(fault, earlier);
  if (verdict !== "uncertain" || fault.kind === "unreadable") return verdict;
  return fault.kind === "network" && fault.network === "cancelled" ? "final" : "retry";
}

/** The commit's RPC node may lag behind the transaction for a short while (API facts, 2). */
export function judgeCommit(fault: Fault, earlier: readonly Fault[] = []): Verdict {
  return fault.kind === "answer" && fault.status === TRANSACTION_UNKNOWN
    ? "retry"
    : judgeCreate(fault, earlier);
}

/** The commit's token counts as used, expired or superseded. */
export function tokenRefused(fault: Fault): boolean {
  return fault.kind === "answer" && fault.status === TOKEN_REFUSED;
}

/**
 * Whether an own earlier try may have made the replica, or used the token: one whose answer said to come
 * again may have worked all the same, one that never left or was refused not.
 */
export function mayHaveWorked(fault: Fault): boolean {
  return ["put-off", "lost"].includes(proofOf(fault));
}
