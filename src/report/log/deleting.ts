/** The log of a delete: what was selected, and what becomes of it. */
import { NOBODY } from "../../ledger/replica.ts";
import type { SparedWhy } from "../../ledger/terms.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import type { Cvm } from "../../phala/cvm.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { hourlyPrice } from "../summary/cost.ts";
import { whoText } from "../words/doing.ts";
import { reasonOf } from "../words/reason.ts";
import { sparedText } from "../words/spared.ts";

interface Chosen {
  readonly selected: readonly Cvm[];
  readonly go: readonly Cvm[];
  readonly kept: readonly { readonly cvm: Cvm; readonly why: SparedWhy }[];
}

/**
 * The selection, a line each, in the order of the deletions; what stays is told by its own facts.
 *
 * @param of how many CVMs the app has
 * @param now by the server's clock, ms since the epoch
 */
export function selectionLines({ selected, go }: Chosen, of: number, now: number): string[] {
  if (selected.length === 0) {
    return [`None of the app's ${of} CVMs is selected, so there is nothing to delete.`];
  }
  const head = `Selected: ${selected.length} of the app's ${of} CVMs; to be deleted: ${go.length}.`;
  return [head, ...selected.map((cvm) => `- ${placeOf(cvm)}, ${ageOf(cvm, now)}, ${costOf(cvm)}`)];
}

function placeOf(cvm: Cvm): string {
  const status = oneLine(cvm.status, 40) || "no status told";
  const node = cvm.nodeName === null ? "node not told" : `on ${oneLine(cvm.nodeName, 80)}`;
  return `${whoText({ ...NOBODY, id: cvm.id, name: cvm.name, uuid: cvm.vmUuid })}: ${status}, ${node}`;
}

/** How old a CVM is. @param now by the server's clock, ms since the epoch */
export function ageOf({ createdAt }: Cvm, now: number): string {
  return createdAt === null ? "age not told" : `${duration(Math.max(0, now - createdAt))} old`;
}

/** What one CVM costs. */
export function costOf(cvm: Cvm): string {
  const price = hourlyPrice({ cvm });
  return price === null ? "price not told" : `${Number(price.toFixed(6))} USD an hour`;
}

/** Green all the same: a pattern or the like selected more than may go. Null: there is none. */
export function keptRunningWarning(
  kept: readonly { readonly cvm: Cvm; readonly why: SparedWhy; readonly exact: boolean }[],
): string | null {
  const left = kept.filter(({ why, exact }) => why === "last-running" && !exact);
  if (left.length === 0) return null;
  const names = left.slice(0, 5).map(({ cvm }) => oneLine(cvm.name ?? cvm.vmUuid ?? "unnamed", 80));
  const more = left.length > names.length ? ` and ${left.length - names.length} more` : "";
  return `Not deleted: ${names.join(", ")}${more}: ${sparedText("last-running")}. Write keep_at_least: 0 if none has to stay.`;
}

export function noAppWarning(appId: string): string {
  return `The API knows no app ${appId}, or none with CVMs (HTTP 404): check app_id if there should be some.`;
}

/** Why the deployments of what was deleted stay as they are. */
export function notLookedFor(trouble: Trouble): string {
  const why = trouble.kind === "request" ? reasonOf(trouble.fault) : "unknown reason";
  return `GitHub deployments of what was deleted, if there are any, stay as they are: they could not be read (${why}). With \`permissions: deployments: write\` the job's token may do so.`;
}

export function staleLine(count: number): string {
  return `${count} deployment${count === 1 ? "" : "s"} of what is gone already ${count === 1 ? "is" : "are"} set to inactive.`;
}
