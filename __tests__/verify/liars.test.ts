/**
 * A world in which instances lie, by seeds: whatever the mix of liars, faults and inputs, `require` and green means
 * that each instance that counts is honest, and an honest world is green. `VERIFY_SEEDS=10000` for a campaign.
 */
import { describe, expect, it } from "@jest/globals";
import { seededRandom } from "../../simulator/core.ts";
import type { Lie, ReplicaPlan } from "../../simulator/plans.ts";
import { Simulation } from "../support/simulated/simulation.ts";

const SEEDS = Number(process.env.VERIFY_SEEDS ?? "60");
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

interface Told {
  readonly vm_uuid: string;
  readonly outcome: string;
  readonly verified: boolean | null;
}

function story(seed: number) {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const chance = (share: number) => random() < share;
  const liars = chance(0.7);
  const plan = (share: number): ReplicaPlan => ({
    ...(liars && chance(share) ? { lie: pick(LIES) } : {}),
    ...(chance(0.2) ? { quoteLagMs: Math.floor(random() * 60_000) } : {}),
  });
  const there = 1 + Math.floor(random() * 3);
  const sim = new Simulation({
    seed,
    liveInstances: there,
    existingPlans: Array.from({ length: there }, () => plan(0.15)),
    replicaPlans: Array.from({ length: 3 }, () => plan(0.3)),
    logForm: pick(["tcb-info", "list", "text"] as const),
    logVersion: pick([1, 2] as const),
  });
  const faults = chance(0.3);
  for (const route of faults ? ROUTES.filter(() => chance(0.4)) : []) {
    const times = chance(0.3) ? ("always" as const) : 1 + Math.floor(random() * 3);
    const status = pick([403, 404, 429, 500, 503]);
    if (chance(0.5)) sim.fault({ route, kind: "status", when: "before", status, times });
    else
      sim.fault({ route, kind: "garbage", form: pick(["html", "null", "object"] as const), times });
  }
  const mode = pick(["require", "require", "warn"]);
  const scale = chance(0.4)
    ? { instances: `${there + 1}` }
    : { count: `${1 + Math.floor(random() * 2)}` };
  const allowed = chance(0.2);
  const inputs = {
    verify: mode,
    wait_timeout: "4m",
    compose_hash: sim.world.source.composeHash,
    ...scale,
    ...(allowed ? { allowed_tcb: "UpToDate, OutOfDate" } : {}),
  };
  return { sim, inputs, mode, faults, allowed, started: sim.start(inputs) };
}

async function holds(seed: number): Promise<string[]> {
  const { sim, mode, faults, allowed, started } = story(seed);
  const main = await started.finished;
  const broken: string[] = [];
  const demand = (good: boolean, what: string) => good || broken.push(`seed ${seed}: ${what}`);
  const source = sim.world.source.vmUuid;
  const lieOf = (uuid: string) => sim.world.find(uuid)?.plan.lie;
  // OS, keys and revision of the source itself can't be judged: it is what others are compared with.
  const plain = (uuid: string) => {
    const lie = lieOf(uuid);
    if (lie === "outdated") return !allowed;
    return lie !== undefined && ["no-quote", "no-log", "other-app", "debug"].includes(lie);
  };
  const differs = (uuid: string) =>
    ["other-os", "other-keys"].some((one) => (lieOf(uuid) === one) !== (lieOf(source) === one));
  const lies = (uuid: string) => {
    if (uuid === source) return plain(source);
    return (
      plain(uuid) || differs(uuid) || ["sibling", "other-revision"].includes(lieOf(uuid) ?? "")
    );
  };
  const told = JSON.parse(main.runner.outputs.replicas ?? "[]") as Told[];
  const copied = sim.world.cvms.some(({ plan }) => plan.lie === "sibling");
  const errors = main.runner.entries.filter(({ kind }) => kind === "error");
  demand(errors.length === main.exitCode, "one annotation where it is red, none where it is green");
  for (const { vm_uuid, verified } of told) {
    if (verified === true)
      demand(!lies(vm_uuid) && !lies(source), `${vm_uuid} lies, or its source`);
  }
  if (mode === "require") {
    if (main.exitCode === 0)
      demand(
        told.every(({ verified }) => verified === true),
        "green",
      );
    if (lies(source)) demand(sim.replicas().length === 0, "created beside a source that lies");
  }
  const honest = sim.world.cvms.every(({ vmUuid }) => !lies(vmUuid)) && !copied;
  if (honest && !faults) demand(main.exitCode === 0, `an honest world is red: ${errors[0]?.text}`);
  return broken;
}

describe("a world in which instances lie", () => {
  it(`${SEEDS} seeds: require and green means honest`, async () => {
    const broken: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) broken.push(...(await holds(seed)));
    expect(broken).toEqual([]);
  }, 3_600_000);
});
