/** Which instances of an app are meant, where nothing is to be changed. Pure. */
import type { Cvm } from "../../phala/cvm.ts";
import { isGoing } from "../../phala/status.ts";
import { fitsPattern, type NamePattern } from "../../text/pattern.ts";

export interface Chosen {
  readonly selected: readonly Cvm[];
  /** They fit, and don't run. */
  readonly left: readonly Cvm[];
  /** Named exactly, by UUID or whole name, and not in the app. */
  readonly missing: readonly string[];
}

/**
 * The instances that fit both lists, where given: the running ones, and what is named exactly in whatever state. One
 * runs also while something is in progress on it, such as an update that waits in the platform's queue.
 *
 * @param vmUuids dashed UUIDs; null: any
 */
export function chooseInstances(
  rows: readonly Cvm[],
  vmUuids: readonly string[] | null,
  names: readonly NamePattern[] | null,
): Chosen {
  const there = rows.filter(({ deleted, status }) => !deleted && !isGoing(status));
  const missing = [
    ...(vmUuids ?? []).filter((uuid) => !there.some((cvm) => cvm.vmUuid === uuid)),
    ...(names ?? [])
      .filter((one) => one.exact && !there.some(({ name }) => fitsPattern(one, name)))
      .map(({ text }) => text),
  ];
  const isExact = ({ vmUuid, name }: Cvm) =>
    (vmUuids?.includes(vmUuid ?? "") ?? false) ||
    (names?.some((one) => one.exact && fitsPattern(one, name)) ?? false);
  const fitting = there.filter(({ vmUuid, name }) => {
    if (vmUuids !== null && !vmUuids.includes(vmUuid ?? "")) return false;
    return names === null || names.some((one) => fitsPattern(one, name));
  });
  const isMeant = (cvm: Cvm) => cvm.status === "running" || isExact(cvm);
  const left = fitting.filter((cvm) => !isMeant(cvm));
  return { selected: fitting.filter(isMeant), left, missing };
}
