/** The sentences of the post step. */
import type { Fact, Note } from "../../ledger/fact.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Ident } from "../../ledger/terms.ts";
import { oneLine } from "../../text/clean.ts";
import { duration, moment } from "../../text/duration.ts";
import { appUrl, dashboardUrl } from "../../text/links.ts";
import { NO_KEY } from "../words/no-key.ts";
import { info, type LogLine, type Place } from "./line.ts";

/** Null: it is told elsewhere. */
export function retiringLine(note: Note): LogLine | null {
  switch (note.note) {
    case "looking-for":
      return info(`Looking for the replica of create request ${note.request}.`);
    default:
      return null;
  }
}

/** What post says of a deletion; null: nothing. */
export function deletionLine(fact: Fact, ledger: Pick<Ledger, "replica">): LogLine | null {
  switch (fact.fact) {
    case "accepted":
      return info(`Asked the platform to delete ${named(ledger.replica(fact.replica).ident)}.`);
    case "deleted":
      return info(isGone(ledger.replica(fact.replica).ident));
    case "waiting":
      return info(stillWaiting(fact, ledger));
    default:
      return null;
  }
}

/** For a deletion that takes long. */
function stillWaiting(
  { keys, sinceMs, limitMs }: Extract<Fact, { fact: "waiting" }>,
  ledger: Pick<Ledger, "replica">,
): string {
  const some = keys.slice(0, 5).map((key) => {
    const { name, uuid } = ledger.replica(key).ident;
    return oneLine(name ?? uuid ?? "unnamed", 80);
  });
  const more = keys.length > some.length ? ` and ${keys.length - some.length} more` : "";
  return `Waiting for ${some.join(", ")}${more} to be gone: ${duration(sinceMs)} of at most ${duration(limitMs)}.`;
}

export function isGone(replica: Ident): string {
  return `${named(replica)} is gone.`;
}

export function noneAsked(): string {
  return "The main step ended before it asked for a replica, so there is nothing to look for or to delete.";
}

/** Main saves a record before it asks for a replica, so nothing is known, in either direction. */
export function noRecord(): string {
  return "The saved state has no record of this step, so the post step has nothing to go by, and did nothing. A step that ended before it asked for a replica leaves none; if this one asked for some, this runner did not hand the state on: the step's own log and outputs name what it made, and each replica is billed.";
}

/** A replica that main did not come to report. */
export function foundLate(place: Place, replica: Ident): string {
  return `Found a replica that the main step did not report: ${named(replica)}, most likely ours. See ${linkOf(place, replica)}`;
}

export function notFound({ workspaceSlug, appId }: Place, requests: number): string {
  const what =
    requests === 1
      ? "The replica of one lost request"
      : `The replicas of ${requests} lost requests`;
  return `${what} did not show up in the app's list, so most likely nothing was created. To be sure, look at ${appUrl(workspaceSlug, appId ?? "")}`;
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
  place: Place,
  replica: Ident,
  endsAt: number | null,
  wanted: boolean,
): string {
  const link = linkOf(place, replica);
  const exists = `${named(replica)} still exists and is billed`;
  if (endsAt !== null) return `${exists} until ${moment(endsAt)} (ttl): ${link}`;
  return wanted ? `${exists}: ${link}` : `${exists}. Delete it: ${link}`;
}

/** `cleanup: on_job_failure`, and nobody told how the job went. */
export function jobUntold(): string {
  return "job_status came out empty, or is no job's status, so that cleanup: on_job_failure could not tell how the job went: nothing was deleted for it. Leave job_status out of the step's with, so that its default tells; if the job failed, delete what this step created.";
}

/** What somebody else deleted. */
export function wasGone(replica: Ident): string {
  return `${named(replica)} was deleted by somebody else while the step ran.`;
}

export function cleanedUp(count: number): string {
  return `Cleaned up: ${count} deleted, none left.`;
}

/** There is nothing to do with it. */
export function noKey(): string {
  return `No API key reached the post step, which had nothing to do with one. ${NO_KEY}`;
}

function named({ name, uuid }: Ident): string {
  return `${oneLine(name ?? uuid ?? "unnamed", 80)} (${uuid})`;
}

function linkOf({ workspaceSlug, appId }: Place, { uuid }: Ident): string {
  return dashboardUrl(workspaceSlug, appId, uuid ?? "");
}
