/**
 * Drawn worlds with names: servers that honour and ignore them, that refuse late, that list late, that answer
 * little; answers lost, strangers, kills. Whatever is drawn, no run makes two of one name, nothing is lost from
 * sight, and nobody else's is touched.
 */
import { type Fault, seededRandom } from "../../../../simulator/core.ts";
import type { FaultKind } from "../../../../simulator/faults.ts";
import type { Stranger } from "../../../../simulator/stranger.ts";
import { linesOf } from "../../../support/simulated/lines.ts";
import {
  type Result,
  Simulation,
  type SimulationOptions,
} from "../../../support/simulated/simulation.ts";
import type { Entry } from "./support.ts";

const NAMES = ["web-eu-1", "web-eu-2", "web-eu-3", "web-eu-4"] as const;

interface Drawn {
  readonly sim: Simulation;
  readonly honours: boolean;
  readonly inputs: Readonly<Record<string, string>>;
  /** Of how many steps of the clock the run is killed; null: not at all. */
  readonly killAt: number | null;
  readonly strangers: readonly string[];
  /** One of the names is another app's. */
  readonly elsewhere: boolean;
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
  // What bears the name asked for, and came after a request of ours that may have worked, is ours by all that
  // anybody can tell. So twins come only where each answer is certain, and nobody dies.
  const certain = honours && chance(0.4);
  const killAt = !certain && chance(0.4) ? Math.floor(random() * 60) : null;
  const lies = { honours, lag: (world.listLagMs ?? 0) > 0, certain };
  for (let n = Math.floor(random() * 4); n > 0; n--) sim.fault(fault(random, pick, chance, lies));
  const strangers = [sim.world.source.vmUuid];
  if (chance(0.3)) strangers.push(sim.addStranger({ name: "others-1", createdAt: 1 }).vmUuid);
  if (chance(0.3)) {
    sim.after(random() * 3_000, () => strangers.push(sim.addStranger({ name: "others-2" }).vmUuid));
  }
  const twin = (name: string, stranger: Stranger) => {
    const own = sim.cvms().filter(({ deleted }) => !deleted);
    if (own.every((cvm) => cvm.name.toLowerCase() !== name.toLowerCase())) {
      strangers.push(sim.addStranger({ name, ...stranger }).vmUuid);
    }
  };
  if (certain && chance(0.5)) sim.after(random() * 3_000, () => twin(pick(NAMES), {}));
  const elsewhere = chance(0.1);
  if (elsewhere) twin("web-eu-2", { appId: sim.world.otherAppId, createdAt: 1 });
  // The node 12 of the simulated cloud is full.
  const nodes = chance(0.3) ? pick(["12 | 31", "12 | 26 | 31", "12 | any"]) : null;
  const inputs = {
    vm_uuid: "",
    ...(nodes === null ? {} : { node_id: nodes }),
    name: NAMES.slice(0, 1 + Math.floor(random() * NAMES.length)).join(),
    wait: pick(["true", "false"]),
    cleanup: pick(["never", "on_failure", "always"]),
    request_timeout: "20s",
  };
  return {
    sim,
    honours,
    inputs,
    killAt,
    strangers,
    elsewhere,
  };
}

/** What can be known of an answer. */
interface Sureness {
  readonly honours: boolean;
  readonly lag: boolean;
  readonly certain: boolean;
}

function fault(
  random: () => number,
  pick: <T>(items: readonly T[]) => T,
  chance: (share: number) => boolean,
  { honours, lag, certain }: Sureness,
): Fault {
  const when = pick(["before", "after"] as const);
  const certainKinds: readonly FaultKind[] = [
    { kind: "status", when: "before", status: pick([400, 403, 422]) },
  ];
  const kinds: readonly FaultKind[] = [
    { kind: "drop", when },
    { kind: "hang", when },
    { kind: "status", when, status: pick([500, 502, 503]) },
    // A refusal of what was done, and a list that shows that late: nobody could tell.
    { kind: "status", when: lag ? "before" : when, status: 400 },
    { kind: "status", when: lag && !honours ? "before" : when, status: pick([409, 429]) },
    { kind: "late", afterMs: 30_000 },
    { kind: "empty" },
    { kind: "garbage", form: "html" },
  ];
  const nth = 1 + Math.floor(random() * 5);
  return {
    // A refusal that nobody could look behind is for post to look behind, which goes by the name alone.
    route: certain || chance(0.8) ? "instances" : "list",
    nth,
    ...pick(certain ? certainKinds : kinds),
  };
}

const entriesOf = ({ runner }: Result) => JSON.parse(runner.outputs.replicas ?? "[]") as Entry[];

/** All that people and later steps get to read of a step. */
function saidBy({ runner }: Result): string {
  const { entries, outputs, markdown } = runner;
  return [...entries.map(({ text }) => text), ...Object.values(outputs), markdown].join("\n");
}

/**
 * How often the work was done for a name between two requests. What a server does long after the answer was given
 * up, and what this run found by the name is deleted by then, nobody could prevent: it is free again.
 */
function madeFor(sim: Simulation, name: string, from: number): number {
  return sim.requests
    .slice(from)
    .filter(({ route, body }) => route === "instances" && body.includes(`"${name}"`))
    .filter(({ index, fault }) =>
      sim.world.cvms.some((cvm) => {
        const late = fault === "late" && wasCleanedUp(sim, name, cvm.createdAt);
        return cvm.requestIndex === index && !late;
      }),
    ).length;
}

/** Whether one of that name was deleted before. @param before ms since the epoch */
function wasCleanedUp(sim: Simulation, name: string, before: number): boolean {
  return sim.world.cvms.some(
    (cvm) => cvm.name === name && (cvm.deleteRequestedAt ?? Number.POSITIVE_INFINITY) < before,
  );
}

/** Names in this app. */
function namesThere(sim: Simulation): readonly string[] {
  const own = sim.cvms().filter(({ deleted, appId }) => !deleted && appId === sim.world.appId);
  return own.map(({ name }) => name);
}

/** Another node is tried only after an answer that proves that the one before it was full. */
function* misplaced(sim: Simulation): Generator<string> {
  const nodeIn = ({ body }: { body: string }) => /"node_id":(\d+)/.exec(body)?.[1] ?? "any";
  const nameIn = ({ body }: { body: string }) => /"name":"([^"]+)"/.exec(body)?.[1];
  const asked = sim.requests.filter(({ route }) => route === "instances");
  for (const [index, one] of asked.entries()) {
    const before = asked.slice(0, index).findLast((other) => nameIn(other) === nameIn(one));
    if (before === undefined || nodeIn(before) === nodeIn(one) || nodeIn(one) === "12") continue;
    const full = before.status === 400 && before.fault === undefined && nodeIn(before) === "12";
    if (!full) yield `${nameIn(one)} went from node ${nodeIn(before)} to ${nodeIn(one)}`;
  }
}

export interface Told {
  /** What broke a rule. */
  readonly problems: readonly string[];
  /** All that was sent and said, in order. */
  readonly story: () => string;
}

/** Plays the story of a seed. */
export async function playSeed(seed: number): Promise<Told> {
  const { sim, honours, inputs, killAt, strangers, elsewhere } = draw(seed);
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
    const again = async () => {
      const from = sim.requests.length;
      const there = namesThere(sim);
      const main = await sim.main({ ...inputs, cleanup: "never" });
      results.push(main);
      check(main);
      await sim.pass(60_000);
      twice(from);
      said += saidBy(main);
      const asked = sim.requests.slice(from).filter(({ route }) => route === "instances");
      const needless = there.filter((name) => asked.some(({ body }) => body.includes(`"${name}"`)));
      if (needless.length > 0) problems.push(`asked for although there: ${needless.join()}`);
      return main;
    };
    await again();
    sim.server.faults.clear();
    const last = await again();
    // A twin's may be on another node than asked for.
    const { error_code: code } = last.runner.outputs;
    if (!elsewhere && last.exitCode !== 0 && code !== "MISMATCH") {
      problems.push("red although nothing is wrong any more");
    }
  }
  problems.push(...misplaced(sim));
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
