/** What became of a request that was to make a replica, in words. */

import { codeOfFault } from "../../ledger/code.ts";
import type { Rerun } from "../../ledger/terms.ts";
import type { TroubleOf } from "../../ledger/trouble.ts";
import { nameOf, uuidOf } from "../../ledger/who.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { doingText } from "../words/doing.ts";
import { reasonOf } from "../words/reason.ts";
import { doubtOf, howToLook, sequelOf } from "../words/unclear.ts";
import type { About } from "./about.ts";
import type { Words } from "./annotation.ts";
import { adviceOf, troubleOf } from "./failure.ts";

/** A create that the API refused; where that is not certain, what was seen. */
export function refusedWords(
  { doing, fault, gaveUp, searched }: TroubleOf<"refused">,
  about: About,
): Words {
  const trouble = troubleOf(doingText(doing), fault, gaveUp);
  if (searched === null) {
    return { text: `${trouble} This replica was not created. ${adviceOf(fault)}`, list: [] };
  }
  const { text, list } = doubtOf(searched, placeOf(about));
  return { text: `${trouble} ${adviceOf(fault)} ${text}`, list };
}

/** The answer to a create request got lost and what became of it could not be told. */
export function ambiguousWords(
  { doing, fault, searched, rerun }: TroubleOf<"ambiguous">,
  about: About,
): Words {
  const { text, list } = sequelOf(searched, { ...placeOf(about), rerun });
  return {
    text: `It is unclear whether a replica was created. No usable answer to "${doingText(doing)}": ${reasonOf(fault)}. ${makesOneAtMost(rerun) ? "" : "The request was not sent again, because a second replica would be billed too. "}${text}`,
    list,
  };
}

/** Whether what was sent was good for one replica at most, so that it may have been sent again. */
function makesOneAtMost({ kind }: Rerun): boolean {
  return kind === "names" || kind === "token";
}

/** Its creation is certain, but not where it is. */
export function unseenText({ rerun }: TroubleOf<"unseen">, about: About): string {
  const look = howToLook({ ...placeOf(about), rerun }, "the app's list may show it late");
  return `${named(about)} was created and is billed, but the API told no UUID, so this step can't follow it. ${look}`;
}

/** A prepare that was answered by a replica: money was spent that nobody wanted to spend. */
export function madeByPrepareText(about: About): string {
  const uuid = about.replica === null ? null : uuidOf(about.replica);
  return `The API created ${named(about)} (${uuid ?? "no UUID"}) although prepare_only asked for an approval alone. Use it, or delete it.`;
}

/** More instances than `max_instances` would be there; or more deletions than are allowed. */
export function limitText(limit: TroubleOf<"limit">): string {
  const { most } = limit;
  if (limit.input === "max_deletions") {
    const { would, input } = limit;
    return `${would} would be deleted, and ${input} allows ${most}. If all of them are meant, write ${input}: ${would}; if not, narrow the selection.`;
  }
  const { there, wanted } = limit;
  return `The app has ${there} instance${there === 1 ? "" : "s"}, of whatever state, and with ${wanted} more would have ${there + wanted}; max_instances allows ${most}. Nothing was created. Delete what is not wanted, or write max_instances: ${there + wanted}.`;
}

export function takenText({ name, fault, holder }: TroubleOf<"taken">): string {
  const who =
    holder === null
      ? "Which CVM has it can't be seen with this key; one that was deleted a moment ago may hold it on"
      : `${oneLine(holder.name ?? name, 80)} (${holder.uuid ?? "no UUID"}) of the app ${holder.appId ?? "unknown"} has it`;
  const reason = fault === null ? "no reason given" : reasonOf(fault);
  return `The name ${name} is taken in this workspace: ${reason}. ${who}. This replica was not created. Choose another name, or delete that CVM.`;
}

/** What bears the name is being deleted, and still not gone. */
export function nameNotFreeText({ name, waitedMs, fault }: TroubleOf<"name-not-free">): string {
  const why = fault === null ? "" : ` The last look failed: ${reasonOf(fault)}.`;
  return `The CVM that bears the name ${name} is being deleted, and was not gone within ${duration(waitedMs)} (wait_timeout), so none was created.${why} Run this step again once it is gone.`;
}

/** Why a request was not sent. */
export function notAskedText(trouble: TroubleOf<"not-asked">): string {
  switch (trouble.why) {
    case "cancelled":
      return "Not asked for: the step was cancelled.";
    case "brake":
      return `Not asked for: what came of ${trouble.inARow} requests in a row is not known, and each further one may be billed too.`;
    case "key-rejected":
      return "Not asked for: the API key was rejected before.";
    case "run-refused": {
      const code = trouble.fault === null ? "the same" : codeOfFault(trouble.fault);
      return `Not asked for: every further request would meet ${code} too.`;
    }
  }
}

function named({ replica }: About): string {
  return replica === null ? "A replica" : nameOf(replica);
}

/** The words of these begin after the app is known. */
function placeOf({ workspaceSlug, appId }: About) {
  return { workspaceSlug, appId: appId ?? "" };
}
