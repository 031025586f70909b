import type { CleanupMode } from "../../ledger/fact.ts";
import { NOBODY } from "../../ledger/replica.ts";
import type { Ident } from "../../ledger/terms.ts";
import type { Cvm } from "../../phala/cvm.ts";
import { oneLine } from "../../text/clean.ts";
import type { AttemptRecord, SavedRun } from "../state.ts";

/** The rules of the post step, apart from its I/O. */

/** A replica that this step created, as post knows it. */
export interface Made {
  readonly vmUuid: string;
  readonly name: string;
  /** Found by elimination after a lost answer: most likely ours, but nothing proves it. */
  readonly adopted: boolean;
  /** The platform knows of its `ttl`; false also where none was asked for. */
  readonly ttlSet?: boolean;
  /** When that ends it, by the platform's clock, ms since the epoch; null: not known. */
  readonly endsAt?: number | null;
  /** `created_at` of its row, by the platform's clock, ms since the epoch; null: not told. */
  readonly createdAt?: number | null;
  /** Main saw that somebody deleted it. */
  readonly gone?: boolean;
  /** When its request was sent, our clock, ms since the epoch. */
  readonly sentAt?: number;
}

/** Who it is. */
export function identOfMade({ vmUuid, name }: Pick<Made, "vmUuid" | "name">): Ident & {
  readonly uuid: string;
} {
  return { ...NOBODY, uuid: vmUuid, name };
}

/** Outcomes with which nothing went wrong, so `cleanup: on_failure` has nothing to do. */
const GOOD_ENDS = new Set(["created", "unchanged", "dry_run", "pending_approval"]);

/** Whether main came to a good end, so that somebody wants what it created. */
export function endedWell({ outcome }: Pick<SavedRun, "outcome">): boolean {
  return outcome !== null && GOOD_ENDS.has(outcome);
}

/**
 * Whether what the step created is to be deleted. `on_failure` needs a failure of the step's own: a kill, a
 * cancellation, or a reason that it saved as such. What is not told counts as one: better one deletion too
 * many than a bill. `on_job_failure` needs no more than that the job failed, by whatever step.
 *
 * @param run `outcome` is null where main was killed before it had one
 */
export function wantsCleanup(
  mode: CleanupMode,
  run: Pick<SavedRun, "outcome" | "ownFailure" | "jobFailed">,
): boolean {
  if (mode === "never" || mode === "always") return mode === "always";
  if (mode === "on_job_failure" && run.jobFailed === true) return true;
  return !endedWell(run) && run.ownFailure !== false;
}

/**
 * Whether a replica may be deleted, now or by a `ttl`. That needs proof: the API told its UUID, or its name,
 * in the answer that created it. What was found by elimination may be another job's, unless the workflow
 * says that there is none.
 */
export function mayDelete({ adopted }: Pick<Made, "adopted">, exclusive: boolean): boolean {
  return !adopted || exclusive;
}

/**
 * Attempts whose replica main did not find, or was stopped before it could, in the order in which they are
 * searched for. First those whose answer told a name, which can't be taken for another's. Then the newest
 * first: what was created before its request can't be its replica, so it has the fewest candidates, and what
 * is found for it is none for the older ones.
 */
export function unsettled({ attempts }: Pick<SavedRun, "attempts">): readonly AttemptRecord[] {
  const named = ({ stage }: AttemptRecord) => (stage === "made" ? 0 : 1);
  return attempts
    .filter(
      ({ stage, vmUuid }) =>
        stage === "open" || stage === "unknown" || (stage === "made" && vmUuid === null),
    )
    .sort((a, b) => named(a) - named(b) || b.sentAt - a.sentAt || b.index - a.index);
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
  return attempts.flatMap(({ stage, vmUuid, name, ...attempt }) => {
    if (stage !== "made" || vmUuid === null || before.has(vmUuid)) return [];
    const { adopted, endsAt, ttlSet, gone, sentAt } = attempt;
    return [{ vmUuid, name: oneLine(name ?? vmUuid, 80), adopted, endsAt, ttlSet, gone, sentAt }];
  });
}

/** Which of these are still there: in the list, and not yet deleted. */
export function stillThere(made: readonly Made[], cvms: readonly Cvm[]): readonly Made[] {
  const present = new Set(
    cvms.filter(({ deleted, status }) => !deleted && status !== "deleted").map((cvm) => cvm.vmUuid),
  );
  return made.filter(({ vmUuid }) => present.has(vmUuid));
}
