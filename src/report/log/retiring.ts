/** The sentences of the post step. */

import type { Survivor } from "../../fleet/cleanup.ts";
import type { Made } from "../../fleet/plan/cleanup.ts";
import type { Journal } from "../../fleet/state.ts";
import type { Cvm } from "../../phala/cvm.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { appUrl, dashboardUrl } from "../../text/links.ts";
import type { Failure } from "../annotation/failure.ts";
import { candidates } from "../words/candidates.ts";
import { moment } from "./limiting.ts";

/** Main saves a record before it asks for a replica, so nothing is known, in either direction. */
export function noRecord(): string {
  return "The saved state has no record of this step, so the post step has nothing to go by, and did nothing. A step that ended before it asked for a replica leaves none; if this one asked for some, this runner did not hand the state on: the step's own log and outputs name what it made, and each replica is billed.";
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

/**
 * What exists on.
 *
 * @param endsAt when its `ttl` ends it, ms since the epoch; null: nothing ends it
 * @param wanted somebody has use for it: nobody is told to delete it
 */
export function staysBilled(
  journal: Journal,
  made: Made,
  endsAt: number | null,
  wanted: boolean,
): string {
  const link = linkOf(journal, made);
  const exists = `${named(made)} still exists and is billed`;
  if (endsAt !== null) return `${exists} until ${moment(endsAt)} (ttl): ${link}`;
  return wanted ? `${exists}: ${link}` : `${exists}. Delete it: ${link}`;
}

/** It was to be deleted, and nothing proves that it is this step's. */
export function notProven(journal: Journal, made: Made): Failure {
  return {
    code: "AMBIGUOUS",
    text: `${named(made)} was found by elimination after a lost answer. It is most likely this step's, but may be another's, so it is not deleted (exclusive is not true). It is billed: look at it, and delete it unless somebody else needs it: ${linkOf(journal, made)}`,
  };
}

/** Its `ttl` was to be set, and nothing proves that it is this step's. */
export function notLimited(journal: Journal, made: Made): Failure {
  return {
    code: "AMBIGUOUS",
    text: `${named(made)} was found by elimination after a lost answer. It is most likely this step's, but may be another's, so its ttl is not set (exclusive is not true), and it is billed until somebody deletes it: ${linkOf(journal, made)}`,
  };
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

const NO_KEY =
  "In a composite action that another composite action uses, some runners hand post the outer action's inputs; the environment variable PHALA_CLOUD_API_KEY in the job's env reaches it in any case.";

/** There is nothing to do with it. */
export function noKey(): string {
  return `No API key reached the post step, which had nothing to do with one. ${NO_KEY}`;
}

/** There was something to do with it. */
export function keyMissing(): Failure {
  const text = `No API key reached the post step, so it could neither look nor delete, and sent nothing. ${NO_KEY}`;
  return { code: "INPUT", text };
}

/** Requests whose replicas nobody could look for. */
export function notLookedFor(journal: Journal, requests: number): Failure {
  const what = requests === 1 ? "One create request" : `${requests} create requests`;
  return {
    code: "INPUT",
    text: `${what} of this step had no known end, so replicas may exist and be billed that nobody has named. Look at ${appPage(journal)}`,
  };
}

/** What was to be deleted, and was not asked for. */
export function notDeleted(journal: Journal, made: Made): Failure {
  return {
    code: "INPUT",
    text: `${named(made)} was to be deleted; it exists as far as is known, and is billed. Delete it: ${linkOf(journal, made)}`,
  };
}

/** What was to be given an end, and has none. */
export function withoutEnd(journal: Journal, made: Made): Failure {
  return {
    code: "INPUT",
    text: `The ttl of ${named(made)} is not set, so it is billed until somebody deletes it: ${linkOf(journal, made)}`,
  };
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
