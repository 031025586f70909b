/** What a list of rows may be trusted for, and whether a CVM still is what was selected. Pure. */
import type { SparedWhy } from "../../ledger/terms.ts";
import { type Cvm, cvmKey } from "../../phala/cvm.ts";
import { isGoing } from "../../phala/status.ts";
import { type DeleteWishes, hasAnyStatus } from "./select.ts";

/**
 * The app's own rows, each CVM once. Two rows that tell one UUID and not the same of it can't both be right:
 * what is left of them has no name, no app and no status, so that no pattern finds it and it counts as running
 * for nobody. One without a UUID is another row's CVM where that has its id.
 */
export function ownRows(cvms: readonly Cvm[], appId: string): readonly Cvm[] {
  const own = cvms.filter((cvm) => cvm.appId === null || cvm.appId === appId);
  const ids = new Set(own.filter(({ vmUuid }) => vmUuid !== null).map(({ id }) => id));
  const rows = new Map<string, Cvm>();
  for (const cvm of own) {
    if (cvm.vmUuid === null && ids.has(cvm.id)) continue;
    const key = cvmKey(cvm);
    const other = rows.get(key);
    rows.set(key, other === undefined || isSame(other, cvm) ? cvm : blurred(cvm));
  }
  return [...rows.values()];
}

/**
 * Whether too few would run on without it, by a look since the selection: of those that stay, others may have gone.
 *
 * @param list the app's list as it is now
 * @param going keys of those that were selected to go, but for what was spared since
 */
export function isLastRunning(
  { status }: Cvm,
  list: readonly Cvm[],
  going: ReadonlySet<string>,
  { appId, keepAtLeast }: { readonly appId: string } & Pick<DeleteWishes, "keepAtLeast">,
): boolean {
  const staying = ownRows(list, appId).filter((cvm) => !cvm.deleted && !going.has(cvmKey(cvm)));
  const running = staying.filter((cvm) => cvm.status === "running").length;
  return status === "running" && running < keepAtLeast;
}

function isSame(a: Cvm, b: Cvm): boolean {
  return a.name === b.name && a.status === b.status && a.appId === b.appId;
}

function blurred(cvm: Cvm): Cvm {
  return { ...cvm, name: null, appId: null, status: "" };
}

/**
 * Why a CVM is not to be deleted any more, by its row right before the request.
 *
 * @param before its row when it was selected
 * @param now its row by its own route
 * @returns null: it is what was meant. A row that tells no app is of the one whose list named it
 */
export function whyNotMeant(
  before: Cvm,
  now: Cvm,
  { appId, status }: { readonly appId: string } & Pick<DeleteWishes, "status">,
): SparedWhy | null {
  if (now.vmUuid !== before.vmUuid || now.name !== before.name) return "changed";
  if ((now.appId ?? before.appId) !== appId) return "changed";
  if (status === null || isGoing(now.status)) return null;
  if (now.inProgress) return "in-progress";
  // Dead, or parked, at the look, and brought back by somebody since.
  return hasAnyStatus(now, status) ? null : "changed";
}
