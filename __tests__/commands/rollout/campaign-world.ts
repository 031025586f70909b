/** The worlds of the campaign: a story, set up in a simulated cloud. */
import type { OperationPlan, ReplicaPlan } from "../../../simulator/plans.ts";
import type { Cvm } from "../../../simulator/types.ts";
import {
  type Inputs,
  Simulation,
  type SimulationOptions,
} from "../../support/simulated/simulation.ts";
import type { Slip } from "./campaign-slips.ts";
import { type Blow, type Fresh, type ListLie, SOURCE, type Story } from "./campaign-story.ts";
import type { Stranger } from "./campaign-strangers.ts";
import { deployed, NEW, tellUptime } from "./stage.ts";

export interface Plan {
  readonly sim: Simulation;
  readonly inputs: Inputs;
  /** What the step calls selected, by UUID, at its start. */
  readonly selected: readonly string[];
  /** So many of them may be away. */
  readonly max: number;
  readonly rollback: boolean;
  readonly envs: boolean;
  readonly blows: readonly Blow[];
  readonly strange: boolean;
  readonly lies: ReadonlyMap<number, ListLie>;
  readonly slips: readonly Slip[];
  readonly checksHealth: boolean;
  /** The source's deployment, where it was a moment ago. */
  readonly fresh: Fresh | null;
}

/** A world in which the story is about to begin. */
export async function stage({ world, inputs, ...story }: Story): Promise<Plan> {
  const { fresh, sick, faults, strangers, registersAtMs, blows, strange, lies, slips } = story;
  const sim = new Simulation(fresh === null ? world : withFirst(world, fresh.plan));
  if (fresh === null) deployed(sim);
  else await deployLately(sim, fresh);
  const own = ownOf(sim);
  const one = sick === null ? undefined : own.slice(1)[sick];
  if (one !== undefined) sim.world.update(one, { health: { kind: "status", status: 503 } });
  for (const fault of faults) sim.fault(fault);
  for (const stranger of strangers) sim.after(stranger.atMs, () => act(sim, stranger));
  if (registersAtMs !== null) {
    sim.after(registersAtMs, () => sim.world.chain.register({ composeHash: NEW }));
  }
  const selected = own.filter(({ plan }) => !isParked(plan)).map(({ vmUuid }) => vmUuid);
  const source = inputs.source === SOURCE ? { source: sim.world.source.vmUuid } : {};
  return {
    sim,
    inputs: { ...inputs, ...source },
    selected,
    max: mostAway(inputs.max_unavailable ?? "1", selected.length),
    rollback: inputs.on_failure === "rollback",
    envs: inputs.envs !== undefined,
    blows,
    strange,
    lies,
    slips,
    checksHealth: inputs.health_check !== undefined,
    fresh,
  };
}

/** The source's deployment is the world's first update. */
function withFirst(world: SimulationOptions, plan: OperationPlan): SimulationOptions {
  return { ...world, updatePlans: [plan, ...(world.updatePlans ?? [])] };
}

async function deployLately(sim: Simulation, { agoMs, uptimes, rowAgoMs }: Fresh): Promise<void> {
  const { world } = sim;
  world.operate(world.source, "update", "update", { composeHash: NEW });
  const [row] = world.revisions.of(world.appId);
  if (row !== undefined) Object.assign(row, { createdAt: row.createdAt - rowAgoMs });
  if (!uptimes) tellUptime(sim, "never");
  await sim.pass(agoMs);
}

function mostAway(text: string, selected: number): number {
  if (!text.endsWith("%")) return Number(text);
  return Math.max(1, Math.floor((selected * Number(text.slice(0, -1))) / 100));
}

function isParked({ steps = [] }: ReplicaPlan): boolean {
  return steps.some(({ status }) => status === "stopped");
}

export function ownOf({ world }: Simulation): readonly Cvm[] {
  return world.cvms.filter(({ appId }) => appId === world.appId);
}

function act(sim: Simulation, { what, pick, revision }: Stranger): void {
  const { world } = sim;
  const there = ownOf(sim)
    .slice(1)
    .filter((cvm) => !world.view(cvm).gone);
  const one = there[pick % Math.max(1, there.length)];
  if (one === undefined || what === "comes") sim.addStranger({ name: "newcomer" });
  else if (what === "deploys") world.update(world.source, { redeploy: revision });
  else if (what === "redeploys") world.update(one, { redeploy: revision });
  else if (what === "stops") world.operate(one, "stop", "stop");
  else if (what === "starts") world.operate(one, "start", "start");
  else if (what === "restarts") world.operate(one, "restart", "restart");
  else world.remove(one);
}
