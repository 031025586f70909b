/** Watches the app's list while the action works, to tell when things show and in which words. */
import { setTimeout as pause } from "node:timers/promises";
import type { Ask } from "./api.ts";
import { rowsOf } from "./routes.ts";
import { dashed, type Settings } from "./settings.ts";
import { listOf, objectOf } from "./shape.ts";

/** One look at one CVM. Times in ms since the watch began. */
export interface Look {
  readonly atMs: number;
  /** Its row in the list; null where it had none. */
  readonly row: Readonly<Record<string, unknown>> | null;
  /** Status of its own route: only asked for in the end. */
  readonly alone: number | null;
}

/** The looks at each CVM, by UUID. A list that could not be read is no look. */
export type Looks = ReadonlyMap<string, readonly Look[]>;

/** A watch under way. */
export interface Watch {
  readonly looks: Looks;
  /** Ends it, after one more look. */
  stop(): Promise<void>;
}

/** Starts to look at all of the app's CVMs but those that were there before. */
export function watchNewcomers(
  ask: Ask,
  { appId, pollMs }: Settings,
  before: ReadonlySet<string>,
): Watch {
  const looks = new Map<string, Look[]>();
  const begun = Date.now();
  const over = new AbortController();
  const look = async (): Promise<void> => {
    const rows = rowsOf(await ask({ path: `/apps/${appId}/cvms` }));
    if (rows === null) return;
    const atMs = Date.now() - begun;
    for (const row of rows) {
      const uuid = typeof row.vm_uuid === "string" ? dashed(row.vm_uuid) : "";
      if (uuid === "" || before.has(uuid)) continue;
      const list = looks.get(uuid) ?? [];
      looks.set(uuid, [...list, { atMs, row, alone: null }]);
    }
  };
  const running = (async () => {
    while (!over.signal.aborted) {
      await look();
      await pause(pollMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
    await look();
  })();
  return {
    looks,
    stop: async () => {
      over.abort();
      await running;
    },
  };
}

/** What a deletion showed. */
export interface Deletion {
  readonly looks: readonly Look[];
  /** Own route says 404, and it is not in a list that could be read. */
  readonly gone: boolean;
}

/** Looks at one CVM until it is gone, for the settings' patience at most. */
export async function watchDeletion(
  ask: Ask,
  { appId, pollMs, patienceMs }: Settings,
  uuid: string,
): Promise<Deletion> {
  const looks: Look[] = [];
  const begun = Date.now();
  for (;;) {
    const rows = rowsOf(await ask({ path: `/apps/${appId}/cvms` }));
    const alone = (await ask({ path: `/cvms/${uuid}` })).status;
    const row =
      rows?.find(({ vm_uuid: id }) => typeof id === "string" && dashed(id) === uuid) ?? null;
    const atMs = Date.now() - begun;
    looks.push({ atMs, row, alone });
    const deleted = row === null || (row.deleted_at ?? null) !== null;
    if (alone === 404 && rows !== null && deleted) return { looks, gone: true };
    if (atMs > patienceMs) return { looks, gone: false };
    await pause(pollMs);
  }
}

/** When a look first showed something, in ms since the watch began; null where none did. */
export function firstWith(
  looks: readonly Look[],
  holds: (row: Look["row"] & object) => boolean,
): number | null {
  return looks.find(({ row }) => row !== null && holds(row))?.atMs ?? null;
}

/** Whether a row has an instance's own address. */
export function hasEndpoint(row: Readonly<Record<string, unknown>>): boolean {
  return listOf(row.endpoints).some((one) => typeof objectOf(one).instance === "string");
}

/** Whether a row has the gateway's base domain. */
export function hasGateway(row: Readonly<Record<string, unknown>>): boolean {
  return typeof objectOf(row.gateway).base_domain === "string";
}
