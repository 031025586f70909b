/** The numbers of a rollout: how many at a time, in how many rounds, from which revision. Pure. */

/** How many may be away at a time, as a number or as a share of those selected. */
export type Share =
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "percent"; readonly percent: number };

/** So many of `count`: a share is rounded down, and at least 1. */
export function numberOf(share: Share, count: number): number {
  const number = share.kind === "number" ? share.number : Math.floor((count * share.percent) / 100);
  return Math.max(1, number);
}

/** How often as many as allowed are brought along, one lot after another; at least once. */
export function roundsOf(count: number, maxUnavailable: number): number {
  return Math.max(1, Math.ceil(count / maxUnavailable));
}

/**
 * Whether the plan allows a moment in which none of the app's instances serves.
 *
 * @param toUpdate how many are brought along
 * @param servingBeside how many serve that are not among them
 */
export function leavesNone(
  toUpdate: number,
  maxUnavailable: number,
  servingBeside: number,
): boolean {
  return toUpdate > 0 && servingBeside === 0 && toUpdate <= maxUnavailable;
}

/** The revision that one of those selected had before. */
export interface Before {
  readonly composeHash: string | null;
  /** What its rows of the app's revisions tell of the time before; null: not known. */
  readonly earlier: string | null;
  readonly isSource: boolean;
}

/**
 * The revision that most of those selected had before; of as many, the one that comes first. The source, which
 * an earlier step has updated, counts with what its own rows tell. What is on the wanted revision already tells
 * only where nothing else does.
 */
export function previousHash(before: readonly Before[], wanted: string): string | null {
  const votes = new Map<string, number>();
  for (const { composeHash, earlier, isSource } of before) {
    const hash = isSource && composeHash === wanted ? earlier : composeHash;
    if (hash !== null && hash !== wanted) votes.set(hash, (votes.get(hash) ?? 0) + 1);
  }
  const [most = null] = [...votes].sort(([, a], [, b]) => b - a);
  if (most !== null) return most[0];
  return before.some(({ composeHash }) => composeHash === wanted) ? wanted : null;
}
