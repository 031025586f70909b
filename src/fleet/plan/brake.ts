import type { Fault } from "../../net/fault.ts";
import { scopeOf } from "../../phala/verdict.ts";

/** How one create request ended, as far as the next one depends on it. */
export interface RequestEnd {
  /** Nobody could find out whether it made a replica. */
  readonly unknown: boolean;
  /** The answer with which it was refused or put off; null: it made one, or got no answer. */
  readonly refusal: Fault | null;
}

/** Why no further request is sent. */
export type Stop =
  /** An answer spoke of the whole run: each further request would get it too. */
  | { readonly kind: "refused"; readonly refusal: Fault }
  /** Whatever eats the answers would eat the next one too, and each may be billed. */
  | { readonly kind: "unknown"; readonly inARow: number };

/** After so many requests in a row whose fate is unknown no further one is sent. */
const MOST_UNKNOWN = 2;

/** Whether a run sends further requests. Pure. @param ends how its requests ended, in order */
export function whyStop(ends: readonly RequestEnd[]): Stop | null {
  const refusals = ends.map(({ refusal }) => refusal).filter((refusal) => refusal !== null);
  const refusal = refusals.find((one) => scopeOf(one) === "run");
  if (refusal !== undefined) return { kind: "refused", refusal };
  const last = ends.slice(-MOST_UNKNOWN);
  const blind = last.length === MOST_UNKNOWN && last.every(({ unknown }) => unknown);
  return blind ? { kind: "unknown", inARow: MOST_UNKNOWN } : null;
}
