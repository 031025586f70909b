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

/** Main sent the request (or was about to) and never came to look for the answer. */
export function neverSearched(attempt: AttemptRecord): boolean {
  return attempt.stage === "open";
}

export function madeByMain({ attempts }: SavedRun): readonly Made[] {
  return attempts.flatMap(({ stage, vmUuid, name, ttlSet }) =>
    stage === "made" && vmUuid !== null
      ? [{ vmUuid, name: oneLine(name ?? vmUuid, 80), ttlSet }]
      : [],
  );
}

/** Which of these are still there: in the list, and not yet deleted. */
export function stillThere(made: readonly Made[], cvms: readonly Cvm[]): readonly Made[] {
  const present = new Set(
    cvms.filter((cvm) => !cvm.deleted && cvm.status !== "deleted").map((cvm) => cvm.vmUuid),
  );
  return made.filter(({ vmUuid }) => present.has(vmUuid));
}
