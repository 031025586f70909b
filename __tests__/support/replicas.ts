/** Replicas for tests of rules and words. */
import { blankReplica, type Replica } from "../../src/ledger/replica.ts";
import type { Slot } from "../../src/ledger/terms.ts";

/** One of which nothing is known but its request; null: it was there before. */
export function newReplica(slot: Slot | null): Replica {
  const key = slot === null ? "cvm-1" : (`new-${slot.index}` as const);
  return { ...blankReplica(key), slot };
}
