/** The sentences of the waiting. */

import { currentStatus, nameOf, type Replica } from "../../fleet/record.ts";
import type { BootStatus } from "../../phala/status.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { type Told, whereToLook } from "../annotation/failure.ts";
import { replicaUrl } from "../words/where.ts";

/** One change of a replica's state, with the time since its creation. */
export function statusChange(name: string, status: BootStatus, sinceMs: number): string {
  const state = oneLine(status.status || "unknown", 40);
  const phase =
    status.bootProgress === null || state === "running"
      ? ""
      : ` (${oneLine(status.bootProgress, 80)})`;
  const trouble =
    status.bootError === null ? "" : `, boot error: ${oneLine(status.bootError, 200)}`;
  return `${oneLine(name, 80)}: ${state}${phase}${trouble}, ${duration(sinceMs)}`;
}

export function heartbeat(
  pending: readonly string[],
  total: number,
  elapsedMs: number,
  limitMs: number,
): string {
  const names = pending
    .slice(0, 5)
    .map((name) => oneLine(name, 80))
    .join(", ");
  const more = pending.length > 5 ? ` and ${pending.length - 5} more` : "";
  return `Still waiting for ${pending.length} of ${total} (${names}${more}): ${duration(elapsedMs)} of at most ${duration(limitMs)}.`;
}

/** Said once for each kind of trouble, not at each look. @param why as `reasonOf` tells it */
export function lookFailed(why: string): string {
  return `Could not read the replicas' state: ${why}. Still waiting.`;
}

/** Green all the same: it runs, and that is what was asked for. @param why part of a sentence */
export function noUrl(replica: Replica, told: Told, why: string): string {
  return `NO_URL: ${oneLine(nameOf(replica), 80)} runs, but no URL that reaches it alone was to be had in time, so the output instance_url is empty: ${why}. ${whereToLook(replica, told)}`;
}

/** Its row still has none a while after it began to run. */
export function idMissing(name: string): string {
  return `${name}: its row has no instance id; asking the platform to fill it in.`;
}

/** @param status the platform's word for what came of it */
export function idFilledIn(name: string, status: string): string {
  return `${name}: the platform's answer on its instance id: ${oneLine(status, 40)}.`;
}

export function idFromEvents(name: string, id: string): string {
  return `${name}: its own event log tells its instance id, ${id}.`;
}

/** It was not waited for, and the answer to its creation says already that it won't run. */
export function notRunning(replica: Replica, slug: string | null, appId: string): string {
  const link = replicaUrl(replica, slug, appId);
  const where = link === null ? "" : ` See ${link}`;
  return `${oneLine(nameOf(replica), 80)} was created and is billed, but its status is ${oneLine(currentStatus(replica), 40)}; with wait: false the step does not wait for a better one.${where}`;
}

/** @param problem what was wrong with the answer */
export function notHealthyYet(name: string, problem: string): string {
  return `${name}: not healthy yet, ${problem}.`;
}

export function healthy(name: string): string {
  return `${name}: healthy.`;
}

export function holding(name: string, forMs: number): string {
  return `${name}: healthy; it has to stay so for ${duration(forMs)}.`;
}
