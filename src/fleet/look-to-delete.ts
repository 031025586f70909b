/** What is there before anything is deleted: the app's list, and what it does not show of those asked for. */

import { NOBODY } from "../ledger/replica.ts";
import { requestFailed } from "../ledger/request-failed.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { isUnknownToApi } from "../net/fault.ts";
import { AT_ONCE, inParallel } from "../net/parallel.ts";
import type { Cvm } from "../phala/cvm.ts";
import { askFor } from "./ask.ts";
import type { Bench } from "./bench.ts";
import { ownRows } from "./plan/still-meant.ts";
import { readRows, slugOf } from "./rows.ts";

export interface SeenRows {
  /** The app's own, each once. */
  readonly rows: readonly Cvm[];
  /** When the list was read, ms since the epoch. */
  readonly readAt: number;
  /** The server's clock minus ours, in ms; null where it does not tell. */
  readonly clockOffsetMs: number | null;
  readonly workspaceSlug: string | null;
  /** The API knows no such app, or none that has CVMs (API facts, "Deleting"); null: it has a list. */
  readonly noApp: Trouble | null;
}

export type Looked =
  | { readonly ok: true; readonly seen: SeenRows }
  | { readonly ok: false; readonly trouble: Trouble };

/**
 * Reads the app's list, and by its own route each UUID that the list does not show: it may be gone, listed
 * late, or another app's. Nothing is deleted where that can't be told.
 */
export async function lookToDelete(bench: Bench, uuids: readonly string[]): Promise<Looked> {
  const list = await readList(bench);
  if (!list.ok) return list;
  const { rows } = list.seen;
  const unlisted = uuids.filter((uuid) => !rows.some(({ vmUuid }) => vmUuid === uuid));
  const read = [...(await readBeside(bench, unlisted, list.seen)).values()];
  const trouble = read.find((one) => one.is === "unreadable");
  if (trouble !== undefined) return { ok: false, trouble: trouble.trouble };
  const elsewhere = read.flatMap((one) => (one.is === "elsewhere" ? [one.owner] : []));
  if (elsewhere.length > 0) {
    const input = "vm_uuids" as const;
    return { ok: false, trouble: { kind: "not-found", input, missing: [], elsewhere } };
  }
  const late = read.flatMap((one) => (one.is === "here" ? [one.cvm] : []));
  return withLate(list.seen, late, bench.appId);
}

/** What was seen, and of the app what its list did not show. */
export function withLate(seen: SeenRows, late: readonly Cvm[], appId: string): Looked {
  // The app has CVMs, so its list was not to be had; who else runs in it is then not known.
  if (late.length > 0 && seen.noApp !== null) return { ok: false, trouble: seen.noApp };
  // The list may have had a row of it that told no UUID.
  return { ok: true, seen: { ...seen, rows: ownRows([...seen.rows, ...late], appId) } };
}

/**
 * Reads by its own route each that the list does not show. Where one can't be read, no further one is asked for,
 * so that an API in trouble holds nobody up for long: those are as unreadable.
 */
export async function readBeside(
  bench: Bench,
  uuids: readonly string[],
  seen: SeenRows,
): Promise<ReadonlyMap<string, Read>> {
  const read = new Map<string, Read>();
  let unreadable: Read | null = null;
  await inParallel(uuids, AT_ONCE, async (uuid) => {
    const one: Read = unreadable ?? (await readOne(bench, uuid, seen));
    if (one.is === "unreadable") unreadable ??= one;
    read.set(uuid, one);
  });
  return read;
}

async function readList(bench: Bench): Promise<Looked> {
  const list = await readRows(bench);
  const readAt = bench.edges.clock.now();
  if (list.ok) {
    const { cvms, clockOffsetMs } = list.value;
    const rows = ownRows(cvms, bench.appId);
    const workspaceSlug = slugOf(rows);
    return { ok: true, seen: { rows, readAt, clockOffsetMs, workspaceSlug, noApp: null } };
  }
  const trouble = requestFailed({ do: "list" }, list);
  if (isUnknownToApi(list.fault)) {
    const none = { rows: [], readAt, clockOffsetMs: null, workspaceSlug: null, noApp: trouble };
    return { ok: true, seen: none };
  }
  return { ok: false, trouble };
}

/** What a CVM's own route tells of one that the list does not show. */
export type Read =
  | { readonly is: "gone" }
  | { readonly is: "here"; readonly cvm: Cvm }
  | { readonly is: "elsewhere"; readonly owner: { uuid: string; appId: string | null } }
  | { readonly is: "unreadable"; readonly trouble: Trouble };

async function readOne(bench: Bench, uuid: string, { noApp }: SeenRows): Promise<Read> {
  const doing = { do: "read", replica: { ...NOBODY, uuid } } as const;
  const row = await askFor(bench, doing, (options) => bench.api.getCvm(uuid, options));
  if (row.ok) {
    const cvm = row.value;
    if (cvm.appId === bench.appId && cvm.vmUuid === uuid) return { is: "here", cvm };
    return { is: "elsewhere", owner: { uuid, appId: cvm.appId } };
  }
  const { fault } = row;
  if (isUnknownToApi(fault, noApp === null)) return { is: "gone" };
  // Sources disagree on the answer for another workspace's: 403 or 404 (API facts, "Errors, limits").
  if (fault.kind === "answer" && fault.status === 403 && !fault.page) {
    return { is: "elsewhere", owner: { uuid, appId: null } };
  }
  return { is: "unreadable", trouble: requestFailed(doing, row) };
}
