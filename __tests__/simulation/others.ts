/** What others do in the world of a story. */
import type { Cvm } from "../../simulator/core.ts";
import type { HookEvent } from "../../simulator/record.ts";
import type { Simulation } from "../support/simulated/simulation.ts";
import type { Story, StrangerAct } from "./story.ts";

/** Has a stranger come at a time, or around a request. */
export function invite(sim: Simulation, { when, act }: StrangerAct): void {
  const happens = () => actOut(sim, act);
  if ("ms" in when) {
    sim.after(when.ms, happens);
    return;
  }
  let seen = 0;
  sim.on(when.moment, when.route, (_event: HookEvent) => {
    seen += 1;
    if (seen === when.nth) happens();
  });
}

function actOut(sim: Simulation, act: StrangerAct["act"]): void {
  const { world } = sim;
  if (act.kind === "create") {
    const { nodeId, otherHash } = act;
    const composeHash = otherHash ? "ab".repeat(32) : world.source.composeHash;
    sim.addStranger({ nodeId, composeHash });
    return;
  }
  const victim = world.cvms
    .filter((cvm: Cvm) => cvm.origin === act.whose && cvm.appId === world.appId)
    .filter((cvm: Cvm) => cvm !== world.source && !world.view(cvm).gone)
    .at(-1);
  if (victim !== undefined) world.remove(victim);
}

/** Registers on chain what was prepared, as an approver would. */
export function register({ world }: Simulation, approval: Story["approval"]): void {
  if (approval === "none") return;
  world.chain.register({ composeHash: world.source.composeHash });
  if (approval === "all") {
    for (const { deviceId } of world.nodes) world.chain.register({ deviceId });
  }
}
