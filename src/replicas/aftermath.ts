import type { CleanupMode } from "../inputs/types.ts";
import type { Cvm } from "../phala/cvm.ts";
import { oneLine } from "../report/clean.ts";
import type { AttemptRecord, SavedRun } from "../state.ts";

/** The rules of the post step, apart from its I/O. */

/** A replica that this step created, as post knows it. */
export interface Made {
  readonly vmUuid: string;
  readonly name: string;
  /** The platform knows of its `ttl`; false also where none was asked for. */
  readonly ttlSet?: boolean;
  /** Main saw that somebody deleted it. */
  readonly gone?: boolean;
  /** When its request was sent, our clock, ms since the epoch. */
  readonly sentAt?: number;
}

/** Outcomes with which nothing went wrong, so `cleanup: on_failure` has nothing to do. */
const GOOD_ENDS = new Set(["created", "unchanged", "dry_run", "pending_approval"]);

/**
 * Whether what the step created is to be deleted.
 *
 * @param outcome main's; null where it was killed before it had one
 */
export function wantsCleanup(mode: CleanupMode, outcome: string | null): boolean {
  if (mode === "always") return true;
  return mode === "on_failure" && (outcome === null || !GOOD_ENDS.has(outcome));
}

/** Attempts whose replica main did not find, or was stopped before it could. */
export function unsettled({ attempts }: SavedRun): readonly AttemptRecord[] {
  return attempts.filter(
    ({ stage, vmUuid }) =>
      stage === "open" || stage === "unknown" || (stage === "made" && vmUuid === null),
  );
}

/**
 * Whether the whole settle window is due: main never came to look for the answer, or it is certain that the
 * replica exists, and only where is not known.
 */
export function deservesWindow({ stage }: AttemptRecord): boolean {
  return stage === "open" || stage === "made";
}

/** What main created. Whatever the state says, nothing that was there before is ever among it. */
export function madeByMain({ journal, attempts }: SavedRun): readonly Made[] {
  const before = new Set([...(journal.baseline ?? []), journal.vmUuid]);
  return attempts.flatMap(({ stage, vmUuid, name, ttlSet, gone, sentAt }) =>
    stage === "made" && vmUuid !== null && !before.has(vmUuid)
      ? [{ vmUuid, name: oneLine(name ?? vmUuid, 80), ttlSet, gone, sentAt }]
      : [],
  );
}

/** Which of these are still there: in the list, and not yet deleted. */
export function stillThere(made: readonly Made[], cvms: readonly Cvm[]): readonly Made[] {
  const present = new Set(
    cvms.filter(({ deleted, status }) => !deleted && status !== "deleted").map((cvm) => cvm.vmUuid),
  );
  return made.filter(({ vmUuid }) => present.has(vmUuid));
}
