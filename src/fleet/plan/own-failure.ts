import type { Failure } from "../../report/annotation/failure.ts";
import type { Replica } from "../record.ts";

/**
 * Codes that say nothing against what a run made: a running replica without a URL (`NO_URL`), and instances
 * that had failed before it began (`DEAD`).
 */
const NOT_OURS = ["NO_URL", "DEAD"];

/**
 * Whether something of this run's own failed, so that `cleanup: on_failure` has a reason to delete what it
 * made. An instance that was there before and is sick is none, nor is what could not be told to GitHub.
 *
 * @param cancelled the run was ended from outside
 * @param failure what ended the run before or outside its replicas; null: nothing did
 * @param replicas those that the run asked for, without what was there before
 */
export function hasOwnFailure(
  cancelled: boolean,
  failure: Failure | null,
  replicas: readonly Replica[],
): boolean {
  const failures = replicas
    .filter(({ origin }) => origin !== "existing")
    .map((replica) => replica.failure);
  return cancelled || [failure, ...failures].some((one) => one !== null && isOwn(one));
}

/** Whether a failure of a replica that the run made is one of the run's own. */
export function isOwn({ code }: Failure): boolean {
  return !NOT_OURS.includes(code);
}
