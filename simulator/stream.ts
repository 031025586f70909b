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
  openStream(delivery, answer);
  const pauseMs = (plan.intervalMs / 1000) * secondMs;
  const rounds = Math.ceil(plan.timeoutMs / plan.intervalMs);
  const gone = closed(response);
  for (let round = 0; round <= rounds && !response.destroyed; round++) {
    const events = eventsOf(world, plan, round, round === rounds);
    for (const [name, data] of events) {
      response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    }
    if (events.some(([name]) => name !== "state")) break;
    await Promise.race([delivery.pause(pauseMs), gone]);
  }
  response.end();
}

type Event = readonly [name: "state" | "complete" | "error" | "timeout", data: unknown];

/** What is sent in a round; anything but a state ends the stream. */
function eventsOf(world: World, plan: StreamPlan, round: number, last: boolean): readonly Event[] {
  const elapsed = (round * plan.intervalMs) / 1000;
  const { target } = plan;
  const cvm = world.find(plan.vmUuid);
  // What the real API does here is not known.
  if (cvm === undefined || world.view(cvm).gone)
    return [["error", { error: "CVM not found", elapsed }]];
  const { status } = world.view(cvm);
  const state: Event = ["state", stateShape(world, cvm)];
  if (status.toLowerCase() === target.toLowerCase()) {
    return [state, ["complete", { status: spelled(world, status), elapsed, target }]];
  }
  return last ? [state, ["timeout", { error: "timeout", elapsed, target }]] : [state];
}
