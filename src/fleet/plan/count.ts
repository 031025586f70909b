import { type Cvm, cvmKeys, isDead, isLive } from "../../phala/cvm.ts";
import { fitsPlace, type Placement, placesOf } from "./placement.ts";

/** What an instance has to be to count toward `instances`. */
export interface Measure {
  /** Null: any revision counts. */
  readonly composeHash: string | null;
  /** Empty: any node counts. */
  readonly placements: readonly Placement[];
}

/** The app's instances that count toward `instances`. */
export interface Counted {
  readonly live: readonly Cvm[];
  /** They came to nothing and stay billed. Left out, a schedule would pile them up. */
  readonly dead: readonly Cvm[];
}

/**
 * Counts the app's instances, the source among them where it fits. What the API does not tell of one
 * contradicts nothing: one too few is cheaper than one too many.
 */
export function countInstances(cvms: readonly Cvm[], measure: Measure): Counted {
  const fitting = cvms.filter((cvm) => fits(cvm, measure));
  return { live: fitting.filter(isLive), dead: fitting.filter(isDead) };
}

function fits({ composeHash, nodeId }: Cvm, wanted: Measure): boolean {
  const otherHash = wanted.composeHash !== null && composeHash !== null;
  if (otherHash && composeHash !== wanted.composeHash) return false;
  return wanted.placements.length === 0 || fitsPlace(wanted.placements.flatMap(placesOf), nodeId);
}

/** How many replicas to create so that `instances` count. Never negative: none is removed. */
export function missingInstances(instances: number, { live, dead }: Counted): number {
  return Math.max(0, instances - live.length - dead.length);
}

/**
 * Where to put new ones so that all that count are spread evenly: each goes where the fewest are by then,
 * the first listed of several. A node that is listed twice gets twice as many.
 *
 * @returns one placement a new one; empty where no node is listed, so that the platform chooses
 */
export function balance(
  count: number,
  placements: readonly Placement[],
  { live, dead }: Counted,
): readonly Placement[] {
  const bins = placements.map((place) => ({ place, size: 0 }));
  const emptiest = (some: typeof bins) =>
    some.reduce<(typeof bins)[number] | null>(
      (best, bin) => (best === null || bin.size < best.size ? bin : best),
      null,
    );
  for (const { nodeId } of [...live, ...dead]) {
    const bin = emptiest(
      bins.filter(({ place }) => nodeId !== null && fitsPlace(placesOf(place), nodeId)),
    );
    if (bin !== null) bin.size += 1;
  }
  return Array.from({ length: count }).flatMap(() => {
    const bin = emptiest(bins);
    if (bin === null) return [];
    bin.size += 1;
    return [bin.place];
  });
}

/** What a last look shows of other jobs that counted before this one had created. */
export interface Surplus {
  /** How many count by now. */
  readonly counted: number;
  /** Those that came meanwhile and are not this run's. */
  readonly others: readonly Cvm[];
}

/**
 * Whether the app has more instances than were asked for; null: it has not.
 *
 * @param known what was there before, and what this run made, by `cvmKeys`
 */
export function surplusOf(
  cvms: readonly Cvm[],
  measure: Measure,
  instances: number,
  known: ReadonlySet<string>,
): Surplus | null {
  const { live, dead } = countInstances(cvms, measure);
  const all = [...live, ...dead];
  if (all.length <= instances) return null;
  const others = all.filter((cvm) => !cvmKeys(cvm).some((key) => known.has(key)));
  return { counted: all.length, others };
}
