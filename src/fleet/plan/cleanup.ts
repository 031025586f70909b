/** The rules of the post step, apart from its I/O. */
import type { CleanupMode } from "../../ledger/fact.ts";
import { isOurs, NOBODY, type Replica } from "../../ledger/replica.ts";
import type { Ident, ReplicaKey } from "../../ledger/terms.ts";
import { earlierTries, type Left, named, type Sought } from "../left.ts";

/** A replica that this step created, and whose UUID is known. */
export type Made = Replica & { readonly ident: Ident & { readonly uuid: string } };

/** Who it is, as post tells it. */
export function identOfMade({ ident }: Made): Ident & { readonly uuid: string } {
  return { ...NOBODY, uuid: ident.uuid, name: named(ident).name };
}

/** Outcomes with which nothing went wrong, so `cleanup: on_failure` has nothing to do. */
const GOOD_ENDS = new Set(["created", "unchanged", "dry_run", "pending_approval"]);

/** Whether main came to a good end, so that somebody wants what it created. */
export function endedWell({ outcome }: Pick<Left, "outcome">): boolean {
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
  run: Pick<Left, "outcome" | "ownFailure" | "jobFailed">,
): boolean {
  if (mode === "never" || mode === "always") return mode === "always";
  if (mode === "on_job_failure" && run.jobFailed === true) return true;
  return !endedWell(run) && run.ownFailure !== false;
}

/**
 * Whether the end of the job was to decide, and nobody told it. Then nothing is deleted for it: a job that went well
 * needs its replicas, and one that did not has them named.
 */
export function cleansUnlessUntold({
  began,
  jobFailed,
}: {
  readonly began: { readonly cleanup: CleanupMode };
  readonly jobFailed?: boolean;
}): boolean {
  return began.cleanup === "on_job_failure" && jobFailed === undefined;
}

/**
 * Whether a replica may be deleted, now or by a `ttl`. That needs proof: the API told its UUID, or its name,
 * in the answer that created it. What was found by elimination may be another job's, unless the workflow
 * says that there is none.
 */
export function mayDelete({ proof }: Pick<Replica, "proof">, exclusive: boolean): boolean {
  return proof === "answer" || proof === "name" || exclusive;
}

/** It is certain that it was created. */
export function isCreated({ fate, origin }: Pick<Replica, "fate" | "origin">): boolean {
  return fate === "there" && (origin === "created" || origin === "adopted");
}

/**
 * Requests whose replica main did not find, or was stopped before it could, in the order in which they are
 * searched for. First those whose answer told a name, which can't be taken for another's. Then the newest
 * first: what was created before its request can't be its replica, so it has the fewest candidates, and what
 * is found for it is none for the older ones.
 */
export function unsettled(left: Pick<Left, "replicas">): readonly Sought[] {
  const open = left.replicas
    .filter(
      (one) =>
        one.fate === "open" ||
        one.fate === "unknown" ||
        (isCreated(one) && one.ident.uuid === null),
    )
    .map((replica) => ({ replica, nextAt: null, heldBy: null }));
  const byName = ({ replica }: Sought) => (isCreated(replica) ? 0 : 1);
  const sentAt = ({ replica }: Sought) => replica.since ?? 0;
  const index = ({ replica }: Sought) => replica.slot?.index ?? 0;
  const earlier = earlierTries(left).filter(({ heldBy }) => heldBy === null);
  return [...open, ...earlier].sort(
    (a, b) => byName(a) - byName(b) || sentAt(b) - sentAt(a) || index(b) - index(a),
  );
}

/**
 * Tries whose name is free again, one of each name, and which a server may carry out late: it refuses a name only
 * as long as it is taken, and may free it before its CVM is gone.
 *
 * @param isGone whether the replica is gone by now
 */
export function freed(
  left: Pick<Left, "replicas">,
  isGone: (key: ReplicaKey) => boolean,
): readonly Sought[] {
  const held = earlierTries(left).filter(({ heldBy }) => heldBy !== null && isGone(heldBy));
  return held.filter(({ heldBy }, n) => held.findIndex((one) => one.heldBy === heldBy) === n);
}

/**
 * Whether the whole settle window is due: main never came to look for the answer, or it is certain that the
 * replica exists, and only where is not known.
 */
export function deservesWindow(replica: Pick<Replica, "fate" | "origin">): boolean {
  return replica.fate === "open" || isCreated(replica);
}

/** What main created. Whatever the state says, nothing that was there before is ever among it. */
export function madeByMain({ began, known, replicas }: Pick<Left, "began" | "known" | "replicas">) {
  const before = new Set([...(known ?? []), began.source]);
  return replicas.filter(isMade).filter(({ ident }) => !before.has(ident.uuid));
}

/** Whether it was created, and its UUID is known; it may be gone by now. */
export function isMade(replica: Replica): replica is Made {
  const wasMade = isOurs(replica) && (replica.fate === "there" || replica.fate === "gone");
  return wasMade && replica.ident.uuid !== null;
}
