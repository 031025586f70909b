/** Which instance is replicated where the workflow may leave that open. Pure. */
import type { Inputs } from "../../inputs/types.ts";
import { type Cvm, isLive, runs } from "../../phala/cvm.ts";

export type ChosenSource =
  | { readonly ok: true; readonly source: Cvm }
  /** Why there is none, and what there is. */
  | {
      readonly ok: false;
      readonly why: "not-of-the-app" | "no-source" | "no-instance";
      readonly there: readonly Cvm[];
    };

/**
 * The source as it was given, else the app's oldest running instance that has the wanted revision. Where there
 * are names no source is needed, but one instance is, of whatever status (API facts, 12): it tells what the
 * app's instances have in common, such as the key for their environment.
 */
export function chooseSource(
  cvms: readonly Cvm[],
  { vmUuid, composeHash, names }: Pick<Inputs, "vmUuid" | "composeHash" | "names">,
): ChosenSource {
  const there = cvms.filter((cvm) => !cvm.deleted && cvm.vmUuid !== null);
  if (vmUuid !== null) {
    const given = there.find((cvm) => cvm.vmUuid === vmUuid);
    if (given !== undefined) return { ok: true, source: given };
    return { ok: false, why: "not-of-the-app", there: cvms };
  }
  const running = oldest(there.filter(runs));
  const fitting = oldest(
    there.filter((cvm) => runs(cvm) && (composeHash === null || cvm.composeHash === composeHash)),
  );
  const source =
    names === null ? fitting : (running ?? oldest(there.filter(isLive)) ?? oldest(there));
  if (source !== null) return { ok: true, source };
  return { ok: false, why: names === null ? "no-source" : "no-instance", there };
}

/** One without a date is no proof of age. */
function oldest(cvms: readonly Cvm[]): Cvm | null {
  const age = ({ createdAt }: Cvm) => createdAt ?? Number.POSITIVE_INFINITY;
  return cvms.reduce<Cvm | null>(
    (best, cvm) => (best === null || age(cvm) < age(best) ? cvm : best),
    null,
  );
}
