/** The worlds of the campaign: what a seed draws for the cloud, for what befalls it, and for the step's inputs. */
import { type FaultKind, seededRandom } from "../../../simulator/core.ts";
import type { Lie, OperationPlan, ReplicaPlan } from "../../../simulator/plans.ts";
import type { Cvm } from "../../../simulator/types.ts";
import {
  type Inputs,
  Simulation,
  type SimulationOptions,
} from "../../support/simulated/simulation.ts";
import { NEW } from "./stage.ts";

export const THIRD = "3333".repeat(16);
export const MINUTE_MS = 60_000;

export interface Plan {
  readonly sim: Simulation;
  readonly inputs: Inputs;
  /** What the step calls selected, by UUID, at its start. */
  readonly selected: readonly string[];
  /** So many of them may be away. */
  readonly max: number;
  readonly rollback: boolean;
  readonly envs: boolean;
  /** One entry a run: how it is ended from outside, and at which of its requests. */
  readonly blows: readonly Blow[];
  /** Others work on the app too. */
  readonly strange: boolean;
  /** Lists that tell what is not so, by their number from 1. */
  readonly lies: ReadonlyMap<number, ListLie>;
  /** An instance's guest answers its health check badly for good. */
  readonly checksHealth: boolean;
}

export type ListLie = "stale" | "row-missing";
export type Blow = { readonly how: "kill" | "cancel"; readonly request: number } | null;
type Dice = ReturnType<typeof diceOf>;

function diceOf(seed: number) {
  const random = seededRandom(seed * 6_151 + 29);
  const below = (n: number) => Math.floor(random() * n);
  return {
    below,
    from: (least: number, most: number) => least + below(most - least + 1),
    one: <T>(items: readonly T[]): T => items[below(items.length)] as T,
    chance: (share: number) => random() < share,
  };
}

export function draw(seed: number): Plan {
  const dice = diceOf(seed);
  const sim = new Simulation(worldOf(dice, seed));
  deployed(sim);
  const own = ownOf(sim);
  const checksHealth = dice.chance(0.5);
  if (checksHealth && dice.chance(0.2)) {
    const sick = dice.one(own.slice(1));
    if (sick !== undefined) sim.world.update(sick, { health: { kind: "status", status: 503 } });
  }
  faults(dice, sim);
  const strange = dice.chance(0.35);
  if (strange) strangers(dice, sim);
  const selected = own.filter(({ plan }) => !isParked(plan)).map(({ vmUuid }) => vmUuid);
  const number = dice.from(1, 3);
  const percent = dice.one([20, 40, 60]);
  // A share is of what a run finds, which strangers change.
  const inPercent = !strange && dice.chance(0.3);
  const rollback = dice.chance(0.4);
  const envs = dice.chance(0.06);
  const lies = new Map<number, ListLie>();
  for (let n = dice.chance(0.15) ? dice.from(1, 4) : 0; n > 0; n--) {
    // Two in a row would be no lie but the truth, for all that anybody can tell.
    const nth = 3 * dice.from(1, 40);
    lies.set(nth, dice.one(["stale", "row-missing"] as const));
  }
  if (sim.world.settings.onChain && dice.chance(0.7)) {
    sim.after(dice.from(1, 60) * MINUTE_MS, () => sim.world.chain.register({ composeHash: NEW }));
  }
  const inputs: Record<string, string> = {
    github_token: "",
    max_unavailable: inPercent ? `${percent}%` : String(number),
    on_failure: rollback ? "rollback" : "stop",
    instance_timeout: dice.one(["10m", "20m"]),
    poll_interval: dice.one(["5s", "10s", "15s"]),
    ...(dice.chance(0.85) ? { source: sim.world.source.vmUuid } : { compose_hash: NEW }),
    ...(checksHealth && { health_check: "/healthz" }),
    ...(checksHealth && dice.chance(0.3) && { health_expect: "version 2" }),
    ...(checksHealth && dice.chance(0.2) && { health_for: "30s" }),
    ...(envs && { envs: "TOKEN=not-so-secret-value" }),
    ...(dice.chance(0.1) && { wait_timeout: dice.one(["4m", "12m"]) }),
    ...(dice.chance(0.5) && { approval_timeout: "30m" }),
  };
  if (dice.chance(0.04) && inputs.source !== undefined)
    inputs.verify = dice.one(["require", "warn"]);
  const blows = Array.from(
    { length: dice.below(3) },
    (): Blow => ({ how: dice.one(["kill", "kill", "cancel"]), request: dice.from(3, 120) }),
  );
  return {
    sim,
    inputs,
    selected,
    max: inPercent ? Math.max(1, Math.floor((selected.length * percent) / 100)) : number,
    rollback,
    envs,
    blows: [...blows, null],
    strange,
    lies,
    checksHealth,
  };
}

function isParked({ steps = [] }: ReplicaPlan): boolean {
  return steps.some(({ status }) => status === "stopped");
}

function worldOf(dice: Dice, seed: number): SimulationOptions {
  const count = dice.from(2, 7);
  const sick = dice.chance(0.3);
  const existingPlans = Array.from({ length: count }, (_, index): ReplicaPlan => {
    if (index > 0 && dice.chance(0.04)) return { steps: [{ atMs: 0, status: "stopped" }] };
    if (index > 0 && dice.chance(0.04)) return { steps: [{ atMs: 0, status: "error" }] };
    if (dice.chance(0.03)) return { lie: dice.one(["debug", "outdated", "no-quote"] as Lie[]) };
    return dice.chance(0.06) ? { instanceIdNull: true } : {};
  });
  const updatePlans = Array.from(
    { length: 16 },
    (): OperationPlan => ({
      ...(sick && dice.chance(0.2) && { status: dice.one(["error", "error", "stopped"]) }),
      ...(dice.chance(0.2) && { lockMs: dice.from(1, 60) * 1_000 }),
      ...(dice.chance(0.05) && { ms: dice.from(10, 30) * MINUTE_MS }),
    }),
  );
  return {
    seed,
    liveInstances: count,
    existingPlans,
    updatePlans,
    updateMs: dice.from(20, 200) * 1_000,
    updateQueueMs: dice.chance(0.4) ? dice.from(1, 90) * 1_000 : 0,
    attestationLagMs: dice.one([0, 40_000]),
    onChain: dice.chance(0.1),
    chainDevices: "all",
    updateToken: dice.chance(0.5),
    versions: { [NEW]: "2", [THIRD]: "3" },
    titleCase: dice.chance(0.2),
    clockSkewMs: dice.one([0, 0, 7_000, -30_000]),
    latencyMs: dice.one([5, 80, 400]),
    redeployEnv: dice.one(["keep", "revision"]),
    allowedEnvs: ["TOKEN"],
    createdAtForm: dice.one(["seconds", "millis", "naive"]),
  };
}

/** Somebody brought the source to the new revision an hour ago. */
function deployed({ world }: Simulation): void {
  const at = world.now() - 60 * MINUTE_MS;
  world.source.composeHash = NEW;
  world.source.booted = [...world.source.booted, { at, composeHash: NEW }];
  world.revisions.note(world.source, "update", at);
}

export function ownOf({ world }: Simulation): readonly Cvm[] {
  return world.cvms.filter(({ appId }) => appId === world.appId);
}

const KINDS: readonly FaultKind[] = [
  { kind: "drop", when: "after" },
  { kind: "drop", when: "before" },
  { kind: "status", when: "after", status: 502 },
  { kind: "status", when: "before", status: 500 },
  { kind: "status", when: "before", status: 409 },
  { kind: "status", when: "before", status: 429, headers: { "retry-after": "20" } },
  { kind: "status", when: "before", status: 503 },
  { kind: "hang", when: "after" },
  { kind: "garbage", form: "html" },
  { kind: "late", afterMs: 6_000 },
];

function faults(dice: Dice, sim: Simulation): void {
  for (let n = dice.chance(0.6) ? dice.from(1, 4) : 0; n > 0; n--) {
    const kind = dice.one(KINDS);
    const route = dice.one(["redeploy", "redeploy", "redeploy", "list", "list", "revisions"]);
    const nth = route === "list" ? dice.from(1, 120) : dice.from(1, 5);
    sim.fault({ route, nth, times: dice.one([1, 1, 2]), ...kind });
  }
}

/** Others at work on the app: whatever they do, at any time of the step. */
function strangers(dice: Dice, sim: Simulation): void {
  for (let n = dice.from(1, 3); n > 0; n--) {
    const what = dice.below(10);
    const pick = dice.below(100);
    const revision = dice.one([NEW, THIRD]);
    sim.after(dice.from(1, 900) * 1_000, () => {
      const { world } = sim;
      const there = ownOf(sim)
        .slice(1)
        .filter((cvm) => !world.view(cvm).gone);
      const one = there[pick % Math.max(1, there.length)];
      if (one === undefined || what === 0) sim.addStranger({ name: "newcomer" });
      else if (what < 6) world.update(one, { redeploy: revision });
      else if (what < 8) world.operate(one, "restart", "restart");
      else world.remove(one);
    });
  }
}
