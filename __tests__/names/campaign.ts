/**
 * Drawn worlds with names: servers that honour and ignore them, that refuse late, that list late, that answer
 * little; answers lost, strangers, kills. Whatever is drawn, no run makes two of one name, nothing is lost from
 * sight, and nobody else's is touched.
 */
import { type Fault, seededRandom } from "../../simulator/core.ts";
import type { FaultKind } from "../../simulator/faults.ts";
import {
  type Result,
  Simulation,
  type SimulationOptions,
} from "../support/simulated/simulation.ts";
import type { Entry } from "./support.ts";

const NAMES = ["web-eu-1", "web-eu-2", "web-eu-3", "web-eu-4"] as const;

interface Drawn {
  readonly sim: Simulation;
  readonly honours: boolean;
  readonly inputs: Readonly<Record<string, string>>;
  /** Of how many steps of the clock the run is killed; null: not at all. */
  readonly killAt: number | null;
  readonly strangers: readonly string[];
}

function draw(seed: number): Drawn {
  const random = seededRandom(seed);
  const chance = (share: number) => random() < share;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const honours = chance(0.7);
  const world: SimulationOptions = {
    seed,
    bootMs: pick([0, 500, 4_000]),
    listLagMs: pick([0, 0, 1_000, 6_000]),
    instanceNames: honours ? "honour" : "ignore",
    takenName: pick(["code", "detail"]),
    instanceAnswer: pick(["vm", "vm", "cvm", "partial"]),
    foldNames: chance(0.5),
    nullUuid: chance(0.2),
    idStyle: pick(["number", "string"]),
  };
  const sim = new Simulation({ ...world, latencyMs: pick([5, 50, 400]) });
  // An answer that says no of work that was done, and a list that shows that late: nobody could tell.
  const lies = sim.world.settings.listLagMs === 0;
  for (let n = Math.floor(random() * 4); n > 0; n--) sim.fault(fault(random, pick, chance, lies));
  const strangers = [sim.world.source.vmUuid];
  if (chance(0.3)) strangers.push(sim.addStranger({ name: "others-1", createdAt: 1 }).vmUuid);
  if (chance(0.3)) {
    sim.after(random() * 3_000, () => strangers.push(sim.addStranger({ name: "others-2" }).vmUuid));
  }
  const inputs = {
    vm_uuid: "",
    name: NAMES.slice(0, 1 + Math.floor(random() * NAMES.length)).join(),
    wait: pick(["true", "false"]),
    cleanup: pick(["never", "on_failure", "always"]),
    request_timeout: "20s",
  };
  return {
    sim,
    honours,
    inputs,
    killAt: chance(0.4) ? Math.floor(random() * 60) : null,
    strangers,
  };
}

function fault(
  random: () => number,
  pick: <T>(items: readonly T[]) => T,
  chance: (share: number) => boolean,
  lies: boolean,
): Fault {
  const when = pick(["before", "after"] as const);
  const kinds: readonly FaultKind[] = [
    { kind: "drop", when },
    { kind: "hang", when },
    { kind: "status", when, status: pick([500, 502, 503]) },
    { kind: "status", when: lies ? when : "before", status: pick([400, 409, 429]) },
    { kind: "late", afterMs: 30_000 },
    { kind: "empty" },
    { kind: "garbage", form: "html" },
  ];
  const nth = 1 + Math.floor(random() * 5);
  return { route: chance(0.8) ? "instances" : "list", nth, ...pick(kinds) };
}

const entriesOf = ({ runner }: Result) => JSON.parse(runner.outputs.replicas ?? "[]") as Entry[];

/** All that people and later steps get to read of a step. */
function saidBy({ runner }: Result): string {
  const { entries, outputs, markdown } = runner;
  return [...entries.map(({ text }) => text), ...Object.values(outputs), markdown].join("\n");
}

/** How often the work was done for a name between two requests. */
function madeFor(sim: Simulation, name: string, from: number): number {
  return sim.requests
    .slice(from)
    .filter(({ route, body }) => route === "instances" && body.includes(`"${name}"`))
    .filter(({ index }) => sim.cvms().some(({ requestIndex }) => requestIndex === index)).length;
}

export interface Told {
  /** What broke a rule. */
  readonly problems: readonly string[];
  /** All that was sent and said, in order. */
  readonly story: () => string;
}

/** A line a request, and one a line of the log. */
function linesOf(sim: Simulation, results: readonly Result[]): readonly string[] {
  const second = (at: number) => ((at - sim.startAt) / 1_000).toFixed(3).padStart(9);
  const sent = sim.requests.map(({ at, method, route, status, fault, body }) => {
    const what = [method, route, "=", status ?? "none", fault ?? "", body.slice(0, 80)];
    return { at, line: `${second(at)}   ${what.join(" ")}` };
  });
  const said = results.flatMap(({ runner }) =>
    runner.entries.map(({ at, kind, text }) => ({ at, line: `${second(at)} ${kind}: ${text}` })),
  );
  return [...sent, ...said].sort((a, b) => a.at - b.at).map(({ line }) => line);
}

/** Plays the story of a seed. */
export async function playSeed(seed: number): Promise<Told> {
  const { sim, honours, inputs, killAt, strangers } = draw(seed);
  const names = inputs.name?.split(",") ?? [];
  const problems: string[] = [];
  let said = "";
  const twice = (from: number) => {
    const doubled = names.filter((name) => madeFor(sim, name, from) > 1);
    if (doubled.length > 0) problems.push(`made twice: ${doubled.join()}`);
  };
  const check = (main: Result) => {
    const entries = entriesOf(main);
    if (main.exitCode === 0 && honours) {
      const told = entries.map(({ name }) => name).join();
      if (told !== inputs.name) problems.push(`green, and puts out ${told}`);
    }
    if (main.exitCode === 0 && entries.some(({ vm_uuid }) => vm_uuid === null)) {
      problems.push("green without a UUID");
    }
  };

  const running = sim.start(inputs);
  if (killAt !== null) sim.clock.beforeStep(killAt, () => running.kill());
  const first = await running.finished;
  check(first);
  const post = await sim.post(first);
  const results = [first, post];
  await sim.pass(60_000);
  twice(0);
  said += saidBy(first) + saidBy(post);
  const adopted = entriesOf(first)
    .filter(({ outcome }) => outcome === "adopted")
    .map(({ vm_uuid }) => vm_uuid);
  if (honours) {
    const from = sim.requests.length;
    const again = await sim.main({ ...inputs, cleanup: "never" });
    results.push(again);
    check(again);
    await sim.pass(60_000);
    twice(from);
    said += saidBy(again);
  }
  const left = sim.replicas().filter(({ deleted }) => !deleted);
  const called = left.map(({ name }) => name);
  if (honours && new Set(called).size < called.length) problems.push(`twice: ${called.join()}`);
  // The only newcomer that fits, where names say nothing: who is taken for ours so is said to be "most likely" that.
  const mistaken = !honours && strangers.some((uuid) => adopted.includes(uuid));
  for (const { vmUuid, name } of left) {
    // What was never seen is owned up to.
    const owned = /AMBIGUOUS|may still|could not|looked for|did not show up/.test(said);
    if (!said.includes(vmUuid) && !owned && !mistaken) {
      problems.push(`${name} is lost from sight`);
    }
  }
  const gone = strangers.filter((uuid) => sim.world.find(uuid)?.deleteRequestedAt != null);
  if (gone.length > 0) problems.push("somebody else's was deleted");
  const story = () => {
    const world = JSON.stringify({
      honours,
      inputs,
      killAt,
      listLagMs: sim.world.settings.listLagMs,
    });
    const cvms = left.map((cvm) => `${cvm.name} ${cvm.vmUuid} is left`);
    return [world, ...linesOf(sim, results), ...cvms].join("\n");
  };
  return { problems, story };
}
