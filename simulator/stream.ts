import { stateShape } from "./routes/state.ts";
import { closed, type Delivery, openStream } from "./transport.ts";
import type { ApiAnswer, StreamPlan } from "./types.ts";
import { spelled } from "./urls.ts";
import type { World } from "./world.ts";

/**
 * Streams the state of a CVM until it has the wanted status, the time is up or the client leaves.
 * There is always at least one `state` event: the official SDK takes the last one as the result. A
 * failed boot does not end the stream (API facts, section 3.3).
 *
 * @param secondMs length of one second of the plan, in ms
 */
export async function stream(
  world: World,
  delivery: Delivery,
  answer: ApiAnswer,
  plan: StreamPlan,
  secondMs: number,
): Promise<void> {
  const { response } = delivery;
  const emit = (name: string, data: unknown): void => {
    response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  openStream(delivery, answer);
  const pauseMs = (plan.intervalMs / 1000) * secondMs;
  const rounds = Math.ceil(plan.timeoutMs / plan.intervalMs);
  const gone = closed(response);
  const elapsed = (round: number): number => (round * plan.intervalMs) / 1000;
  for (let round = 0; round <= rounds && !response.destroyed; round++) {
    const cvm = world.find(plan.vmUuid);
    if (cvm === undefined || world.view(cvm).gone) {
      // What the real API does here is not known.
      emit("error", { error: "CVM not found", elapsed: elapsed(round) });
      break;
    }
    const { status } = world.view(cvm);
    emit("state", stateShape(world, cvm));
    if (status.toLowerCase() === plan.target.toLowerCase()) {
      emit("complete", {
        status: spelled(world, status),
        elapsed: elapsed(round),
        target: plan.target,
      });
      break;
    }
    if (round === rounds) {
      emit("timeout", { error: "timeout", elapsed: elapsed(round), target: plan.target });
      break;
    }
    await Promise.race([delivery.pause(pauseMs), gone]);
  }
  response.end();
}
