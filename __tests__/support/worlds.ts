/** The two worlds of a row: the bundle as a process on a server of its own, or all in this process and simulated time. */
import { it } from "@jest/globals";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator/index.ts";
import { SimulatedCloud } from "./simulated-cloud.ts";

/** A bound for tests that run a few processes at the same time as many others, in ms. */
export const SLOW = 320_000;
/** How many names of a hundred are drawn. */
const SAMPLE = 5;

export type World = <T>(
  options: SimulatorOptions,
  work: (sim: Simulator) => Promise<T>,
) => Promise<T>;

/** Starts a simulator, does the work, and closes it whatever happened. */
export async function withSim<T>(
  options: SimulatorOptions,
  work: (sim: Simulator) => Promise<T>,
): Promise<T> {
  const sim = await startSimulator(options);
  try {
    return await work(sim);
  } finally {
    await sim.close();
  }
}

/** As `withSim`, in simulated time: the same story without processes and sockets, whose waits pass at once. */
export async function withSimulated<T>(
  options: SimulatorOptions,
  work: (sim: Simulator) => Promise<T>,
): Promise<T> {
  const { now: _now, random: _random, latencyMs: _latency, ...world } = options;
  // What these tests use of a simulator, both have.
  return work(new SimulatedCloud(world) as unknown as Simulator);
}

/** A fixed draw by the name, so that a case is in the sample or not, whatever else is added. */
export function drawn(name: string): boolean {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return hash % 100 < SAMPLE;
}

/** The world of a case: processes show a sample, simulated time all others, which takes a tenth of the time. */
export function worldOf(name: string): World {
  return drawn(name) ? withSim : withSimulated;
}

/** A test in the world of its name, beside the others of its file. */
export function inItsWorld(
  name: string,
  options: SimulatorOptions,
  test: (sim: Simulator) => Promise<void>,
): void {
  it.concurrent(name, () => worldOf(name)(options, test), SLOW);
}

/**
 * A test a row of a table that proves a rule: the first row, a sample and those that say `process` run as processes, all
 * at once, the others in simulated time, one after another.
 */
export function inEitherWorld<Row extends { readonly name: string; readonly process?: true }>(
  title: string,
  rows: readonly Row[],
  test: (row: Row, world: World) => Promise<void>,
): void {
  for (const [index, row] of rows.entries()) {
    const name = title.replace("$name", row.name);
    const asProcess = index === 0 || row.process || drawn(row.name);
    if (asProcess) it.concurrent(name, () => test(row, withSim), SLOW);
    else it(name, () => test(row, withSimulated));
  }
}

/**
 * Runs the same check on several named cases at once and reports every one that failed, by its name: what
 * they wait for overlaps.
 */
export async function together<T extends { readonly name: string }>(
  cases: readonly T[],
  check: (one: T) => Promise<void>,
): Promise<void> {
  const results = await Promise.allSettled(cases.map((one) => check(one)));
  const problems = results.flatMap((result, index) =>
    result.status === "rejected" ? [`${cases[index]?.name}: ${String(result.reason)}`] : [],
  );
  if (problems.length > 0) throw new Error(problems.join("\n\n"));
}
