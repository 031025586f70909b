import type { Persisted } from "../net/persist.ts";
import type { Cvm } from "../phala/cvm.ts";
import { askFor } from "./ask.ts";
import type { Bench } from "./bench.ts";

/** The app's CVMs, as one read shows them. */
export interface Rows {
  readonly cvms: readonly Cvm[];
  /** The server's clock minus ours, in ms; null where it does not tell. */
  readonly clockOffsetMs: number | null;
  readonly workspaceSlug: string | null;
}

/** Reads the app's CVMs. The clocks are compared as the answer comes, whatever else is waited for beside it. */
export function readRows(bench: Bench): Promise<Persisted<Rows>> {
  const { api, appId, edges } = bench;
  return askFor(bench, { do: "list" }, async (options) => {
    const read = await api.listCvms(appId, options);
    if (!read.ok) return read;
    const { cvms, serverTime } = read.value;
    const clockOffsetMs = clockOffset(serverTime, edges.clock.now());
    return { ok: true, value: { cvms, clockOffsetMs, workspaceSlug: slugOf(cvms) } };
  });
}

/** The workspace's slug for links: the first that a row tells. */
export function slugOf(cvms: readonly Cvm[]): string | null {
  return cvms.find(({ workspaceSlug }) => workspaceSlug !== null)?.workspaceSlug ?? null;
}

/** A `Date` that is further from our clock tells nothing of the server's. */
const MOST_OFFSET_MS = 24 * 3_600_000;

/** The server's clock minus ours in ms; null where it does not tell, or nothing believable. */
export function clockOffset(serverTime: number | null, now: number): number | null {
  const offset = serverTime === null ? null : serverTime - now;
  return offset === null || Math.abs(offset) > MOST_OFFSET_MS ? null : offset;
}
