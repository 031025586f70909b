import { parseUuid } from "../text/ids.ts";
import { booleanAt, isObject, stringAt } from "../text/json.ts";

/*
 * The statuses, in lower case (API facts, "Status values seen"). The set is open: what is in none of these
 * is on its way to run, or runs.
 */

/** It came to nothing, and stays so. */
export function hasFailed(status: string): boolean {
  return ["error", "failed", "exited"].includes(status);
}

/** It is being deleted, or is. */
export function isGoing(status: string): boolean {
  return ["removing", "deleting", "deleted"].includes(status);
}

/** It was stopped, or will be at once: whether it is started again is somebody's decision. */
export function isStopping(status: string): boolean {
  return ["stopped", "stopping"].includes(status) || status.startsWith("shutting");
}

/** How far a CVM is, as one look tells (API facts, "Status values seen"). */
export interface BootStatus {
  /** Whether the look could tell progress and errors: the app's list can't. */
  readonly detailed: boolean;
  /** Lower-case; the set is open. Empty where the API says nothing. */
  readonly status: string;
  readonly inProgress: boolean;
  /** A phrase such as `starting containers`, not a percentage. */
  readonly bootProgress: string | null;
  /** Free text; may clear by itself while the boot goes on. */
  readonly bootError: string | null;
  /** How long its guest is up, in ms, to the second; left out where nobody tells. */
  readonly uptimeMs?: number;
}

/** Reads the answer of `POST /status/batch`, a map by UUID; null where it is no such thing. */
export function readBootStatuses(value: unknown): ReadonlyMap<string, BootStatus> | null {
  if (!isObject(value)) return null;
  const statuses = new Map<string, BootStatus>();
  for (const [key, entry] of Object.entries(value)) {
    const uuid = parseUuid(stringAt(entry, "vm_uuid") ?? key);
    if (uuid === null || !isObject(entry)) return null;
    statuses.set(uuid, {
      detailed: true,
      status: (stringAt(entry, "status") ?? "").toLowerCase(),
      inProgress: booleanAt(entry, "in_progress") ?? false,
      bootProgress: stringAt(entry, "boot_progress"),
      bootError: stringAt(entry, "boot_error"),
      ...uptimeOf(stringAt(entry, "uptime")),
    });
  }
  return statuses;
}

const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

/** `1h 3m 2s`; `never` and anything else tells nothing (API facts, 3.4). */
function uptimeOf(text: string | null): Pick<BootStatus, "uptimeMs"> {
  if (text === null || !/^(?:\d{1,6}[dhms] ?){1,4}$/.test(text)) return {};
  const parts = [...text.matchAll(/(\d+)([dhms])/g)];
  const ms = parts.map(([, count, unit]) => Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]);
  return { uptimeMs: ms.reduce((sum, one) => sum + one, 0) };
}
