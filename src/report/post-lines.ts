/** The sentences of the post step. */
import type { Cvm } from "../phala/cvm.ts";
import type { Made } from "../replicas/aftermath.ts";
import type { Survivor } from "../replicas/cleanup.ts";
import type { Journal } from "../state.ts";
import { candidates } from "./candidates.ts";
import { oneLine } from "./clean.ts";
import type { Failure } from "./failure.ts";
import { appUrl, dashboardUrl } from "./links.ts";
import { duration } from "./time.ts";

export function nothingToDo(): string {
  return "Nothing to do: the step sent no create request.";
}

export function lookingFor(request: number): string {
  return `Looking for the replica of create request ${request}.`;
}

/** A replica that main did not come to report. */
export function foundLate(journal: Journal, made: Made): string {
  return `Found a replica that the main step did not report: ${named(made)}, most likely ours. See ${linkOf(journal, made)}`;
}

export function notToldApart(journal: Journal, cvms: readonly Cvm[]): Failure {
  const list = candidates(cvms, journal.workspaceSlug, journal.appId);
  const many = cvms.length === 1 ? "1 new CVM was" : `${cvms.length} new CVMs were`;
  const text = `The answer to a create request was lost, and ${many} seen that may be its replica; none was touched. Each is billed; delete what is not wanted.`;
  return { code: "AMBIGUOUS", text, list };
}

/** @param why a sentence */
export function notKnown(journal: Journal, why: string): Failure {
  const text = `The answer to a create request was lost, and whether its replica exists can't be told: ${why} Look at ${appPage(journal)}`;
  return { code: "AMBIGUOUS", text };
}

export function notFound(journal: Journal, requests: number): string {
  const what =
    requests === 1
      ? "The replica of one lost request"
      : `The replicas of ${requests} lost requests`;
  return `${what} did not show up in the app's list, so most likely nothing was created. To be sure, look at ${appPage(journal)}`;
}

/** Its creation was certain, and it is not to be found. @param name as the create answer told it */
export function notToBeFound(journal: Journal, name: string): Failure {
  const text = `${name} was created and is billed, but the API told no UUID, and the app's list does not show it. Look at ${appPage(journal)}`;
  return { code: "AMBIGUOUS", text };
}

/** Nothing came of any request. */
export function noneCreated(): string {
  return "Nothing to clean up: no replica was created.";
}

/** What exists on, and how to delete it. */
export function staysBilled(journal: Journal, made: Made): string {
  return `${named(made)} still exists and is billed. Delete it: ${linkOf(journal, made)}`;
}

/** What somebody else deleted. */
export function wasGone(made: Made): string {
  return `${named(made)} was deleted by somebody else while the step ran.`;
}

export function askedToDelete(made: Made): string {
  return `Asked the platform to delete ${named(made)}.`;
}

export function isGone(made: Made): string {
  return `${named(made)} is gone.`;
}

/** For a deletion that takes long. @param elapsedMs so far @param limitMs at the most, both in ms */
export function stillWaiting(names: readonly string[], elapsedMs: number, limitMs: number): string {
  const some = names.slice(0, 5).map((name) => oneLine(name, 80));
  const more = names.length > some.length ? ` and ${names.length - some.length} more` : "";
  return `Waiting for ${some.join(", ")}${more} to be gone: ${duration(elapsedMs)} of at most ${duration(limitMs)}.`;
}

export function cleanedUp(count: number): string {
  return `Cleaned up: ${count} deleted, none left.`;
}

export function mayStillExist(journal: Journal, survivor: Survivor): Failure {
  const { code, why } = survivor;
  const text = `${named(survivor)} may still exist and be billed. ${why} Delete it: ${linkOf(journal, survivor)}`;
  return { code, text };
}

function named({ name, vmUuid }: Made): string {
  return `${oneLine(name, 80)} (${vmUuid})`;
}

function linkOf({ workspaceSlug, appId }: Journal, { vmUuid }: Made): string {
  return dashboardUrl(workspaceSlug, appId, vmUuid);
}

function appPage({ workspaceSlug, appId }: Journal): string {
  return appUrl(workspaceSlug, appId);
}
