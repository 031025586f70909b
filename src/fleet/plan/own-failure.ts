import { isOwn } from "../../ledger/code.ts";
import type { Replica } from "../../ledger/replica.ts";
import type { Trouble } from "../../ledger/trouble.ts";

/**
 * Whether something of this run's own failed, so that `cleanup: on_failure` has a reason to delete what it
 * made. An instance that was there before and is sick is none, nor is what could not be told to GitHub.
 *
 * @param cancelled the run was ended from outside
 * @param trouble what ended the run before or outside its replicas; null: nothing did
 * @param replicas those that the run asked for, without what was there before
 */
export function hasOwnFailure(
  cancelled: boolean,
  trouble: Trouble | null,
  replicas: readonly Replica[],
): boolean {
  const troubles = replicas
    .filter(({ origin }) => origin !== "existing")
    .map((replica) => replica.trouble);
  return cancelled || [trouble, ...troubles].some((one) => one !== null && isOwn(one));
}
