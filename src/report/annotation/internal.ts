/** A bug of ours, in words that a user can pass on, or the runner's own trouble. */
import type { TroubleOf } from "../../ledger/trouble.ts";
import { withoutEnd } from "../words/reason.ts";

export function internalText({ what, detail }: TroubleOf<"internal">): string {
  switch (what) {
    case "bug":
      return `The action met an unexpected problem: ${detail}. Re-run with debug logging to see where, and please report it.`;
    case "outputs":
      return `The outputs could not be written: ${withoutEnd(detail)}. So later steps and jobs don't get them; the log has the ids. Check the runner's disk before you run it again.`;
    case "state":
      return `The state for the post step could not be written: ${withoutEnd(detail)}. Without it the post step could not find what this step did, so no further request was sent. Check the runner's disk, then run it again.`;
  }
}
