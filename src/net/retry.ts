import type { Fault } from "./fault.ts";
import { retryAfterMs } from "./retry-after.ts";

/**
 * The rules of trying again, apart from all I/O.
 *
 * - `final`: the server decided, trying again would change nothing.
 * - `retry`: trying again is sound; of a create, once the app was looked at.
 * - `uncertain`: the work may have been done, or may still be done after any wait.
 */
export type Verdict = "final" | "retry" | "uncertain";

/** Reads, deletes and settings that can be repeated without harm. */
export function judgeRepeatable(fault: Fault): Verdict {
  if (fault.kind === "unreadable") return "retry";
  if (fault.kind === "network") {
    return ["certificate", "too-large", "cancelled"].includes(fault.network) ? "final" : "retry";
  }
  const { status, errorCode } = fault;
  if (status === 409) return errorCode === null ? "retry" : "final";
  return status === 408 || status === 425 || status === 429 || status >= 500 ? "retry" : "final";
}

/** How often and how long to try. */
export interface Budget {
  readonly maxTries: number;
  /** All tries and waits together, in ms; a create that has begun in it is not cut short. */
  readonly totalMs: number;
  /** The first wait of the backoff in ms; 500 when not given. */
  readonly firstWaitMs?: number;
  /** The shortest wait after this failure in ms, whatever the server asks for; 0 when not given. */
  readonly leastWaitMs?: (fault: Fault) => number;
  /** How long one try may take in ms, so that a single silence does not use the whole time up. */
  readonly tryMs?: number;
}

/** For the create request: bounded in tries and by 60 s in all. */
export const CREATE_BUDGET: Budget = { maxTries: 6, totalMs: 60_000 };
/** For the reads before it, which a run can do without. */
export const READ_BUDGET: Budget = { maxTries: 4, totalMs: 60_000, tryMs: 30_000 };

/** For what is only good to know, so that nobody is kept waiting: who can approve. */
export const GLANCE_BUDGET: Budget = { maxTries: 2, totalMs: 10_000, tryMs: 5_000 };

/** For a commit, whose transaction may not be known everywhere yet. */
export const COMMIT_BUDGET: Budget = { maxTries: 5, totalMs: 60_000, firstWaitMs: 2_000 };

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

export type NextTry =
  | { readonly again: true; readonly waitMs: number }
  | { readonly again: false; readonly because: "tries" | "time" }
  /** The server asked for a longer wait than the budget has left. */
  | { readonly again: false; readonly because: "asked-too-long"; readonly askedMs: number };

/**
 * When to try again: exponential backoff with jitter, or what the server asked for.
 *
 * @param tries how many tries were made
 * @param elapsedMs since the first of them began
 * @param now ms since the epoch, to read a `Retry-After` that is a date
 * @param random from 0 up to 1
 */
export function nextTry(
  fault: Fault,
  tries: number,
  elapsedMs: number,
  budget: Budget,
  now: number,
  random: number,
): NextTry {
  const asked = fault.kind === "answer" ? retryAfterMs(fault, now) : null;
  const leftMs = budget.totalMs - elapsedMs;
  if (asked !== null && asked > leftMs) {
    return { again: false, because: "asked-too-long", askedMs: asked };
  }
  if (tries >= budget.maxTries) return { again: false, because: "tries" };
  const firstMs = budget.firstWaitMs ?? FIRST_WAIT_MS;
  const backoff = Math.min(firstMs * 2 ** (tries - 1), LONGEST_WAIT_MS);
  const jittered = Math.round(backoff * (0.5 + random / 2));
  const own = asked === null ? jittered : Math.max(asked, Math.round(FIRST_WAIT_MS * random));
  const waitMs = Math.max(own, budget.leastWaitMs?.(fault) ?? 0);
  return waitMs > leftMs ? { again: false, because: "time" } : { again: true, waitMs };
}
