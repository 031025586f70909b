/** Which CVMs a delete takes, and which it leaves and why. Pure: this is where a mistake deletes too much. */
import type { SparedWhy } from "../../ledger/terms.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import { type Cvm, cvmKey } from "../../phala/cvm.ts";
import { hasFailed, isGoing } from "../../phala/status.ts";
import { fitsPattern, type NamePattern, protectsName } from "../../text/pattern.ts";

/** The selectors, ANDed, and what protects. Null: not given. */
export interface DeleteWishes {
  readonly vmUuids: readonly string[] | null;
  readonly names: readonly NamePattern[] | null;
  /** UUIDs that the deployments of an environment name. */
  readonly recorded: readonly string[] | null;
  /** `dead`, or exact words in lower case. */
  readonly status: readonly string[] | null;
  readonly olderThanMs: number | null;
  /** UUIDs, names and patterns that are never deleted. */
  readonly keep: readonly (NamePattern | { readonly uuid: string })[];
  /** So many of the running ones that were selected stay. */
  readonly leave: number;
  /** So many running ones stay in the app. */
  readonly keepAtLeast: number;
  readonly maxDeletions: number;
}

export interface Kept {
  readonly cvm: Cvm;
  readonly why: SparedWhy;
  /** It was asked for by its UUID or its whole name. */
  readonly exact: boolean;
}

export interface Selection {
  /** All that fit the selectors. */
  readonly selected: readonly Cvm[];
  /** To be deleted, in this order: dead ones first, then the newest first. */
  readonly go: readonly Cvm[];
  readonly kept: readonly Kept[];
  /** Null: nothing speaks against it. */
  readonly trouble: Trouble | null;
}

/**
 * @param rows the app's CVMs
 * @param began when the run began, by the server's clock, ms since the epoch
 */
export function selectForDelete(
  rows: readonly Cvm[],
  wishes: DeleteWishes,
  began: number,
): Selection {
  const there = rows.filter(({ deleted, status }) => !deleted && !isGoing(status));
  const slips = missingKeeps(there, wishes);
  const selected = there.filter((cvm) => isSelected(cvm, wishes, began));
  if (slips.length > 0) return nothing(selected, { kind: "not-found", ...noKeep(slips) });
  const kept: Kept[] = [];
  const keep = (cvm: Cvm, why: SparedWhy) => kept.push({ cvm, why, exact: isExact(cvm, wishes) });
  const first = selected.filter((cvm) => {
    const why = whySpared(cvm, wishes, began);
    if (why !== null) keep(cvm, why);
    return why === null;
  });
  const left = oldestRunning(first, wishes.leave);
  for (const cvm of left) keep(cvm, "leave");
  const second = without(first, left);
  const last = oldestRunning(second, tooFew(there, second, wishes.keepAtLeast));
  for (const cvm of last) keep(cvm, "last-running");
  const go = without(second, last).sort(deadThenNewest);
  const would = go.length;
  if (would <= wishes.maxDeletions) return { selected, go, kept, trouble: null };
  const most = wishes.maxDeletions;
  for (const cvm of go) keep(cvm, "limit");
  return {
    selected,
    go: [],
    kept,
    trouble: { kind: "limit", input: "max_deletions", most, would },
  };
}

function nothing(selected: readonly Cvm[], trouble: Trouble): Selection {
  return { selected, go: [], kept: [], trouble };
}

function noKeep(missing: readonly string[]) {
  return { input: "keep" as const, missing, elsewhere: [] };
}

/** What protects nothing is a slip: an exact entry of `keep` that the app does not have. */
function missingKeeps(rows: readonly Cvm[], { keep }: DeleteWishes): readonly string[] {
  return keep.flatMap((entry) => {
    if ("uuid" in entry) return rows.some((cvm) => cvm.vmUuid === entry.uuid) ? [] : [entry.uuid];
    const found = !entry.exact || rows.some(({ name }) => protectsName(entry, name));
    return found ? [] : [entry.text];
  });
}

function isSelected(cvm: Cvm, wishes: DeleteWishes, now: number): boolean {
  const { vmUuids, names, recorded, status, olderThanMs } = wishes;
  const uuid = cvm.vmUuid ?? "";
  if (vmUuids !== null && !vmUuids.includes(uuid)) return false;
  if (names !== null && !names.some((pattern) => fitsPattern(pattern, cvm.name))) return false;
  if (recorded !== null && !recorded.includes(uuid)) return false;
  if (status !== null && !hasAnyStatus(cvm, status)) return false;
  // One without a date is selected, and left for that reason, so that it is named.
  const old = cvm.createdAt === null || now - cvm.createdAt >= (olderThanMs ?? 0);
  return olderThanMs === null || old;
}

/** Whether its status is one of the words; `dead` stands for those that came to nothing. */
export function hasAnyStatus({ status }: Cvm, words: readonly string[]): boolean {
  return words.some((word) => (word === "dead" ? hasFailed(status) : status === word));
}

/** Whether it was asked for by its UUID or its whole name. */
export function isExact({ vmUuid, name }: Cvm, { vmUuids, names }: DeleteWishes): boolean {
  if (vmUuid !== null && vmUuids?.includes(vmUuid)) return true;
  return names?.some((pattern) => pattern.exact && fitsPattern(pattern, name)) ?? false;
}

function whySpared(cvm: Cvm, wishes: DeleteWishes, began: number): SparedWhy | null {
  if (cvm.vmUuid === null) return "no-uuid";
  if (isKept(cvm, wishes)) return "keep";
  if (wishes.status !== null && cvm.inProgress) return "in-progress";
  if (wishes.olderThanMs !== null && cvm.createdAt === null) return "no-date";
  const new_ = cvm.createdAt !== null && cvm.createdAt > began;
  return new_ && !isExact(cvm, wishes) ? "too-new" : null;
}

function isKept({ vmUuid, name }: Cvm, { keep }: DeleteWishes): boolean {
  return keep.some((entry) =>
    "uuid" in entry ? entry.uuid === vmUuid : protectsName(entry, name),
  );
}

function isRunning({ status }: Cvm): boolean {
  return status === "running";
}

/** How many of these have to stay, so that enough running ones are left in the app. */
function tooFew(rows: readonly Cvm[], going: readonly Cvm[], atLeast: number): number {
  const staying = rows.filter(isRunning).length - going.filter(isRunning).length;
  return Math.max(0, atLeast - staying);
}

function oldestRunning(cvms: readonly Cvm[], count: number): readonly Cvm[] {
  return cvms.filter(isRunning).sort(oldestFirst).slice(0, count);
}

function without(cvms: readonly Cvm[], others: readonly Cvm[]): Cvm[] {
  const gone = new Set(others.map(cvmKey));
  return cvms.filter((cvm) => !gone.has(cvmKey(cvm)));
}

/** One without a date counts as the oldest: it was there before whoever keeps dates. */
function oldestFirst(a: Cvm, b: Cvm): number {
  return (a.createdAt ?? 0) - (b.createdAt ?? 0);
}

function deadThenNewest(a: Cvm, b: Cvm): number {
  const dead = Number(hasFailed(b.status)) - Number(hasFailed(a.status));
  return dead === 0 ? oldestFirst(b, a) : dead;
}
