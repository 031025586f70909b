/** What a rollout has to know before it changes anything. */
import { requestFailed } from "../ledger/request-failed.ts";
import type { Trouble } from "../ledger/trouble.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { Revision } from "../phala/revisions.ts";
import { askFor } from "./ask.ts";
import type { Bench } from "./bench.ts";
import { readRows } from "./rows.ts";

export interface AppSeen {
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
  const { cvms, clockOffsetMs, workspaceSlug } = list.value;
  const seen = { rows: cvms, revisions: revisions.rows, clockOffsetMs, workspaceSlug };
  return { ok: true, seen };
}

async function readRevisions(
  bench: Bench,
): Promise<
  | { readonly ok: true; readonly rows: readonly Revision[] }
  | { readonly ok: false; readonly trouble: Trouble }
> {
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
