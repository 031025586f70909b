/** What the tests in simulated time share: the action's logic in one process, without sockets and waits. */
import { expect } from "@jest/globals";
import type { RecordedRequest } from "../../simulator/record.ts";
import type { ReplicaEntry } from "./runs.ts";
import type { Result, Simulation } from "./simulated/simulation.ts";

export const SECOND = 1_000;

/** A main step that does not wait for the boot. */
export async function create(
  sim: Simulation,
  inputs: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const result = await sim.main({ wait: "false", ...inputs });
  checkEnding(sim, result);
  return result;
}

/** One annotation where it failed and none otherwise; the key in nothing that was written. */
export function checkEnding(sim: Simulation, { exitCode, runner }: Result): void {
  const errors = runner.entries.filter(({ kind }) => kind === "error");
  if (exitCode !== null) expect(errors).toHaveLength(exitCode);
  const { entries, outputs, saved, markdown } = runner;
  expect(JSON.stringify([entries, outputs, saved, markdown])).not.toContain(sim.apiKey);
}

/** The whole log, one line an entry. */
export function logOf({ runner }: Result): string {
  return runner.entries.map(({ text }) => text).join("\n");
}

export function errorOf({ runner }: Result): string {
  return runner.entries.find(({ kind }) => kind === "error")?.text ?? "";
}

export function entriesOf({ runner }: Result): ReplicaEntry[] {
  return JSON.parse(runner.outputs.replicas ?? "[]") as ReplicaEntry[];
}

export function postsOf(sim: Simulation): readonly RecordedRequest[] {
  return sim.requests.filter(({ route }) => route === "create");
}

/** The JSON bodies of the create requests; one without a body is an empty object. */
export function bodiesOf(sim: Simulation): Record<string, unknown>[] {
  return postsOf(sim).map(({ body }) => JSON.parse(body || "{}") as Record<string, unknown>);
}

/** UUIDs of replicas that exist. */
export function existing(sim: Simulation): string[] {
  return sim
    .replicas()
    .filter(({ deleted }) => !deleted)
    .map(({ vmUuid }) => vmUuid)
    .sort();
}

/** UUIDs that a log names to people, as `name (uuid)`. */
export function namedIn(result: Result): string[] {
  const uuid = /\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[,)]/g;
  return [...new Set([...logOf(result).matchAll(uuid)].map(([, found]) => found ?? ""))].sort();
}

/** The pauses between times, in the same unit. */
export function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}
