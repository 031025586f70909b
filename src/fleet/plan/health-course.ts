/** What answers of an instance to its health check say, one after another. Pure. */
import type { HealthProblem } from "../../ledger/terms.ts";

/** Times in ms since the epoch. */
export interface HealthCourse {
  /** Good answers in a row, bad ones in a row. */
  readonly good: number;
  readonly bad: number;
  /** Since when it is healthy; null: it is not. */
  readonly since: number | null;
  readonly askedAt: number | null;
  /** What was wrong with the last bad answer. */
  readonly problem: HealthProblem | null;
}

export const UNASKED: HealthCourse = { good: 0, bad: 0, since: null, askedAt: null, problem: null };

/** A single good answer may be luck, a single bad one bad luck: containers flap while they start. */
const IN_A_ROW = 2;
/** While it only has to stay healthy, it is asked so often at the least. Ms. */
const STAYS_EVERY_MS = 15_000;

export type HealthVerdict = "checking" | "healthy" | "sick";

/** Whether it is to be asked now. */
export function isDue({ since, askedAt, bad }: HealthCourse, forMs: number, now: number): boolean {
  if (since === null || askedAt === null || bad > 0) return true;
  return now - askedAt >= STAYS_EVERY_MS || now - since >= forMs;
}

/**
 * One more answer.
 *
 * @param problem null: a good one
 * @param forMs how long it has to stay healthy after two good ones
 */
export function judgeHealth(
  course: HealthCourse,
  problem: HealthProblem | null,
  forMs: number,
  now: number,
): { readonly course: HealthCourse; readonly verdict: HealthVerdict } {
  const good = problem === null ? course.good + 1 : 0;
  const bad = problem === null ? 0 : course.bad + 1;
  const since = course.since ?? (good >= IN_A_ROW ? now : null);
  const next = { good, bad, since, askedAt: now, problem: problem ?? course.problem };
  if (since === null) return { course: next, verdict: "checking" };
  if (bad >= IN_A_ROW) return { course: next, verdict: "sick" };
  const stood = problem === null && now - since >= forMs;
  return { course: next, verdict: stood ? "healthy" : "checking" };
}
