import type { Edges } from "../edges.ts";
import type { PhalaClient } from "../phala/client.ts";
import { persist } from "../phala/persist.ts";
import type { Budget } from "../phala/retry.ts";
import { type Failure, requestFailure } from "../report/failure.ts";
import { duration } from "../report/time.ts";
import type { Made } from "./aftermath.ts";
import { repeatable } from "./context.ts";

const TTL_BUDGET: Budget = { maxTries: 5, totalMs: 30_000 };

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
  const what = `have ${name} deleted after ${duration(life.ttlMs)} (ttl)`;
  const result = await persist(
    edges,
    repeatable(edges, what, edges.cancel, TTL_BUDGET),
    (timeoutMs) => api.scheduleDelete(vmUuid, at, { signal: edges.cancel, timeoutMs }),
  );
  if (result.ok) {
    edges.runner.info(`The platform deletes ${name} at ${new Date(at).toISOString()} (ttl).`);
    return null;
  }
  const { code, text } = requestFailure(what, result.fault, result.gaveUp);
  return { code, text: `${text} It runs and is billed until it is deleted.` };
}
