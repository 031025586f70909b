/** What post found left behind, in words. */
import type { Ident } from "../../ledger/terms.ts";
import type { Searched, TroubleOf } from "../../ledger/trouble.ts";
import { oneLine } from "../../text/clean.ts";
import { appUrl, dashboardUrl } from "../../text/links.ts";
import { candidates } from "../words/candidates.ts";
import { NO_KEY } from "../words/no-key.ts";
import { reasonOf } from "../words/reason.ts";
import type { About } from "./about.ts";
import type { Words } from "./annotation.ts";
import { troubleOf } from "./failure.ts";

type Place = Pick<About, "workspaceSlug" | "appId">;

export function untoldWords({ cvms }: TroubleOf<"untold">, { workspaceSlug, appId }: Place): Words {
  const list = candidates(cvms, workspaceSlug, appId ?? "");
  const many = cvms.length === 1 ? "1 new CVM was" : `${cvms.length} new CVMs were`;
  const text = `The answer to a create request was lost, and ${many} seen that may be its replica; none was touched. Each is billed; delete what is not wanted.`;
  return { text, list };
}

export function unsearchedText({ searched }: TroubleOf<"unsearched">, place: Place): string {
  return `The answer to a create request was lost, and whether its replica exists can't be told: ${whyBlind(searched)} Look at ${appPage(place)}`;
}

/** A sentence. */
function whyBlind(searched: Searched): string {
  if (searched.found === "blind") return `${reasonOf(searched.fault)}.`;
  return searched.found === "cancelled"
    ? "the step was cancelled."
    : "the app's CVMs could not be listed before the request.";
}

/** Its creation was certain, and it is not to be found. */
export function missingText({ name }: TroubleOf<"missing">, place: Place): string {
  return `${name} was created and is billed, but the API told no UUID, and the app's list does not show it. Look at ${appPage(place)}`;
}

/** It was to be deleted, or to get its end, and nothing proves that it is this step's. */
export function unprovenText({ replica, stays }: TroubleOf<"unproven">, place: Place): string {
  const found = `${named(replica)} was found by elimination after a lost answer. It is most likely this step's, but may be another's`;
  return stays === "there"
    ? `${found}, so it is not deleted (exclusive is not true). It is billed: look at it, and delete it unless somebody else needs it: ${linkOf(place, replica)}`
    : `${found}, so its ttl is not set (exclusive is not true), and it is billed until somebody deletes it: ${linkOf(place, replica)}`;
}

export function survivedText(trouble: TroubleOf<"survived">, place: Place): string {
  const { doing } = trouble;
  if (!("replica" in doing)) return `It may still exist and be billed. ${whyThere(trouble)}`;
  const { replica } = doing;
  return `${named(replica)} may still exist and be billed. ${whyThere(trouble)} Delete it: ${linkOf(place, replica)}`;
}

function whyThere({ why, fault, gaveUp }: TroubleOf<"survived">): string {
  if (fault === null || why === "still-there") {
    return "The deletion was accepted, but it is still there.";
  }
  return why === "refused"
    ? troubleOf("delete it", fault, gaveUp)
    : `It could not be seen whether it is gone: ${reasonOf(fault)}.`;
}

/** Without a key nothing can be looked at or deleted; what was to be is told all the same. */
export function keylessText(trouble: TroubleOf<"no-key">, place: Place): string {
  switch (trouble.about) {
    case "all":
      return `No API key reached the post step, so it could neither look nor delete, and sent nothing. ${NO_KEY}`;
    case "lost": {
      const { requests } = trouble;
      const what = requests === 1 ? "One create request" : `${requests} create requests`;
      return `${what} of this step had no known end, so replicas may exist and be billed that nobody has named. Look at ${appPage(place)}`;
    }
    case "deletion":
      return `${named(trouble.replica)} was to be deleted; it exists as far as is known, and is billed. Delete it: ${linkOf(place, trouble.replica)}`;
    case "ttl":
      return `The ttl of ${named(trouble.replica)} is not set, so it is billed until somebody deletes it: ${linkOf(place, trouble.replica)}`;
  }
}

function named({ name, uuid }: Ident): string {
  return `${oneLine(name ?? "unnamed", 80)} (${uuid})`;
}

function linkOf({ workspaceSlug, appId }: Place, { uuid }: Ident): string {
  return dashboardUrl(workspaceSlug, appId, uuid ?? "");
}

function appPage({ workspaceSlug, appId }: Place): string {
  return appUrl(workspaceSlug, appId ?? "");
}
