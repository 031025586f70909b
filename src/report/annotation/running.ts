/** What is wrong with a replica that exists, in words. */

import { identOf } from "../../ledger/replica.ts";
import type { BootEnd, Told, TroubleOf } from "../../ledger/trouble.ts";
import { nameOf, nodeOf, uuidOf } from "../../ledger/who.ts";
import { oneLine } from "../../text/clean.ts";
import { duration, moment, timeOfDay } from "../../text/duration.ts";
import { appUrl, dashboardUrl } from "../../text/links.ts";
import { WHAT_NEXT } from "../words/advice.ts";
import { candidates } from "../words/candidates.ts";
import { doingText } from "../words/doing.ts";
import { healthText } from "../words/health.ts";
import { noPort, whyNoUrl } from "../words/no-url.ts";
import { reasonOf, withoutEnd } from "../words/reason.ts";
import type { About } from "./about.ts";
import { troubleOf } from "./failure.ts";

/** A replica that came to nothing while booting. */
export function bootText({ end, told }: TroubleOf<"boot">, about: About): string {
  if (end.why === "stopped" && about.replica?.origin === "existing") {
    return `${named(about)} was there already, and is stopped; this step starts nothing. Start it, or delete it, then run the step again. ${whereToLook(about)}`;
  }
  const gone = end.why === "vanished" || end.why === "going";
  return `${named(about)} did not come up: ${endText(end)} after ${duration(told.elapsedMs)}.${lastSeen(told)} ${gone ? WHAT_NEXT.gone : WHAT_NEXT.boot} ${whereToLook(about)}`;
}

function endText(end: BootEnd): string {
  switch (end.why) {
    case "status":
      return `its status is ${end.status}`;
    case "going":
      return `somebody deletes it (status ${end.status})`;
    case "stopped":
      return "it stopped";
    case "boot-error":
      return "it reports a boot error";
    case "vanished":
      return "somebody deleted it";
  }
}

/** The deadline came before the replica ran. */
export function lateText({ told }: TroubleOf<"late">, about: About): string {
  if (told.never) return unreadText(told, about);
  const state =
    told.last === null
      ? "no look has shown it, so it may have been deleted"
      : `its status is ${oneLine(told.last.status, 40) || "unknown"}`;
  return `${named(about)} did not run within ${duration(told.elapsedMs)} (wait_timeout); ${state}.${lastSeen(told)} It may still come up. ${WHAT_NEXT.late} ${whereToLook(about)}`;
}

/** It was there before, and without its UUID nothing could be asked of it. */
export function noUuidText({ told }: TroubleOf<"no-uuid">, about: About): string {
  return `${named(about)} was there already, but the API told no UUID of it within ${duration(told.elapsedMs)} (wait_timeout), so this step could neither follow nor check it.${lastSeen(told)} It is billed as before, and was not changed. Look at ${appUrl(about.workspaceSlug, about.appId ?? "")}; once it has a UUID, run the step again, which finds what is there first.`;
}

/** Nobody knows how it is doing: not one look came through from its creation on. */
function unreadText(told: Told, about: About): string {
  const made = about.replica?.times.made ?? null;
  const since = made === null ? "the waiting began" : `its creation (${timeOfDay(made)})`;
  const last = told.blind === null ? "" : `; the last try: ${withoutEnd(reasonOf(told.blind))}`;
  return `${named(about)} could not be followed: the API could not be read since ${since}, for all of ${duration(told.elapsedMs)} (wait_timeout)${last}. The replica may be fine. ${whereToLook(about)}`;
}

/** It runs, but its health check did not pass in time. */
export function unhealthyText(
  { address, problem, told, heldMs }: TroubleOf<"unhealthy">,
  about: About,
): string {
  const asked = address === null ? "" : `, asked at ${oneLine(address, 500)}`;
  if (heldMs !== undefined) {
    return `${named(about)} runs, and was healthy, but not for ${duration(heldMs)} without a break (health_for)${asked}: ${healthText(problem)}. ${WHAT_NEXT.fellIll} ${whereToLook(about)}`;
  }
  return `${named(about)} runs, but was not healthy within ${duration(told.elapsedMs)} (wait_timeout)${asked}: ${healthText(problem)}. ${WHAT_NEXT.unhealthy} ${whereToLook(about)}`;
}

/** It runs, but there is no URL of its own to ask, so nobody knows whether it serves. */
export function noUrlText({ why, path, told }: TroubleOf<"no-url">, about: About): string {
  return `${named(about)} runs, but no URL of its own was to be had within ${duration(told.elapsedMs)} (wait_timeout), so its health check ${oneLine(path, 200)} was not asked: ${whyNoUrl(why)}. It may serve all the same, so this alone is no reason for cleanup. Look for its endpoints in the dashboard, or give a longer wait_timeout. ${whereToLook(about)}`;
}

/** It runs, and publishes other ports than the one that was asked for. */
export function noPortText({ port, ports }: TroubleOf<"no-port">, about: About): string {
  return `${named(about)} runs, but ${noPort({ port, ports })}. It may serve all the same, so this alone is no reason for cleanup. Correct port, or publish it in the app's compose file. ${whereToLook(about)}`;
}

/** The API made something else than it was asked for, and said that all is well. */
export function mismatchText({ differences }: TroubleOf<"mismatch">, about: About): string {
  const list = differences.map(
    ({ what, asked, found }) =>
      `${what} asked for: ${oneLine(asked, 100)}, found: ${oneLine(found, 100)}`,
  );
  return `${named(about)} exists, but is not what was asked for (${list.join("; ")}). Don't send traffic to it on the word of this step. Nothing was done about it: delete it, unless it is wanted as it is, and run again.${link(about)}`;
}

/** It was there before, came to nothing, and is billed. */
export function deadText({ named: isNamed }: TroubleOf<"dead">, about: About): string {
  const { replica, workspaceSlug, appId } = about;
  const status = oneLine(replica?.status ?? "", 40);
  if (isNamed) {
    return `${named(about)} is there, does not run (status ${status}) and is billed, so none was created in its place. Delete it or bring it up again, then run this step again.${link(about)}`;
  }
  const rows = replica?.cvm == null ? [] : [identOf(replica.cvm)];
  const [who = named(about)] = candidates(rows, workspaceSlug, appId ?? "");
  return `${who} does not run (status ${status}), is billed and counts toward instances, so none was created in its place. Delete it or bring it up again, then run this step again.`;
}

const BILLED = "Without it, the replica is billed until somebody deletes it.";

/** Its `ttl` could not be set. */
export function ttlFailedText({ doing, fault, gaveUp }: TroubleOf<"request">): string {
  return `${troubleOf(doingText(doing), fault, gaveUp)} ${BILLED}`;
}

/** An end that has passed already: the platform is not told of it. */
export function ttlPastText({ replica, ttlMs, until }: TroubleOf<"ttl-past">): string {
  const what = doingText({ do: "limit", replica, ttlMs });
  return `Did not ${what}: its end, ${moment(until)}, lies in the past by the platform's clock. ${BILLED}`;
}

/** With its node, since the advice about a bad one is to name another. */
function named({ replica }: About): string {
  if (replica === null) return "A replica";
  const { name, id } = nodeOf(replica);
  const node = name === null ? id : oneLine(name, 80);
  return node === null ? nameOf(replica) : `${nameOf(replica)} on node ${node}`;
}

function lastSeen({ last, blind }: Told): string {
  const error = last?.bootError ? ` Boot error: ${withoutEnd(oneLine(last.bootError, 300))}.` : "";
  const phase = last?.bootProgress
    ? ` Last progress: ${withoutEnd(oneLine(last.bootProgress, 100))}.`
    : "";
  const looks = blind === null ? "" : ` The last looks failed: ${withoutEnd(reasonOf(blind))}.`;
  return error + phase + looks;
}

function whereToLook(about: About): string {
  const url = pageOf(about);
  return url === null ? "" : `See ${url}`;
}

function link(about: About): string {
  const url = pageOf(about);
  return url === null ? "" : ` See ${url}`;
}

function pageOf({ replica, workspaceSlug, appId }: About): string | null {
  const uuid = replica === null ? null : uuidOf(replica);
  return uuid === null ? null : dashboardUrl(workspaceSlug, appId, uuid);
}
