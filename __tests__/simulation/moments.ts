/** When a run came how far, by its requests and the time that passed between them. */
import { attemptsIn, type Reading } from "./reading.ts";
import { type Exchange, isHealthCheck } from "./wire.ts";

/**
 * Ms since the epoch at which the main step began to wait for its replicas; null: it never did, or was
 * ended before that can be seen. Nothing takes time between the last request before the waiting and its
 * beginning, and the first look of a wait is always at the batch route.
 */
export function waitBegan({ main, wish }: Pick<Reading, "main" | "wish">): number | null {
  if (!wish.wait) return null;
  const look = main.exchanges.findIndex(({ route }) => route === "batch");
  if (look < 0) return null;
  const before = main.exchanges.slice(0, look);
  const inTurn = before.filter((one) => !isHealthCheck(one) && !isBeside(one, before));
  return Math.max(0, ...inTurn.map(({ to }) => to ?? 0));
}

/** A further try for a `ttl`, which goes on beside all else. */
function isBeside(one: Exchange, all: readonly Exchange[]): boolean {
  const first = all.find(({ route, request }) => {
    return route === "scheduled-delete" && request.url === one.request.url;
  });
  return one.route === "scheduled-delete" && first !== one;
}

/** The look at the app that ends a run with `instances` which made something; null: there was none. */
export function lastLook({ main, wish }: Pick<Reading, "main" | "wish">): Exchange | null {
  const last = main.exchanges.filter((one) => !isHealthCheck(one)).at(-1);
  if (wish.instances === null || last?.route !== "list" || main.cancelledAt !== null) return null;
  const made = attemptsIn(main.runner.saved).some(({ stage }) => stage === "made");
  // Who is killed while it waits was perhaps looking for something else.
  return made && (main.exitCode !== null || waitBegan({ main, wish }) !== null) ? last : null;
}

/** How long the main step waited for its replicas, in ms. */
export function waitedMs(reading: Pick<Reading, "main" | "wish">): number {
  const began = waitBegan(reading);
  const { runner, endedAt } = reading.main;
  if (began === null) return 0;
  return (lastLook(reading)?.from ?? runner.concludedAt ?? endedAt) - began;
}
