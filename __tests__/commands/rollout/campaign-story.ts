/** The stories of the campaign, as data: what a seed draws for the cloud, for what befalls it, and for the step's inputs. */
import { type Fault, type FaultKind, seededRandom } from "../../../simulator/core.ts";
import type { Lie, OperationPlan, ReplicaPlan } from "../../../simulator/plans.ts";
import type { Inputs, SimulationOptions } from "../../support/simulated/simulation.ts";
import { type Slip, silencesOf, slipsOf } from "./campaign-slips.ts";
import { newerOf, type Stranger, strangersOf, switchesOf, THIRD } from "./campaign-strangers.ts";
import { NEW } from "./stage.ts";

export const MINUTE_MS = 60_000;
/** Stands in the inputs for the UUID of the instance that somebody deployed to. */
export const SOURCE = "the source";

export interface Story {
  readonly world: SimulationOptions;
  /** The source was deployed a moment ago; null: an hour ago. */
  readonly fresh: Fresh | null;
  /** Which instance answers its health check badly for good, among those beside the source; null: none. */
  readonly sick: number | null;
  readonly faults: readonly Fault[];
  /** Others work on the app too. */
  readonly strange: boolean;
  readonly strangers: readonly Stranger[];
  /** Lists that tell what is not so, by their number from 1. */
  readonly lies: ReadonlyMap<number, ListLie>;
  /** Lists that tell too much or too little, though the CVMs' own routes tell what is so. */
  readonly slips: readonly Slip[];
  /** When somebody registers the revision on chain, ms after the start; null: nobody does. */
  readonly registersAtMs: number | null;
  readonly inputs: Inputs;
  /** One entry a run: how it is ended from outside, and at which of its requests. */
  readonly blows: readonly Blow[];
}

/** A deployment of the source that may not be through yet. */
export interface Fresh {
  /** So long before the step starts, in ms. */
  readonly agoMs: number;
  readonly plan: OperationPlan;
  /** Whether the API tells how long guests are up. */
  readonly uptimes: boolean;
  /** So much older than the deployment is what its row says, in ms. */
  readonly rowAgoMs: number;
}

export type ListLie = "stale" | "row-missing";
export type Blow = { readonly how: "kill" | "cancel"; readonly request: number } | null;
export type Dice = ReturnType<typeof diceOf>;

/** The freshness of a source is drawn from a stream of its own: the other draws of a seed are older than it. */
const FRESH_STREAM = 1_000_003;
/** So is who stops instances and starts them again. */
const SWITCH_STREAM = 2_000_003;
/** And who deploys to the source while the others are brought along. */
const NEWER_STREAM = 3_000_017;
/** And which lists tell too much or too little. */
const SLIP_STREAM = 4_000_037;

function diceOf(seed: number, stream = 29) {
  const random = seededRandom(seed * 6_151 + stream);
  const below = (n: number) => Math.floor(random() * n);
  return {
    below,
    from: (least: number, most: number) => least + below(most - least + 1),
    one: <T>(items: readonly T[]): T => items[below(items.length)] as T,
    chance: (share: number) => random() < share,
  };
}

/** The story of a seed: the order of its draws is part of what a seed means. */
export function draw(seed: number): Story {
  const dice = diceOf(seed);
  const world = worldOf(dice, seed);
  const checksHealth = dice.chance(0.5);
  const sick = checksHealth && dice.chance(0.2) ? dice.below((world.liveInstances ?? 1) - 1) : null;
  const faults = faultsOf(dice);
  const strange = dice.chance(0.35);
  const switches = strange ? switchesOf(diceOf(seed, SWITCH_STREAM)) : [];
  const strangers = strange ? [...strangersOf(dice), ...switches] : [];
  const size = sizeOf(dice, strange);
  const rollback = dice.chance(0.4);
  const envs = dice.chance(0.06);
  const lies = liesOf(dice);
  const registers = world.onChain === true && dice.chance(0.7);
  const registersAtMs = registers ? dice.from(1, 60) * MINUTE_MS : null;
  const inputs = inputsOf(dice, { size, rollback, envs, checksHealth });
  const blows = Array.from(
    { length: dice.below(3) },
    (): Blow => ({ how: dice.one(["kill", "kill", "cancel"]), request: dice.from(3, 120) }),
  );
  const fresh = inputs.source === undefined ? null : freshOf(diceOf(seed, FRESH_STREAM));
  const newer = inputs.source === undefined ? [] : newerOf(diceOf(seed, NEWER_STREAM));
  const others = [...strangers, ...newer];
  const slipDice = diceOf(seed, SLIP_STREAM);
  const slips = slipsOf(slipDice);
  const silences = slips.length === 0 ? [] : silencesOf(slipDice);
  const befalls = { fresh, sick, faults: [...faults, ...silences], lies, slips, registersAtMs };
  const befallen = { ...befalls, strange: strange || newer.length > 0, strangers: others };
  return { world, ...befallen, inputs, blows: [...blows, null] };
}

function freshOf(dice: Dice): Fresh | null {
  if (!dice.chance(0.35)) return null;
  return {
    agoMs: dice.from(2, 60) * 1_000,
    plan: {
      queueMs: dice.chance(0.5) ? dice.from(1, 120) * 1_000 : 0,
      // Shorter than any that was seen, so that some are through by then.
      ms: dice.from(1, 200) * 1_000,
      ...(dice.chance(0.1) && { status: dice.one(["error", "stopped"]) }),
    },
    uptimes: dice.chance(0.8),
    rowAgoMs: dice.chance(0.15) ? dice.from(1, 10) * MINUTE_MS : 0,
  };
}

function sizeOf(dice: Dice, strange: boolean): string {
  const number = dice.from(1, 3);
  const percent = dice.one([20, 40, 60]);
  // A share is of what a run finds, which strangers change.
  return !strange && dice.chance(0.3) ? `${percent}%` : String(number);
}

function liesOf(dice: Dice): ReadonlyMap<number, ListLie> {
  const lies = new Map<number, ListLie>();
  for (let n = dice.chance(0.15) ? dice.from(1, 4) : 0; n > 0; n--) {
    // Two in a row would be no lie but the truth, for all that anybody can tell.
    const nth = 3 * dice.from(1, 40);
    lies.set(nth, dice.one(["stale", "row-missing"] as const));
  }
  return lies;
}

interface Wishes {
  readonly size: string;
  readonly rollback: boolean;
  readonly envs: boolean;
  readonly checksHealth: boolean;
}

function inputsOf(dice: Dice, { size, rollback, envs, checksHealth }: Wishes): Inputs {
  const inputs: Record<string, string> = {
    github_token: "",
    max_unavailable: size,
    on_failure: rollback ? "rollback" : "stop",
    instance_timeout: dice.one(["10m", "20m"]),
    poll_interval: dice.one(["5s", "10s", "15s"]),
    ...(dice.chance(0.85) ? { source: SOURCE } : { compose_hash: NEW }),
    ...(checksHealth && { health_check: "/healthz" }),
    ...(checksHealth && dice.chance(0.3) && { health_expect: "version 2" }),
    ...(checksHealth && dice.chance(0.2) && { health_for: "30s" }),
    ...(envs && { envs: "TOKEN=not-so-secret-value" }),
    ...(dice.chance(0.1) && { wait_timeout: dice.one(["4m", "12m"]) }),
    ...(dice.chance(0.5) && { approval_timeout: "30m" }),
  };
  if (dice.chance(0.04) && inputs.source !== undefined)
    inputs.verify = dice.one(["require", "warn"]);
  return inputs;
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

function faultsOf(dice: Dice): readonly Fault[] {
  const faults: Fault[] = [];
  for (let n = dice.chance(0.6) ? dice.from(1, 4) : 0; n > 0; n--) {
    const kind = dice.one(KINDS);
    const route = dice.one(["redeploy", "redeploy", "redeploy", "list", "list", "revisions"]);
    const nth = route === "list" ? dice.from(1, 120) : dice.from(1, 5);
    faults.push({ route, nth, times: dice.one([1, 1, 2]), ...kind });
  }
  return faults;
}
