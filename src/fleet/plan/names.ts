/** Named replicas: which are there, and which are to be asked for. Pure. */
import type { Inputs } from "../../inputs/types.ts";
import type { Replica } from "../../ledger/replica.ts";
import type { NodeWish, Slot } from "../../ledger/terms.ts";
import type { Cvm } from "../../phala/cvm.ts";
import { rowNamed } from "../../phala/names.ts";
import { isGoing } from "../../phala/status.ts";
import type { Survey } from "../look.ts";
import { standing } from "./mismatch.ts";
import { fitsPlace, type HashPlan, placesOf } from "./placement.ts";

/** What a name is asked to be, apart from which revision goes with the request. */
type Named = Pick<Slot, "index"> & { readonly name: string; readonly places: readonly NodeWish[] };

export interface NamesPlan {
  /** To be asked for, in the order of the names, but those first whose name is free. */
  readonly wanted: readonly Named[];
  /** Of `wanted`: a CVM of that name is on its way out, and has to be gone first. */
  readonly going: ReadonlySet<number>;
  /** There already. */
  readonly standing: readonly Replica[];
}

const ANYWHERE: readonly NodeWish[] = [{ id: null, name: null }];

/** Which names are there, by the app's list. Names are dealt over the nodes whether they are there or not. */
export function planNames(
  names: readonly string[],
  inputs: Pick<Inputs, "composeHash">,
  { cvms, placements }: Survey,
): NamesPlan {
  const all = names.map((name, index): Named => {
    const place = placements[index % Math.max(1, placements.length)];
    return { index, name, places: place === undefined ? ANYWHERE : placesOf(place) };
  });
  const rows = all.map((one) => ({ ...one, cvm: rowNamed(cvms ?? [], one.name) }));
  const isOnItsWay = ({ cvm }: { cvm: Cvm | null }) => cvm !== null && isGoing(cvm.status);
  const going = rows.filter(isOnItsWay);
  return {
    wanted: [...rows.filter(({ cvm }) => cvm === null), ...going],
    going: new Set(going.map(({ index }) => index)),
    standing: rows.flatMap(({ cvm, ...one }) =>
      cvm === null || isGoing(cvm.status)
        ? []
        : [standing(slotStanding(one, cvm, inputs.composeHash), cvm)],
    ),
  };
}

/** The requests for the names that are not there. @param hash null: a compose file tells the revision */
export function namedSlots(
  wanted: readonly Named[],
  hash: (HashPlan & { ok: true }) | null,
): readonly Slot[] {
  return wanted.map(({ index, name, places }, order) => {
    const [first = { id: null, name: null }, ...or] = places;
    const composeHash = hash === null ? null : order === 0 ? hash.first : hash.later;
    return {
      index,
      name,
      nodeId: first.id,
      nodeName: first.name,
      composeHash,
      expectedHash: composeHash ?? hash?.implied ?? null,
      ...(or.length === 0 ? {} : { or }),
    };
  });
}

/** Asked for as it stands: on its own node, where that is one of the alternatives. */
export function slotStanding(
  { index, name, places }: Named,
  { nodeId }: Pick<Cvm, "nodeId">,
  composeHash: string | null,
): Slot {
  const [first] = places;
  const fits = fitsPlace(places, nodeId);
  return {
    index,
    name,
    nodeId: fits ? null : (first?.id ?? null),
    nodeName: fits ? null : (first?.name ?? null),
    composeHash,
    expectedHash: composeHash,
  };
}
