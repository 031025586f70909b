/** When a run came how far, by its requests and the time that passed between them. */
import type { Reading } from "./reading.ts";
import { isHealthCheck } from "./wire.ts";

/**
 * Ms since the epoch at which the main step began to wait for its replicas; null: it never did, or was
 * ended before that can be seen. Nothing takes time between the last request before the waiting and its
 * beginning, and the first look of a wait is always at the batch route.
 */
export function waitBegan({ main, wish }: Pick<Reading, "main" | "wish">): number | null {
  if (!wish.wait) return null;
  const look = main.exchanges.findIndex(({ route }) => route === "batch");
  if (look < 0) return null;
  const before = main.exchanges.slice(0, look).filter((one) => !isHealthCheck(one));
  return Math.max(0, ...before.map(({ to }) => to ?? 0));
}

/** How long the main step waited for its replicas, in ms. */
export function waitedMs(reading: Pick<Reading, "main" | "wish">): number {
  const began = waitBegan(reading);
  const { runner, endedAt } = reading.main;
  return began === null ? 0 : (runner.concludedAt ?? endedAt) - began;
}
