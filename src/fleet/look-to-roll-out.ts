/** What a rollout has to know before it changes anything. */
import { NOBODY } from "../ledger/replica.ts";
import { requestFailed } from "../ledger/request-failed.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { isUnknownToApi } from "../net/fault.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { Revision } from "../phala/revisions.ts";
import { askFor } from "./ask.ts";
import type { Bench } from "./bench.ts";
import { toldRows } from "./plan/told-rows.ts";
import { readRows, slugOf } from "./rows.ts";

export interface AppSeen {
  /** The app's own, each once. */
  readonly rows: readonly Cvm[];
  /** Newest first. */
  readonly revisions: readonly Revision[];
  /** The server's clock minus ours, in ms; null where it does not tell. */
  readonly clockOffsetMs: number | null;
  readonly workspaceSlug: string | null;
}

export type Looked =
  | { readonly ok: true; readonly seen: AppSeen }
  | { readonly ok: false; readonly trouble: Trouble };

/** More pages than any app has: a server that always has another one must not keep a run going. */
const MOST_PAGES = 50;

/** Reads the app's CVMs and its revisions. Where one of both can't be read, nothing can be told. */
export async function lookToRollOut(bench: Bench): Promise<Looked> {
  const [list, revisions] = await Promise.all([readRows(bench), readRevisions(bench)]);
  if (!list.ok) return { ok: false, trouble: requestFailed({ do: "list" }, list) };
  if (!revisions.ok) return revisions;
  const { clockOffsetMs } = list.value;
  const told = await readRowsOnce(bench, list.value.cvms);
  if (!told.ok) return told;
  const { rows } = told;
  const seen = { rows, revisions: revisions.rows, clockOffsetMs, workspaceSlug: slugOf(rows) };
  return { ok: true, seen };
}

type Read<Row> =
  | { readonly ok: true; readonly rows: readonly Row[] }
  | { readonly ok: false; readonly trouble: Trouble };

/** The app's own, each once; by its own route one of which the list tells two things. */
async function readRowsOnce(bench: Bench, cvms: readonly Cvm[]): Promise<Read<Cvm>> {
  const { rows, disputed } = toldRows(cvms, bench.appId);
  const own: Cvm[] = [];
  for (const uuid of disputed) {
    const doing = { do: "read", replica: { ...NOBODY, uuid } } as const;
    const read = await askFor(bench, doing, (options) => bench.api.getCvm(uuid, options));
    if (read.ok) own.push(read.value);
    else if (!isUnknownToApi(read.fault)) return { ok: false, trouble: requestFailed(doing, read) };
  }
  const there = own.filter(({ vmUuid }) => vmUuid !== null && disputed.includes(vmUuid));
  return { ok: true, rows: [...rows, ...toldRows(there, bench.appId).rows] };
}

async function readRevisions(bench: Bench): Promise<Read<Revision>> {
  const { api, appId } = bench;
  const doing = { do: "read-revisions" } as const;
  const rows: Revision[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const read = await askFor(bench, doing, (options) => api.listRevisions(appId, page, options));
    if (!read.ok) return { ok: false, trouble: requestFailed(doing, read) };
    rows.push(...read.value.rows);
    if (page >= read.value.pages) break;
  }
  return { ok: true, rows };
}

/** To which app the CVMs belong that this one does not have, as far as the API tells. */
export async function whereElse(
  bench: Bench,
  uuids: readonly string[],
): Promise<readonly { readonly uuid: string; readonly appId: string | null }[]> {
  const found: { uuid: string; appId: string | null }[] = [];
  for (const uuid of uuids.slice(0, MOST_ASKED)) {
    const options = { signal: bench.edges.cancel };
    const cvm = await bench.api.getCvm(uuid, options);
    if (cvm.ok && cvm.value.appId !== bench.appId) found.push({ uuid, appId: cvm.value.appId });
  }
  return found;
}

/** A list of wrong UUIDs is named, not asked for one by one. */
const MOST_ASKED = 10;
