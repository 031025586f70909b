import type { NodeChoice } from "../../inputs/types.ts";
import type { NodeWish, Slot } from "../../ledger/terms.ts";
import type { Misfit } from "../../ledger/trouble.ts";
import type { Cvm } from "../../phala/cvm.ts";
import type { PhalaNode } from "../../phala/nodes.ts";

/** Where one replica goes; in `or` where else it may, in order. */
export interface Placement extends NodeWish {
  readonly or?: readonly NodeWish[];
}

/** All nodes that will do, in the order in which they are tried. */
export function placesOf({ id, name, or = [] }: Placement): readonly NodeWish[] {
  return [{ id, name }, ...or];
}

/** Whether one of them is the node; what the API does not tell contradicts nothing. */
export function fitsPlace(places: readonly NodeWish[], nodeId: number | null): boolean {
  return nodeId === null || places.some(({ id }) => id === null || id === nodeId);
}

/** Names that no node has, or several. */
export type NodeProblems = Extract<Misfit, { input: "node_id" }>["problems"];

export type ResolvedNodes =
  | { readonly ok: true; readonly placements: readonly Placement[] }
  | { readonly ok: false; readonly problems: NodeProblems };

/**
 * Turns names into numbers: any case, exact otherwise, as the official CLI does it. A number is taken as
 * it is, since the list need not hold every node that the API accepts.
 *
 * @param nodes null where no name has to be looked up
 */
export function resolveNodes(
  choices: readonly NodeChoice[],
  nodes: readonly PhalaNode[] | null,
): ResolvedNodes {
  const problems: NodeProblems[number][] = [];
  const placements = choices.flatMap((choice): readonly Placement[] => {
    const first = placeOf(choice, nodes, problems);
    const or = (choice.or ?? []).map((other) => placeOf(other, nodes, problems));
    const others = or.filter((place) => place !== null);
    if (first === null) return [];
    return [others.length === 0 ? first : { ...first, or: others }];
  });
  return problems.length === 0 ? { ok: true, placements } : { ok: false, problems };
}

/** @returns null where it is none; why is added to `problems` */
function placeOf(
  choice: NodeChoice,
  nodes: readonly PhalaNode[] | null,
  problems: NodeProblems[number][],
): NodeWish | null {
  if (choice.kind === "any") return { id: null, name: null };
  if (choice.kind === "id") {
    return { id: choice.id, name: nodes?.find((node) => node.id === choice.id)?.name ?? null };
  }
  const wanted = choice.name.toLowerCase();
  const matches = (nodes ?? []).filter((node) => node.name.toLowerCase() === wanted);
  const [match] = matches;
  if (match !== undefined && matches.length === 1) return { id: match.id, name: match.name };
  problems.push({ name: choice.name, ids: matches.map(({ id }) => id) });
  return null;
}

export type HashPlan =
  | {
      readonly ok: true;
      /** For the first request of the run, and for those after it; null: left out. */
      readonly first: string | null;
      readonly later: string | null;
      /** What a replica will carry although nothing was sent; null: not known. */
      readonly implied: string | null;
    }
  | { readonly ok: false; readonly live: readonly Cvm[] };

/**
 * Which `compose_hash` to send. The API demands one as soon as the app has several live instances
 * (ERR-03-009), which is so from the second request of a run on.
 *
 * @param given the user's choice, which always wins
 * @param source the source CVM, null where the list could not be read
 * @param live the app's live instances, the source among them where it lives
 * @param count how many requests the run sends
 */
export function planComposeHash(
  given: string | null,
  source: Cvm | null,
  live: readonly Cvm[],
  count: number,
): HashPlan {
  if (given !== null) return { ok: true, first: given, later: given, implied: given };
  const hashes = hashesOf(live);
  if (live.length > 1 && hashes.size > 1) return { ok: false, live };
  const [shared = source?.composeHash ?? null] = hashes;
  if (live.length > 1) return { ok: true, first: shared, later: shared, implied: shared };
  // The source is stopped, and another revision is live: the API's choice is not ours to know.
  const all = source === null || live.includes(source) ? live : [source, ...live];
  if (hashesOf(all).size > 1) {
    return count > 1
      ? { ok: false, live: all }
      : { ok: true, first: null, later: null, implied: null };
  }
  return { ok: true, first: null, later: shared, implied: shared };
}

function hashesOf(cvms: readonly Cvm[]): ReadonlySet<string> {
  return new Set(cvms.map((cvm) => cvm.composeHash).filter((hash) => hash !== null));
}

/** The create requests of a run, dealt over the listed nodes in turn. */
export function planSlots(
  count: number,
  placements: readonly Placement[],
  hash: HashPlan & { ok: true },
): readonly Slot[] {
  return Array.from({ length: count }, (_, index) => {
    const place = placements[index % Math.max(1, placements.length)];
    const composeHash = index === 0 ? hash.first : hash.later;
    return {
      index,
      nodeId: place?.id ?? null,
      nodeName: place?.name ?? null,
      composeHash,
      expectedHash: composeHash ?? hash.implied,
      ...(place?.or === undefined ? {} : { or: place.or }),
    };
  });
}
