/** How long replicas are waited for together, and what is told of one that was waited for in vain. */
import type { Told } from "../../ledger/trouble.ts";
import type { Fault } from "../../net/fault.ts";

export interface WatchLimits {
  /** When the waiting began, and when it ends: ms since the epoch. */
  readonly begun: number;
  readonly deadline: number;
  /** Ends the pause between two looks. */
  readonly wake: () => void;
  /** Why the looks of late failed; null: they did not. */
  readonly blind: () => Blindness | null;
}

/** Why the looks of late failed. */
export interface Blindness {
  readonly fault: Fault;
  /** Not one look came through. */
  readonly never: boolean;
}

/** @param last how it was when it was last seen; null: never */
export function toldOf(limits: WatchLimits, now: number, last: Told["last"]): Told {
  // A timer may come a little late; what the user set is what ran out.
  const elapsedMs = Math.min(now, limits.deadline) - limits.begun;
  const blind = limits.blind();
  return { last, blind: blind?.fault ?? null, never: blind?.never ?? false, elapsedMs };
}
