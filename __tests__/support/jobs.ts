/** Jobs of a workflow against a simulator of their own, and what holds for each of them. */
import { expect } from "@jest/globals";
import type { RecordedRequest } from "../../simulator/index.ts";
import "./retry.ts";
import type { Cloud } from "./clouds.ts";
import {
  type RunningStep,
  runPost,
  type StepOptions,
  type StepResult,
  startStep,
} from "./either.ts";
import { outputsForOtherJobs } from "./runner.ts";
import { leaksOf } from "./secrecy.ts";
import type { Result } from "./simulated/simulation.ts";
import type { SimulatedCloud } from "./simulated-cloud.ts";

export {
  answerTo,
  BOUND_MS,
  type Cloud,
  inBothWorlds,
  inItsWorld,
  withCloud,
  withSimulator,
  worldOf,
} from "./clouds.ts";

export type Inputs = Readonly<Record<string, string>>;

/** The app's KMS is on chain, and nothing but the source's own node is registered. */
export const ON_CHAIN = { onChain: true } as const;
/** On chain, and every node is registered: a create needs no approval. */
export const ALL_REGISTERED = { onChain: true, chainDevices: "all" } as const;

function inputsOf(sim: Cloud, inputs: Inputs): Inputs {
  return { app_id: sim.appId, vm_uuid: sim.vmUuid, poll_interval: "0.1s", ...inputs };
}

/** Starts a step on the simulator's app, debug logging on. Use `secretive` on what it leaves behind. */
export function begin(sim: Cloud, inputs: Inputs = {}, over: StepOptions = {}): RunningStep {
  const options = { api: sim, debug: true, timeoutMs: 300_000, ...over };
  return startStep({ ...options, inputs: inputsOf(sim, inputs) });
}

/** Runs a step to its end; whatever the test is about, it must have kept its secrets. */
export async function job(
  sim: Cloud,
  inputs: Inputs = {},
  over: StepOptions = {},
): Promise<StepResult> {
  return secretive(sim, await begin(sim, inputs, over).finished);
}

/** The step's post, at the end of its job. */
export async function post(sim: Cloud, main: StepResult): Promise<StepResult> {
  return secretive(sim, await runPost(main));
}

/** Checks that no secret stands in what the step wrote, nor went where it does not belong. */
export function secretive(sim: Cloud, result: StepResult): StepResult {
  expect(leaksOf(result)).toEqual([]);
  expect(strayKeys(sim)).toEqual([]);
  return result;
}

/** What a simulated process left; use `sim.post` on its result. */
export function left(sim: SimulatedCloud, result: Result): StepResult {
  return secretive(sim, sim.stepOf(result));
}

/** Requests that carry the API key anywhere but in its header, or to the gateway at all. */
function strayKeys(sim: Cloud): string[] {
  const api = sim.requests.filter(({ path, body, headers }) => {
    const { "x-api-key": _own, ...others } = headers;
    return (path + body + JSON.stringify(others)).includes(sim.apiKey);
  });
  const gateway = sim.gatewayRequests.filter((request) =>
    JSON.stringify(request).includes(sim.apiKey),
  );
  return [...api, ...gateway].map(({ path }) => path);
}

/** A step that only prepares. */
export function prepare(sim: Cloud, inputs: Inputs = {}): Promise<StepResult> {
  return job(sim, { prepare_only: "true", ...inputs });
}

/** What a later job gets from this one: the runner drops every output that holds a secret it knows. */
export function handedOn(sim: Cloud, { outputs, masks }: StepResult): Record<string, string> {
  return outputsForOtherJobs(outputs, [sim.apiKey, ...masks]);
}

/** The inputs of a commit without `app_id`, as they pass from job to job. */
export function commitInputs(sim: Cloud, prepared: StepResult): Inputs {
  const { commit_token = "", compose_hash = "" } = handedOn(sim, prepared);
  expect(commit_token).not.toBe("");
  return { app_id: "", commit_token, compose_hash };
}

/** A step that commits what another prepared, without `app_id`. */
export function commit(
  sim: Cloud,
  prepared: StepResult,
  inputs: Inputs = {},
  over: StepOptions = {},
): Promise<StepResult> {
  return job(sim, { ...commitInputs(sim, prepared), ...inputs }, over);
}

/** Registers what the prepare asks for on the simulated chain. Answers the transaction's hash. */
export function approve(
  sim: Cloud,
  { outputs }: StepResult,
  how: { readonly missing?: number; readonly outcome?: "ok" | "reverted" | "wrong-contract" } = {},
): string {
  const { compose_hash: composeHash = "", device_id: deviceId = "" } = outputs;
  return sim.chain.register({ composeHash, deviceId, ...how });
}

/** Requests of one route, in order. */
export function asked(sim: Cloud, route: string): RecordedRequest[] {
  return sim.requests.filter((request) => request.route === route);
}

/** How many create and commit requests came in. */
export function posts(sim: Cloud): { readonly create: number; readonly commit: number } {
  return { create: asked(sim, "create").length, commit: asked(sim, "commit").length };
}

/** UUIDs of the app's replicas that still exist. */
export function replicas(sim: Cloud): string[] {
  return sim
    .cvms()
    .filter((cvm) => cvm.appId === sim.appId && cvm.origin === "replica" && !cvm.deleted)
    .map(({ vmUuid }) => vmUuid);
}

/** How a step is to end. */
export interface End {
  readonly exit: 0 | 1;
  readonly outcome: string;
  /** Empty when not given. */
  readonly code?: string | RegExp;
}

/** Exit code, outcome and code as told, and one error annotation exactly where it fails. */
export function expectEnd(result: StepResult, { exit, outcome, code = "" }: End): void {
  const errors = result.annotations.filter(({ level }) => level === "error");
  const told = { exit: result.exitCode, outcome: result.outputs.outcome, errors: errors.length };
  expect({ ...told, annotations: errorText(result) }).toEqual({
    exit,
    outcome,
    errors: exit,
    annotations: exit === 0 ? "" : expect.any(String),
  });
  if (typeof code === "string") expect(result.outputs.error_code).toBe(code);
  else expect(result.outputs.error_code).toMatch(code);
}

/** The text of the error annotations. */
export function errorText({ annotations }: StepResult): string {
  return annotations
    .filter(({ level }) => level === "error")
    .map(({ message }) => message)
    .join("\n");
}

/** Texts of the warnings that the action itself gave. */
export function warnings({ annotations }: StepResult): string[] {
  return annotations
    .filter(({ level, from }) => level === "warning" && from === "action")
    .map(({ message }) => message);
}

/** The log as a user sees it, as one text. */
export function logText({ log }: StepResult): string {
  return log.map(({ text }) => text).join("\n");
}

/** The entries of the output `replicas`. */
export function entries({ outputs }: StepResult): Record<string, unknown>[] {
  return JSON.parse(outputs.replicas ?? "[]") as Record<string, unknown>[];
}

/** A created (or adopted) replica: the one that the simulator has is the one that the outputs name. */
export function expectMade(sim: Cloud, result: StepResult, how = "created"): void {
  expectEnd(result, { exit: 0, outcome: "created" });
  const [uuid] = replicas(sim);
  expect(replicas(sim)).toHaveLength(1);
  expect(result.outputs).toMatchObject({ vm_uuid: uuid, status: "running" });
  expect(entries(result)).toMatchObject([{ vm_uuid: uuid, outcome: how, error: null }]);
  expect(result.outputs.instance_url).toMatch(/^http/);
}

/** Names and values of variables, in order. */
export type Pairs = readonly (readonly [string, string])[];

/** What the guests of all replicas find, in the order of their creation. */
export function guestsFind(sim: Cloud): unknown[] {
  return replicas(sim).map((uuid) => JSON.parse(sim.decryptEnv(uuid) ?? "null") as unknown);
}

/** What is sealed for them. */
export function plaintext(pairs: Pairs): unknown {
  return { env: pairs.map(([key, value]) => ({ key, value })) };
}
