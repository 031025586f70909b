/** What fifty named replicas cost, four at a time and one after another, in simulated time: no machine's noise is in it. */
import { Simulation } from "../../__tests__/support/simulated/simulation.ts";

export const NAMED = 50;
/** How long the platform takes to answer one request for a replica, in ms. */
export const ANSWER_MS = 2_000;
/** Boot time of each, in ms. */
export const NAMED_BOOT_MS = 60_000;

export interface NamesRow {
  readonly how: string;
  /** Requests of each kind. */
  readonly creates: number;
  readonly statuses: number;
  readonly lists: number;
  readonly others: number;
  readonly perReplica: number;
  /** Until the last one was made, and until all served, in simulated seconds. */
  readonly madeSeconds: number;
  readonly seconds: number;
}

/** The ways in which fifty replicas are asked for. */
export async function names(): Promise<readonly NamesRow[]> {
  const named = { name: "web-eu-{n}", vm_uuid: "" };
  return [
    await once("named, four at a time", named, "honour"),
    await once("named, one after another (an API that passes names over)", named, "ignore"),
    await once("unnamed, one after another", {}, "honour"),
    await again(named),
  ];
}

type Inputs = Readonly<Record<string, string>>;

async function once(
  how: string,
  inputs: Inputs,
  instanceNames: "honour" | "ignore",
): Promise<NamesRow> {
  const sim = worldOf(instanceNames);
  return rowOf(how, sim, await played(sim, inputs), 0);
}

/** The same step once more: all are there. */
async function again(inputs: Inputs): Promise<NamesRow> {
  const sim = worldOf("honour");
  await played(sim, inputs);
  const before = sim.requests.length;
  return rowOf("the same step again", sim, await played(sim, inputs), before);
}

function worldOf(instanceNames: "honour" | "ignore"): Simulation {
  const sim = new Simulation({ bootMs: NAMED_BOOT_MS, instanceNames });
  for (const route of ["create", "instances"]) {
    sim.fault({ route, kind: "delay", ms: ANSWER_MS, when: "after", times: "always" });
  }
  return sim;
}

/** @returns how long the step took, in ms */
async function played(sim: Simulation, inputs: Inputs): Promise<number> {
  const given = { count: String(NAMED), wait: "true", ...inputs };
  const { exitCode, tookMs, runner } = await sim.main(given);
  if (exitCode !== 0) throw new Error(`the step is ${runner.outputs.outcome}`);
  if (sim.replicas().length !== NAMED) throw new Error(`${sim.replicas().length} replicas`);
  return tookMs;
}

function rowOf(how: string, sim: Simulation, tookMs: number, from: number): NamesRow {
  const requests = sim.requests.slice(from);
  const on = (...routes: readonly string[]) =>
    requests.filter(({ route }) => routes.includes(route));
  const [creates, statuses, lists] = [on("create", "instances"), on("batch"), on("list")];
  const begun = requests[0]?.at ?? 0;
  const last = creates.at(-1);
  return {
    how,
    creates: creates.length,
    statuses: statuses.length,
    lists: lists.length,
    others: requests.length - creates.length - statuses.length - lists.length,
    perReplica: Number((requests.length / NAMED).toFixed(2)),
    madeSeconds: last === undefined ? 0 : Math.round((last.at + ANSWER_MS - begun) / 1_000),
    seconds: Math.round(tookMs / 1_000),
  };
}
