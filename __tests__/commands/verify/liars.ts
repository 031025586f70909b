/** Worlds in which instances lie, drawn by a seed, and what must hold of every step that verifies in one. */
import { attested } from "../../../simulator/attestation/guest.ts";
import { seededRandom } from "../../../simulator/core.ts";
import type { Lie, ReplicaPlan } from "../../../simulator/plans.ts";
import type { Result, SimulatedProcess } from "../../support/simulated/simulation.ts";
import { Simulation } from "../../support/simulated/simulation.ts";

const LIES: readonly Lie[] = [
  "no-quote",
  "no-log",
  "sibling",
  "other-app",
  "other-revision",
  "other-os",
  "other-keys",
  "outdated",
  "debug",
];
const ROUTES = ["attestations", "attestation", "root-crl", "pck-crl", "tcb-info", "qe-identity"];

/** What instances are held against. */
type Against = "source" | "pins";

interface Story {
  readonly sim: Simulation;
  readonly inputs: Readonly<Record<string, string>>;
  readonly command: "create" | "verify";
  readonly against: Against;
  readonly require: boolean;
  /** `OutOfDate` is allowed. */
  readonly outdated: boolean;
  /** Something goes wrong with requests, or the runner's clock is so far behind that no wait makes up for it. */
  readonly troubled: boolean;
  readonly blow: { readonly how: "kill" | "cancel"; readonly step: number } | null;
}

class Dice {
  readonly #random: () => number;
  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }
  chance(of: number): boolean {
    return this.#random() < of;
  }
  below(most: number): number {
    return Math.floor(this.#random() * most);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

function drawWorld(dice: Dice, seed: number, clock: { behindMs: number; ageMs: number }) {
  const liars = dice.chance(0.7);
  const plan = (share: number): ReplicaPlan => ({
    ...(liars && dice.chance(share) ? { lie: dice.pick(LIES) } : {}),
    ...(dice.chance(0.2) ? { quoteLagMs: dice.below(30_000) } : {}),
  });
  const there = 1 + dice.below(3);
  return new Simulation({
    seed,
    liveInstances: there,
    existingPlans: Array.from({ length: there }, () => plan(0.15)),
    replicaPlans: Array.from({ length: 3 }, () => plan(0.3)),
    logForm: dice.pick(["tcb-info", "list", "text"] as const),
    logVersion: dice.pick([1, 2] as const),
    bareDigests: dice.chance(0.3),
    quotePrefix: dice.chance(0.3),
    clockSkewMs: clock.behindMs,
    collateralAgeMs: clock.ageMs,
  });
}

/** @returns whether there is any */
function drawFaults(dice: Dice, sim: Simulation): boolean {
  if (!dice.chance(0.3)) return false;
  for (const route of ROUTES.filter(() => dice.chance(0.4))) {
    const times = dice.chance(0.3) ? ("always" as const) : 1 + dice.below(3);
    const status = dice.pick([403, 404, 429, 500, 503]);
    if (dice.chance(0.5)) sim.fault({ route, kind: "status", when: "before", status, times });
    else {
      const form = dice.pick(["html", "null", "object"] as const);
      sim.fault({ route, kind: "garbage", form, times });
    }
  }
  return true;
}

/** The line of `expected_os` of the image that honest instances boot. */
function pinOf({ world }: Simulation): string {
  const honest = { ...world.source, plan: { bootMs: 0 } };
  const { mrTd, rtmrs } = attested(world, honest)?.registers ?? { mrTd: "", rtmrs: [] };
  return [mrTd, rtmrs[1], rtmrs[2]].join(" ");
}

export function drawStory(seed: number): Story {
  const dice = new Dice(seed);
  const fresh = dice.chance(0.2);
  const behindMs = fresh ? dice.pick([0, 5_000, 30_000, 200_000]) : 0;
  const sim = drawWorld(dice, seed, { behindMs, ageMs: fresh ? 0 : 86_400_000 });
  const faulty = drawFaults(dice, sim);
  if (dice.chance(0.1)) sim.server.pccsIsAway = true;
  const { composeHash, vmUuid } = sim.world.source;
  const command = dice.pick(["create", "create", "verify"] as const);
  const require = dice.chance(0.7);
  const outdated = dice.chance(0.2);
  const against = dice.pick(["source", "source", "pins"] as const);
  const there = sim.world.cvms.length;
  const own: Record<string, string> =
    command === "verify"
      ? { mode: require ? "require" : "warn", ...(against === "source" ? { source: vmUuid } : {}) }
      : {
          verify: require ? "require" : "warn",
          ...(dice.chance(0.4) ? { instances: `${there + 1}` } : { count: `${1 + dice.below(2)}` }),
        };
  return {
    sim,
    inputs: {
      wait_timeout: dice.chance(0.9) ? "100s" : "4m",
      compose_hash: composeHash,
      ...own,
      ...(against === "pins" ? { expected_os: pinOf(sim) } : {}),
      ...(outdated ? { allowed_tcb: "UpToDate, OutOfDate" } : {}),
    },
    command,
    against,
    require,
    outdated,
    troubled: faulty || behindMs > 60_000,
    blow: dice.chance(0.1)
      ? { how: dice.pick(["kill", "cancel"] as const), step: dice.below(400) }
      : null,
  };
}

interface Told {
  readonly vm_uuid: string;
  readonly verified: boolean | null;
}

/** Which instances lie about something that the step's inputs have it look at. */
class Truth {
  readonly #story: Story;
  readonly source: string;

  constructor(story: Story) {
    this.#story = story;
    this.source = story.sim.world.source.vmUuid;
  }

  #lieOf(uuid: string): Lie | undefined {
    return this.#story.sim.world.find(uuid)?.plan.lie;
  }

  /** A copy of the source's evidence is shown beside it: then neither is anybody's. */
  get copied(): boolean {
    const others = this.#story.sim.world.cvms.filter(({ vmUuid }) => vmUuid !== this.source);
    return others.some(({ plan }) => plan.lie === "sibling");
  }

  /** Cannot be a reference: it is not genuine, closed, or of this app. */
  isNoReference(uuid: string): boolean {
    const lie = this.#lieOf(uuid);
    if (lie === "outdated") return !this.#story.outdated;
    return lie !== undefined && ["no-quote", "no-log", "other-app", "debug"].includes(lie);
  }

  /** Is not what counts as good. */
  lies(uuid: string): boolean {
    const { against } = this.#story;
    const [lie, sources] = [this.#lieOf(uuid), this.#lieOf(this.source)];
    if (this.isNoReference(uuid) || lie === "other-revision") return true;
    if (lie === "sibling" && uuid !== this.source) return true;
    // Against a source, one that booted and asks as the source does is like it, whatever that is.
    if (against === "source") {
      if (this.isNoReference(this.source)) return true;
      return ["other-os", "other-keys"].some((one) => (lie === one) !== (sources === one));
    }
    return lie === "other-os";
  }
}

/** What a step told of each instance. */
function toldBy({ outputs }: Result["runner"], command: Story["command"]): Told[] {
  const text = outputs[command === "create" ? "replicas" : "report"];
  return text ? (JSON.parse(text) as Told[]) : [];
}

/** Plays a seed. @returns the step as it ended */
export async function played(story: Story): Promise<Result> {
  const { sim, inputs, command, blow } = story;
  const started: SimulatedProcess = sim.start(inputs, command);
  if (blow !== null) sim.clock.beforeStep(sim.clock.steps + blow.step, () => started[blow.how]());
  return started.finished;
}

/** What a seed breaks, in words; none where all holds. */
export async function breaks(seed: number): Promise<readonly string[]> {
  const story = drawStory(seed);
  const { sim, inputs, command, require, troubled, blow } = story;
  const { exitCode, runner } = await played(story);
  const truth = new Truth(story);
  const broken: string[] = [];
  const demand = (good: boolean, what: string) => good || broken.push(what);
  const errors = runner.entries.filter(({ kind }) => kind === "error");
  if (exitCode !== null) {
    demand(errors.length === exitCode, "one annotation where it is red, none where it is green");
  }
  const told = toldBy(runner, command);
  for (const { vm_uuid, verified } of told) {
    demand(verified !== true || !truth.lies(vm_uuid), `${vm_uuid} is verified, and lies`);
    demand(verified !== true || !isCopied(truth, vm_uuid), `${vm_uuid} is verified, and copied`);
  }
  if (require && exitCode === 0) {
    demand(told.length > 0, "green with nothing told");
    const all = told.every(({ verified }) => verified === true);
    demand(all, "green with one that is not verified");
  }
  const isReference = command === "create" && story.against === "source";
  const counts = "instances" in inputs && sim.world.source.plan.lie === "other-revision";
  if (require && isReference && (counts || truth.isNoReference(truth.source))) {
    demand(sim.replicas().length === 0, "created beside a source that lies");
  }
  const honest = sim.world.cvms.every(({ vmUuid }) => !truth.lies(vmUuid)) && !truth.copied;
  if (honest && !troubled && blow === null) {
    demand(exitCode === 0, `an honest world is red: ${errors[0]?.text}`);
  }
  return broken;
}

/** The source beside its copy. The copy may come after the source was verified: that is no lie of the source's. */
function isCopied(truth: Truth, uuid: string): boolean {
  return uuid !== truth.source && truth.lies(uuid) && truth.copied;
}

/** A seed's world, and what its step wrote. */
export async function explain(seed: number): Promise<string> {
  const story = drawStory(seed);
  const { sim, inputs, command, against, troubled, blow } = story;
  const { exitCode, runner } = await played(story);
  const lies = sim.world.cvms.map(({ vmUuid, plan }) => `${vmUuid}: ${JSON.stringify(plan)}`);
  return [
    `${command} ${JSON.stringify(inputs)}`,
    `against ${against}, troubled ${troubled}, blow ${JSON.stringify(blow)}; source ${sim.world.source.vmUuid}`,
    ...lies,
    ...runner.entries.map(({ kind, text }) => `  ${kind}: ${text}`),
    `exit ${exitCode}, ${runner.outputs.outcome} ${runner.outputs.error_code}`,
    JSON.stringify(toldBy(runner, command).map(({ vm_uuid, verified }) => [vm_uuid, verified])),
  ].join("\n");
}
