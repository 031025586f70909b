/** Which instances a rollout brings along. Pure. */
import type { SparedWhy } from "../../ledger/terms.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import type { Cvm } from "../../phala/cvm.ts";
import { isGoing, isStopping } from "../../phala/status.ts";
import { fitsPattern, type NamePattern } from "../../text/pattern.ts";

/** The selectors, ANDed. Null: not given. */
export interface RolloutWishes {
  readonly vmUuids: readonly string[] | null;
  readonly names: readonly NamePattern[] | null;
}

export interface RolloutSelection {
  /** Oldest first. */
  readonly selected: readonly Cvm[];
  /** What fits the selectors and is left all the same. */
  readonly skipped: readonly { readonly cvm: Cvm; readonly why: SparedWhy }[];
  /** Exactly named, and not in the app. */
  readonly missing: readonly string[];
  readonly input: "vm_uuids" | "name" | "selection";
}

/** @param rows the app's CVMs */
export function selectForRollout(rows: readonly Cvm[], wishes: RolloutWishes): RolloutSelection {
  const there = rows.filter(({ deleted, status }) => !deleted && !isGoing(status));
  const noUuid = (wishes.vmUuids ?? []).filter(
    (uuid) => !there.some(({ vmUuid }) => vmUuid === uuid),
  );
  const noName = (wishes.names ?? [])
    .filter((pattern) => pattern.exact && !there.some(({ name }) => fitsPattern(pattern, name)))
    .map(({ text }) => text);
  const fitting = there.filter((cvm) => fits(cvm, wishes));
  const skipped = fitting.flatMap((cvm) => {
    const why = whySkipped(cvm, wishes);
    return why === null ? [] : [{ cvm, why }];
  });
  const left = new Set(skipped.map(({ cvm }) => cvm));
  return {
    selected: fitting.filter((cvm) => !left.has(cvm)).sort(oldestFirst),
    skipped,
    missing: [...noUuid, ...noName],
    input: noUuid.length > 0 ? "vm_uuids" : noName.length > 0 ? "name" : "selection",
  };
}

/** Whether nothing may be done: what was named is not there, or nothing is left to bring along. */
export function selectionTrouble({
  selected,
  missing,
  input,
}: RolloutSelection): Extract<Trouble, { kind: "not-found" }> | null {
  if (missing.length === 0 && selected.length > 0) return null;
  return { kind: "not-found", input, missing, elsewhere: [] };
}

function oldestFirst(a: Cvm, b: Cvm): number {
  return (a.createdAt ?? 0) - (b.createdAt ?? 0);
}

function fits({ vmUuid, name }: Cvm, { vmUuids, names }: RolloutWishes): boolean {
  if (vmUuids !== null && (vmUuid === null || !vmUuids.includes(vmUuid))) return false;
  return names === null || names.some((pattern) => fitsPattern(pattern, name));
}

/** A stopped one may be parked on purpose: it is taken along only where just that one was meant. */
function whySkipped({ vmUuid, name, status }: Cvm, wishes: RolloutWishes): SparedWhy | null {
  if (vmUuid === null) return "no-uuid";
  if (!isStopping(status)) return null;
  const exact =
    wishes.vmUuids?.includes(vmUuid) ||
    wishes.names?.some((pattern) => pattern.exact && fitsPattern(pattern, name));
  return exact ? null : "stopped";
}
