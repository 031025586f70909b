/** What looks at one CVM say of its update, one after another. Pure. */
import { hasFailed } from "../../phala/status.ts";

/** What is remembered between two looks. Times in ms since the epoch, our clock. */
export interface Course {
  /** The revision that it is to have. */
  readonly target: string;
  /** When its update was accepted, as far as it can be told; null: long ago, or never. */
  readonly acceptedAt: number | null;
  /** By then it has begun, counted from that, though nothing showed it. Ms. */
  readonly queueMs: number;
  /** Its status before; null: not known. */
  readonly before: string | null;
  /** It was seen to be under way: in progress, or in another status than before. */
  readonly away: boolean;
  readonly hadTarget: boolean;
  /** Looks in a row: as it shall be; ended, whatever its status; in a bad end; with another revision. */
  readonly good: number;
  readonly ended: number;
  readonly bad: number;
  readonly other: number;
  /** When the first of the bad ones was. */
  readonly badSince: number;
}

/** One look at its row. */
export interface Sight {
  readonly composeHash: string | null;
  readonly status: string;
  readonly inProgress: boolean;
}

/**
 * - `waits`: not yet. `ended`: the operation is over, though it may not run. `serving`: it runs.
 * - `dead`: it ended where it does not run. `overtaken`: somebody else brought it to another revision.
 */
export type CourseVerdict = "waits" | "ended" | "serving" | "dead" | "overtaken";

/** One look alone may be of the moment before something shows. */
const LOOKS = 2;
/** An update waits in a queue and shows nothing but its hash (API facts, 13); it takes three minutes itself. Ms. */
export const QUEUE_MS = 180_000;
/**
 * The same for what somebody else has mostly seen through before this step begins, such as a deploy step the source:
 * so long its row alone is not believed, where nobody tells since when its guest is up. Ms.
 */
export const LATELY_MS = 10_000;
/** Whether `error` is final is not known (API facts, 13: one client says no), so it has to stand. */
const BAD_LOOKS = 3;
const BAD_STANDS_MS = 30_000;

export function newCourse(
  target: string,
  acceptedAt: number | null,
  before: string | null,
  queueMs: number = QUEUE_MS,
): Course {
  const none = { good: 0, ended: 0, bad: 0, other: 0, badSince: 0 };
  return { target, acceptedAt, queueMs, before, away: false, hadTarget: false, ...none };
}

/**
 * One more look. The row tells the new revision before the guest boots it, so an update counts as over only once
 * it was seen to be under way, or after a time in which it would have begun.
 */
export function judgeCourse(
  course: Course,
  sight: Sight,
  now: number,
): { readonly course: Course; readonly verdict: CourseVerdict } {
  const { status, inProgress } = sight;
  if (sight.composeHash !== course.target) {
    const other = course.hadTarget ? course.other + 1 : 0;
    const next = { ...course, other, good: 0, ended: 0, bad: 0 };
    return { course: next, verdict: other >= LOOKS ? "overtaken" : "waits" };
  }
  // That it runs now, and did not before, may be somebody else's start: no update is that quick.
  const moved = course.before !== null && status !== course.before && status !== "running";
  const away = course.away || inProgress || moved;
  const { acceptedAt, queueMs } = course;
  const begun = away || acceptedAt === null || now - acceptedAt >= queueMs;
  const over = begun && !inProgress;
  const isBad = over && (hasFailed(status) || status === "stopped");
  const next: Course = {
    ...course,
    away,
    hadTarget: true,
    other: 0,
    good: over && status === "running" ? course.good + 1 : 0,
    ended: over ? course.ended + 1 : 0,
    bad: isBad ? course.bad + 1 : 0,
    badSince: isBad && course.bad > 0 ? course.badSince : now,
  };
  return { course: next, verdict: verdictOf(next, now) };
}

/**
 * What its guest's start says: one from before the update is the old guest, so that the update waits in the queue
 * still, whatever the row says.
 *
 * @param upSince ms since the epoch, our clock, to the second
 */
export function judgeGuest(course: Course, upSince: number): Course {
  const { acceptedAt } = course;
  if (acceptedAt === null) return course;
  return upSince >= acceptedAt ? { ...course, away: true } : { ...course, queueMs: QUEUE_MS };
}

/** By then an update has begun, whatever shows: nobody has to ask any more. */
export function isOpen({ acceptedAt, away }: Course, now: number): boolean {
  return acceptedAt !== null && !away && now - acceptedAt < QUEUE_MS;
}

/** Whether it may wait in the queue still, for all that was told so far. */
export function mayWait({ acceptedAt, away, queueMs }: Course, now: number): boolean {
  return acceptedAt !== null && !away && now - acceptedAt < queueMs;
}

function verdictOf({ good, ended, bad, badSince }: Course, now: number): CourseVerdict {
  if (good >= LOOKS) return "serving";
  if (bad >= BAD_LOOKS && now - badSince >= BAD_STANDS_MS) return "dead";
  return ended >= LOOKS ? "ended" : "waits";
}
