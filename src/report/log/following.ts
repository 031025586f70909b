/** What is said while replicas are waited for. */
import type { Note } from "../../ledger/fact.ts";
import type { BootStatus } from "../../phala/status.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { dashboardUrl } from "../../text/links.ts";
import { healthText } from "../words/health.ts";
import { noUrlWarning } from "../words/no-url.ts";
import { reasonOf } from "../words/reason.ts";
import { info, type LogLine, type Place, warning } from "./line.ts";

type Of<N extends Note["note"]> = Extract<Note, { note: N }>;

/** Null: it is told elsewhere. */
export function followingLine(note: Note, place: Place): LogLine | null {
  switch (note.note) {
    case "status":
      return info(statusChange(note.name, note.status, note.sinceMs));
    case "still-waiting":
      return info(heartbeat(note.names, note.total, note.sinceMs, note.limitMs));
    case "look-failed":
      return info(`Could not read the replicas' state: ${reasonOf(note.fault)}. Still waiting.`);
    case "id-missing":
      return info(`${note.name}: its row has no instance id; asking the platform to fill it in.`);
    case "id-filled-in":
      return info(
        `${note.name}: the platform's answer on its instance id: ${oneLine(note.status, 40)}.`,
      );
    case "id-from-events":
      return info(`${note.name}: its own event log tells its instance id, ${note.id}.`);
    case "unhealthy-yet":
      return info(`${note.name}: not healthy yet, ${healthText(note.problem)}.`);
    case "holding":
      return info(`${note.name}: healthy; it has to stay so for ${duration(note.forMs)}.`);
    case "healthy":
      return info(`${note.name}: healthy.`);
    case "no-url":
      return warning(noUrlWarning(note.why, note.replica, place));
    case "not-running":
      return warning(notRunning(note, place));
    default:
      return null;
  }
}

/** One change of a replica's state, with the time since its creation. */
function statusChange(name: string, status: BootStatus, sinceMs: number): string {
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

/** It was not waited for, and the answer to its creation says already that it won't run. */
function notRunning(
  { replica, appId, status }: Of<"not-running">,
  { workspaceSlug }: Place,
): string {
  const { name, uuid } = replica;
  const where = uuid === null ? "" : ` See ${dashboardUrl(workspaceSlug, appId, uuid)}`;
  return `${oneLine(name ?? "unnamed", 80)} was created and is billed, but its status is ${oneLine(status, 40)}; with wait: false the step does not wait for a better one.${where}`;
}
