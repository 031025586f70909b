/**
 * What the tests of "once" share: a cloud a case, the steps run on it in its world, and the count of
 * what was asked for, what exists, and what was reported.
 */
import { expect } from "@jest/globals";
import type { RecordedRequest, Simulator, SimulatorOptions } from "../../simulator/index.ts";
import {
  worldOf as eitherWorld,
  inItsWorld as inEither,
  withSim as inProcesses,
  withSimulated as inSimulatedTime,
  type World,
} from "./worlds.ts";

export { together } from "./worlds.ts";

import "./retry.ts";
import { runPost, runStep, type StepOptions, type StepResult } from "./either.ts";

/** A bound for a test whose processes sit out a whole settle window, once in main and once in post, in ms. */
export const WINDOWS = 320_000;
/** A bound for a test that runs processes without such waits, in ms. */
export const QUICK = 320_000;

/** One object of the output `replicas`, as far as these tests read it. */
export interface ReplicaEntry {
  readonly vm_uuid: string | null;
  readonly name: string | null;
  readonly node_id: number | null;
  readonly compose_hash: string | null;
  readonly outcome: "created" | "adopted" | "existing" | "failed";
  readonly error: string | null;
}

/** Replicas take a minute to boot, if a case does not say otherwise. */
const slowly = (options: SimulatorOptions): SimulatorOptions => ({ bootMs: 60_000, ...options });

export const withSim: World = (options, work) => inProcesses(slowly(options), work);
export const withSimulated: World = (options, work) => inSimulatedTime(slowly(options), work);

/** As `worldOf` of worlds.ts. */
export function worldOf(name: string): World {
  return (options, work) => eitherWorld(name)(slowly(options), work);
}

/** As `inItsWorld` of worlds.ts. */
export const inItsWorld: typeof inEither = (name, options, test) =>
  inEither(name, slowly(options), test);

/** How the step is run on the simulator's source CVM: without waiting for the boot unless `inputs` say so. */
export function stepOn(
  sim: Simulator,
  inputs: Readonly<Record<string, string>> = {},
  over: StepOptions = {},
): StepOptions {
  return {
    api: sim,
    timeoutMs: 300_000,
    ...over,
    inputs: { app_id: sim.appId, vm_uuid: sim.vmUuid, wait: "false", ...inputs },
  };
}

/** Runs main to its end and checks what holds for every ending. */
export async function main(
  sim: Simulator,
  inputs: Readonly<Record<string, string>> = {},
  over: StepOptions = {},
): Promise<StepResult> {
  const options = stepOn(sim, inputs, over);
  const result = await runStep(options);
  checkEnding(sim, result);
  if (result.exitCode === 0) expect(result.outputs.error_code).toBe("");
  return result;
}

/** Runs post after main, however that ended. It may look and delete, but never create. */
export async function post(
  sim: Simulator,
  previous: StepResult,
  over: StepOptions = {},
): Promise<StepResult> {
  const before = postsOf(sim).length;
  const result = await runPost(previous, { timeoutMs: 300_000, ...over });
  checkEnding(sim, result);
  expect(postsOf(sim)).toHaveLength(before);
  return result;
}

/** One annotation where it failed and none otherwise; nothing that the runner complains of; no key. */
function checkEnding(sim: Simulator, result: StepResult): void {
  const errors = result.annotations.filter(({ level }) => level === "error");
  expect(errors.map(({ from }) => from)).toEqual(result.exitCode === 0 ? [] : ["action"]);
  expect(result.stderr).toBe("");
  checkSecret(result, sim.apiKey);
}

/** A secret stands nowhere but in the command that registers it. */
export function checkSecret(result: StepResult, secret: string): void {
  const { stdout, stderr, outputs, state, exported, summary, written } = result;
  const printed = stdout.split("\n").filter((line) => !line.startsWith("::add-mask::"));
  const all = [printed.join("\n"), stderr, outputs, state, exported, summary, written];
  expect(all.map((part) => JSON.stringify(part)).filter((text) => text.includes(secret))).toEqual(
    [],
  );
}

/** The create requests that came in, in order. */
export function postsOf(sim: Simulator): readonly RecordedRequest[] {
  return sim.requests.filter(({ route }) => route === "create");
}

/** The JSON bodies of the create requests; one without a body is an empty object. */
export function bodiesOf(sim: Simulator): Record<string, unknown>[] {
  return postsOf(sim).map(({ body }) => JSON.parse(body || "{}") as Record<string, unknown>);
}

export function replicasOf({ outputs }: StepResult): ReplicaEntry[] {
  return JSON.parse(outputs.replicas ?? "[]") as ReplicaEntry[];
}

/** UUIDs of the replicas that exist and are billed. */
export function existing(sim: Simulator): string[] {
  return sim
    .replicas()
    .filter(({ deleted }) => !deleted)
    .map(({ vmUuid }) => vmUuid);
}

/** UUIDs that main's outputs name as its own. */
export function namedByMain(result: StepResult): string[] {
  return replicasOf(result).flatMap(({ vm_uuid, outcome }) =>
    vm_uuid !== null && outcome !== "existing" ? [vm_uuid] : [],
  );
}

const UUID = /\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[,)]/g;

/** UUIDs that a log names to people: `name (uuid)` in any of its lines, annotations included. */
export function namedInLog({ stdout }: StepResult): string[] {
  return [...new Set([...stdout.matchAll(UUID)].map(([, uuid]) => uuid ?? ""))];
}

/** The text of the one error annotation. @throws where there is not exactly one */
export function errorOf(result: StepResult): string {
  const errors = result.annotations.filter(({ level }) => level === "error");
  expect(errors).toHaveLength(1);
  return errors[0]?.message ?? "";
}

/** The texts of the warnings. */
export function warningsOf(result: StepResult): string[] {
  return result.annotations
    .filter(({ level, from }) => level === "warning" && from === "action")
    .map(({ message }) => message);
}

/** For comparing sets of UUIDs in any order. */
export function sorted(texts: readonly string[]): string[] {
  return [...texts].sort();
}

/** Where in a run of three replicas something happens. */
export const POSITIONS = [
  { name: "first of three", at: 0 },
  { name: "middle of three", at: 1 },
  { name: "last of three", at: 2 },
] as const;
