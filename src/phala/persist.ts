import type { Edges } from "../edges.ts";
import type { Attempt, Fault } from "./fault.ts";
import { type Budget, type NextTry, nextTry, type Verdict } from "./retry.ts";

/** Why no further try was made. */
export type GaveUp = Exclude<NextTry, { again: true }> & { readonly tries: number };

export type Persisted<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly fault: Fault;
      readonly gaveUp: GaveUp | null;
      /** What the tries before the last one met, in order. */
      readonly earlier: readonly Fault[];
    };

export interface Persistence {
  readonly budget: Budget;
  readonly judge: (fault: Fault) => Verdict;
  /** Ends the waits between tries; the last fault is then the result. */
  readonly signal?: AbortSignal;
  /** Told before each wait. */
  readonly onWait: (fault: Fault, waitMs: number, nextTryNumber: number) => void;
}

/**
 * Carries out the rules of `retry.ts`: tries, waits and tries again while the rules say so. No try begins
 * after the budget's time.
 *
 * @param attempt told how long it may take in ms: what can be cut short without harm should be
 */
export async function persist<T>(
  { clock, random }: Pick<Edges, "clock" | "random">,
  { budget, judge, signal, onWait }: Persistence,
  attempt: (leftMs: number) => Promise<Attempt<T>>,
): Promise<Persisted<T>> {
  const begun = clock.now();
  const earlier: Fault[] = [];
  for (let tries = 1; ; tries++) {
    const leftMs = Math.max(1, begun + budget.totalMs - clock.now());
    const result = await attempt(Math.min(leftMs, budget.tryMs ?? leftMs));
    if (result.ok) return result;
    const { fault } = result;
    const failed = (gaveUp: GaveUp | null) => ({ ok: false as const, fault, gaveUp, earlier });
    if (judge(fault) !== "retry" || signal?.aborted) return failed(null);
    const now = clock.now();
    const next = nextTry(fault, tries, now - begun, budget, now, random());
    if (!next.again) return failed({ ...next, tries });
    onWait(fault, next.waitMs, tries + 1);
    await clock.sleep(next.waitMs, signal);
    if (signal?.aborted) return failed(null);
    earlier.push(fault);
  }
}
