/** How post looks for what a request may have made. Pure. */
import type { Replica } from "../../ledger/replica.ts";
import { deservesWindow, isCreated } from "./cleanup.ts";
import { SETTLE_WINDOW_MS } from "./newcomers.ts";

/** It was asked for by a name, and no answer told what was made. */
export function isNamed(replica: Replica): boolean {
  return !isCreated(replica) && replica.slot?.name !== undefined;
}

/** The API has refused each try: what bears its name now may be somebody else's. */
export function isRefused({ fate, doubted }: Replica): boolean {
  return fate === "unknown" && !doubted;
}

/**
 * How long to look, in ms. What deserves it gets the whole window, counted from when the request was sent;
 * what main has searched for in vain gets one more look.
 */
export function windowOf(replica: Replica, now: number): number {
  if (!deservesWindow(replica)) return 0;
  const sinceMs = now - (replica.since ?? 0);
  return Math.max(SETTLE_WINDOW_MS - Math.max(0, sinceMs), SETTLE_WINDOW_MS / 3);
}
