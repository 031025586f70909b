import type { Edges } from "../edges.ts";
import type { PhalaClient } from "../phala/client.ts";
import { type Budget, judgeTtl } from "../phala/retry.ts";
import { codeOf, type Failure, troubleOf } from "../report/failure.ts";
import { duration } from "../report/time.ts";
import type { Made } from "./aftermath.ts";
import { ask } from "./context.ts";

const TTL_BUDGET: Budget = { maxTries: 5, totalMs: 30_000, tryMs: 10_000 };

/**
 * Has the platform delete the CVM after the `ttl`. One that can't be set is a failure of the replica, which
 * would be billed for longer than its owner wants.
 *
 * @param life how long it shall live from now, and the server's clock minus ours, both in ms; the API wants
 * an absolute time
 */
export async function setTtl(
  edges: Edges,
  api: PhalaClient,
  { vmUuid, name }: Made,
  life: { readonly ttlMs: number; readonly clockOffsetMs: number | null },
): Promise<Failure | null> {
  const at = edges.clock.now() + (life.clockOffsetMs ?? 0) + life.ttlMs;
  const what = `set the ttl (${duration(life.ttlMs)}) of ${name} (${vmUuid})`;
  const result = await ask(edges, what, (options) => api.scheduleDelete(vmUuid, at, options), {
    budget: TTL_BUDGET,
    judge: judgeTtl,
  });
  if (result.ok) {
    edges.runner.info(`The platform deletes ${name} at ${new Date(at).toISOString()} (ttl).`);
    return null;
  }
  const trouble = troubleOf(what, result.fault, result.gaveUp);
  return {
    code: codeOf(result.fault),
    text: `${trouble} Without it, the replica is billed until somebody deletes it.`,
  };
}
