/** The sentences of the waiting. */
import type { BootStatus } from "../phala/status.ts";
import { oneLine } from "./clean.ts";
import { duration } from "./time.ts";

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

export function urlsUnread(name: string): string {
  return `${name} runs, but its URLs could not be read in time.`;
}

/** @param problem what was wrong with the answer */
export function notHealthyYet(name: string, problem: string): string {
  return `${name}: not healthy yet, ${problem}.`;
}

export function healthy(name: string): string {
  return `${name}: healthy.`;
}
