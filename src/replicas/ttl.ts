import { persist } from "../phala/persist.ts";
import type { Budget } from "../phala/retry.ts";
import { requestFailure } from "../report/failure.ts";
import { duration } from "../report/time.ts";
import { type Context, repeatable } from "./context.ts";
import { nameOf, type Replica, uuidOf } from "./record.ts";

const TTL_BUDGET: Budget = { maxTries: 5, totalMs: 30_000 };

/**
 * Has the platform delete the replica after the `ttl`, so that it dies even if every runner does. A ttl
 * that can't be set is a failure of the replica: it would be billed for longer than its owner wants.
 *
 * @param clockOffsetMs the server's clock minus ours, in ms; the API wants an absolute time
 */
export async function setTtl(
  { api, edges, inputs }: Context,
  replica: Replica,
  clockOffsetMs: number | null,
): Promise<void> {
  const uuid = uuidOf(replica);
  if (inputs.ttlMs === null || uuid === null) return;
  const at = edges.clock.now() + (clockOffsetMs ?? 0) + inputs.ttlMs;
  const what = `have ${nameOf(replica)} deleted after ${duration(inputs.ttlMs)} (ttl)`;
  const result = await persist(edges, repeatable(edges, what, edges.cancel, TTL_BUDGET), () =>
    api.scheduleDelete(uuid, at, { signal: edges.cancel }),
  );
  if (result.ok) {
    edges.runner.info(`The platform deletes it at ${new Date(at).toISOString()} (ttl).`);
    return;
  }
  const failure = requestFailure(what, result.fault, result.gaveUp);
  replica.failure = {
    ...failure,
    text: `${failure.text} It runs and is billed until it is deleted.`,
  };
}
