/** Why a CVM that was selected stays. */
import type { SparedWhy } from "../../ledger/terms.ts";

const WORDS: Readonly<Record<SparedWhy, string>> = {
  "last-running": "it is one of the last running ones, which keep_at_least keeps",
  keep: "the input keep names it",
  leave: "the input leave keeps the oldest",
  limit: "more would be deleted than max_deletions allows",
  changed: "its name, app or status changed since the step looked",
  "too-new": "it was created after the step began",
  "no-date": "the API tells no readable date of its creation, which older_than needs",
  "no-uuid": "the API tells no UUID of it",
  "in-progress": "an operation on it is in progress",
  stopped: "it is stopped; a step takes it along only where its UUID or whole name is given",
  "not-running":
    "it does not run; a step takes it along only where its UUID or whole name is given",
  unproven: "it is not proven to be this step's own",
};

export function sparedText(why: SparedWhy): string {
  return WORDS[why];
}
