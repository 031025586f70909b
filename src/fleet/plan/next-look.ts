/** When the waiting looks, and at what. Pure. */

/** So long before the deadline is the last look, which would otherwise be a whole pause before it. Ms. */
export const LAST_LOOK_MS = 1_000;

/**
 * The pause before the next look, or up to the deadline where there is no more time for one; in ms.
 *
 * @param leftMs until the deadline
 * @param looked there was a look already
 */
export function pauseBefore(leftMs: number, pollIntervalMs: number, looked: boolean): number {
  if (pollIntervalMs < leftMs) return pollIntervalMs;
  if (leftMs > LAST_LOOK_MS) return leftMs - LAST_LOOK_MS;
  return looked ? leftMs : 0;
}

export interface LastLook {
  readonly kind: "none" | "batch" | "rows";
  /** It showed that a replica has come to run. */
  readonly someRan: boolean;
  /** It failed, or did not show all that are waited for. */
  readonly poor: boolean;
}

/**
 * What the next look is at. What runs needs its full row once, for its URLs: that takes the place of a
 * status request, so that each look stays one request, and it is not waited for where nothing else is left
 * to wait for. A poor answer of the one route is made up for by the other. Two looks in a row are never at
 * the rows alone, since those don't tell boot errors.
 *
 * @param lacking how many run and have not been read in full
 * @param healthCheck what runs is waited for by its health check
 */
export function nextLook(
  pending: number,
  lacking: number,
  healthCheck: boolean,
  last: LastLook,
): { readonly rows: boolean; readonly atOnce: boolean } {
  if (last.kind === "rows") return { rows: false, atOnce: false };
  const urgent = lacking > 0 && (healthCheck || lacking === pending);
  const poor = last.kind === "batch" && last.poor;
  return { rows: lacking > 0 || poor, atOnce: urgent && last.someRan };
}
