/** Where a test's steps run: as real processes against a server, or in this process in simulated time. */
import { it } from "@jest/globals";
import { BASE_PATH, handle } from "../../simulator/core.ts";
import type { Simulator, SimulatorOptions } from "../../simulator/index.ts";
import { SimulatedCloud } from "./simulated-cloud.ts";
import { withSim as withSimulator } from "./worlds.ts";

export { inItsWorld, withSim as withSimulator, worldOf } from "./worlds.ts";

/** Bound of one test in ms: the longest ones wait through a search of 30 s, and processes share the CPU. */
export const BOUND_MS = 320_000;

/** A simulator of either kind: for real processes, or in this process and in simulated time. */
export type Cloud = Simulator | SimulatedCloud;

/** What the API would answer to a read, without a request that counts. */
export function answerTo(sim: Cloud, path: string, version = "2026-01-21"): unknown {
  const headers = { "x-api-key": sim.apiKey, "x-phala-version": version };
  const request = { method: "GET", path: BASE_PATH + path, headers, body: "" };
  return JSON.parse(handle(sim.world, request).body) as unknown;
}

/** As `withSimulator` where the row is to be run as a process, else in simulated time. */
export function withCloud<T>(
  asProcess: boolean,
  options: SimulatorOptions,
  test: (sim: Cloud) => Promise<T>,
): Promise<T> {
  if (asProcess) return withSimulator(options, test);
  const { now: _now, random: _random, latencyMs: _latency, ...world } = options;
  return test(new SimulatedCloud(world));
}

/**
 * One test a row; the row's first entry is its name. The named rows run as processes, all at once; the
 * others in simulated time, one after another.
 */
export function inBothWorlds<Row extends readonly [string, ...unknown[]]>(
  title: string,
  table: readonly Row[],
  processes: readonly string[],
  test: (asProcess: boolean, ...row: Row) => Promise<void>,
): void {
  const unknown = processes.filter((name) => !table.some(([row]) => row === name));
  if (unknown.length > 0) throw new Error(`no such rows: ${unknown.join(", ")}`);
  for (const row of table) {
    const name = title.replace("%s", row[0]);
    if (processes.includes(row[0])) it.concurrent(name, () => test(true, ...row), BOUND_MS);
    else it(name, () => test(false, ...row), BOUND_MS);
  }
}
