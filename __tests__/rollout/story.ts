/** One seeded story: a rollout in a bad world, killed and run again, and what holds of it whatever befell it. */
import { seededRandom } from "../../simulator/core.ts";
import type { Cvm } from "../../simulator/types.ts";
import type { Result } from "../support/simulated/simulation.ts";
import { Simulation } from "../support/simulated/simulation.ts";
import { NEW } from "./stage.ts";

export const THIRD = "3333".repeat(16);
const MINUTE_MS = 60_000;

export interface Told {
  readonly seed: number;
  readonly runs: readonly Result[];
  /** What does not hold; empty: all is well. */
  readonly broken: readonly string[];
}

interface Plan {
  readonly sim: Simulation;
  readonly max: number;
  readonly rollback: boolean;
  readonly inputs: Readonly<Record<string, string>>;
  /** At which request of a run it is killed; null: not. */
  readonly kills: readonly (number | null)[];
  /** Something of the world's own may take an instance away. */
  readonly strange: boolean;
}

export async function tell(seed: number): Promise<Told> {
  const plan = draw(seed);
  const broken: string[] = [];
  const watch = watchRedeploys(plan, broken);
  const runs: Result[] = [];
  for (const kill of plan.kills) {
    const running = plan.sim.start(plan.inputs, "rollout");
    const from = plan.sim.requests.length;
    const off = plan.sim.on("after-work", "*", ({ request }) => {
      if (kill !== null && request.index >= from + kill) running.kill();
    });
    const main = await running.finished;
    off();
    runs.push(main);
    await plan.sim.post(main);
    if (main.exitCode !== null) judge(plan, main, broken);
    // A killed job is run again by a person, minutes later.
    await plan.sim.pass(MINUTE_MS);
  }
  watch();
  return { seed, runs, broken };
}

/** The number of a draw in `[from, to]`. */
type Draw = (from: number, to: number) => number;

function draw(seed: number): Plan {
  const random = seededRandom(seed);
  const pick: Draw = (from, to) => from + Math.floor(random() * (to - from + 1));
  const chance = (share: number) => random() < share;
  const count = pick(2, 6);
  const sick = chance(0.3);
  const sim = new Simulation({
    seed,
    liveInstances: count,
    updateMs: pick(20, 200) * 1_000,
    updateQueueMs: chance(0.4) ? pick(1, 90) * 1_000 : 0,
    updatePlans: Array.from({ length: 12 }, () => ({
      ...(sick && chance(0.2) && { status: "error" }),
      ...(chance(0.2) && { lockMs: pick(1, 60) * 1_000 }),
    })),
  });
  deployed(sim);
  const faults = chance(0.5) ? pick(1, 3) : 0;
  for (let n = 0; n < faults; n++) {
    const when = chance(0.5) ? ("after" as const) : ("before" as const);
    const target = { route: "redeploy", nth: pick(1, 4), when };
    sim.fault(
      chance(0.6) ? { ...target, kind: "drop" } : { ...target, kind: "status", status: 502 },
    );
  }
  const strange = chance(0.3);
  if (strange) {
    const target = instances(sim)[pick(1, count - 1)];
    const redeploy = chance(0.5) ? NEW : THIRD;
    sim.after(pick(1, 600) * 1_000, () => {
      if (target !== undefined) sim.world.update(target, { redeploy });
    });
  }
  const max = pick(1, 3);
  const rollback = chance(0.4);
  return {
    sim,
    max,
    rollback,
    strange,
    inputs: {
      source: sim.world.source.vmUuid,
      max_unavailable: String(max),
      on_failure: rollback ? "rollback" : "stop",
      instance_timeout: "20m",
      poll_interval: "5s",
      ...(chance(0.5) && { health_check: "/healthz" }),
    },
    kills: [...Array.from({ length: pick(0, 2) }, () => pick(3, 250)), null],
  };
}

function deployed({ world }: Simulation): void {
  const at = world.now() - 60 * MINUTE_MS;
  world.source.composeHash = NEW;
  world.source.booted = [...world.source.booted, { at, composeHash: NEW }];
  world.revisions.note(world.source, "update", at);
}

function instances({ world }: Simulation): readonly Cvm[] {
  return world.cvms.filter(({ appId }) => appId === world.appId);
}

/** Of the requests that were carried out: never too many away because of us, none twice. */
function watchRedeploys({ sim, max, rollback, strange }: Plan, broken: string[]): () => void {
  sim.on("before-work", "redeploy", ({ request }) => {
    const mine = /[0-9a-f-]{36}(?="\])/.exec(request.body)?.[0];
    const away = instances(sim).filter((cvm) => cvm.vmUuid !== mine && isAway(sim, cvm));
    const own = instances(sim).find(({ vmUuid }) => vmUuid === mine);
    const served = own !== undefined && !isAway(sim, own);
    if (served && away.length >= max && !strange) {
      broken.push(`takes one away beside ${away.length}, where ${max} may be`);
    }
  });
  return () => {
    for (const cvm of instances(sim)) {
      const updates = cvm.operations.filter(({ requestIndex }) => requestIndex !== null);
      if (!rollback && !strange && updates.length > 1) broken.push("updates one twice");
    }
  };
}

function isAway(sim: Simulation, cvm: Cvm): boolean {
  const { status, inProgress } = sim.world.view(cvm);
  return status !== "running" || inProgress || sim.world.view(cvm).guestHash !== cvm.composeHash;
}

/** Whether the outcome is true. */
function judge({ sim }: Plan, { exitCode, runner }: Result, broken: string[]): void {
  const { outcome = "" } = runner.outputs;
  const errors = runner.entries.filter(({ kind }) => kind === "error").length;
  const green = ["rolled_out", "unchanged"].includes(outcome);
  if (green !== (exitCode === 0)) broken.push(`${outcome} with exit code ${exitCode}`);
  if (errors !== (exitCode === 0 ? 0 : 1)) broken.push(`${outcome} with ${errors} errors`);
  if (!green) return;
  for (const cvm of instances(sim)) {
    const { status, guestHash } = sim.world.view(cvm);
    if (cvm.composeHash !== NEW || guestHash !== NEW || status !== "running") {
      broken.push(`${outcome}, but one is ${status} with ${guestHash.slice(0, 6)}`);
    }
  }
}
