import type { Clock } from "./clock.ts";
import type { Attempt, Fault } from "./fault.ts";
import type { Place } from "./line.ts";
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
  /** @param earlier what the tries before it met, in order */
  readonly judge: (fault: Fault, earlier: readonly Fault[]) => Verdict;
  /** Ends the waits between tries; the last fault is then the result. */
  readonly signal?: AbortSignal;
  /** Told before each wait. */
  readonly onWait: (fault: Fault, waitMs: number, nextTryNumber: number) => void;
  /** Waits in place of a plain sleep; false: no further try after all. */
  readonly pause?: (fault: Fault, waitMs: number) => Promise<boolean>;
  /** Where each try waits for its turn, and which tells since when the budget's time runs. */
  readonly place?: Place;
}

/**
 * Carries out the rules of `retry.ts`: tries, waits and tries again while the rules say so. No try begins
 * after the budget's time.
 *
 * @param attempt told how long it may take in ms: what can be cut short without harm should be
 */
export async function persist<T>(
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
  { budget, judge, signal, onWait, pause, place }: Persistence,
  attempt: (leftMs: number) => Promise<Attempt<T>>,
): Promise<Persisted<T>> {
  const begun = clock.now();
  const earlier: Fault[] = [];
  const spentMs = () => clock.now() - (place?.since() ?? begun);
  const once = () => {
    const leftMs = Math.max(1, budget.totalMs - spentMs());
    return attempt(Math.min(leftMs, budget.tryMs ?? leftMs));
  };
  for (let tries = 1; ; tries++) {
    // What the line has left it no time for is not sent.
    const inTurn = async () => (tries > 1 && spentMs() >= budget.totalMs ? null : once());
    const result = await (place === undefined ? once() : place.turn(inTurn));
    if (result === null) return outOfTime(earlier);
    if (result.ok) return result;
    const { fault } = result;
    const failed = (gaveUp: GaveUp | null) => ({ ok: false as const, fault, gaveUp, earlier });
    if (judge(fault, earlier) !== "retry" || signal?.aborted) return failed(null);
    const now = clock.now();
    const next = nextTry(fault, tries, spentMs(), budget, now, random());
    if (!next.again) return failed({ ...next, tries });
    onWait(fault, next.waitMs, tries + 1);
    if (pause === undefined) await clock.sleep(next.waitMs, signal);
    else if (!(await pause(fault, next.waitMs))) return failed(null);
    if (signal?.aborted) return failed(null);
    // What a pause does besides waiting may take longer than was planned.
    if (pause !== undefined && spentMs() > budget.totalMs) {
      return failed({ again: false, because: "time", tries });
    }
    earlier.push(fault);
  }
}

/** @param met what the tries met, at least one */
function outOfTime<T>(met: readonly Fault[]): Persisted<T> {
  const fault = met.at(-1) as Fault;
  const gaveUp = { again: false, because: "time", tries: met.length } as const;
  return { ok: false, fault, gaveUp, earlier: met.slice(0, -1) };
}
