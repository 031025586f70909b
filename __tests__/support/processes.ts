/** Steps that something happens to while they run, main and post, and what always holds; as a process or simulated. */
import { expect } from "@jest/globals";
import type { Simulator } from "../../simulator/index.ts";
import type { Moment } from "../../simulator/record.ts";
import "./retry.ts";
import {
  type RunningStep,
  runPost,
  type StepOptions,
  type StepResult,
  startStep,
} from "./either.ts";
import { SLOW } from "./worlds.ts";

export { inItsWorld, SLOW, withSim, worldOf } from "./worlds.ts";

/** Starts the step on the simulator's source CVM, with looks in quick succession. */
export function start(
  sim: Simulator,
  inputs: Readonly<Record<string, string>> = {},
  over: StepOptions = {},
): RunningStep {
  const given = { app_id: sim.appId, vm_uuid: sim.vmUuid, poll_interval: "0.2s", ...inputs };
  return startStep({ api: sim, timeoutMs: SLOW - 10_000, ...over, inputs: given });
}

/** Starts a step and kills it while a request of it is in the simulator's hand, the `nth` of that route from 1. */
export async function killedAt(
  sim: Simulator,
  step: StepOptions,
  { moment, route, nth }: { readonly moment: Moment; readonly route: string; readonly nth: number },
): Promise<StepResult> {
  const running = startStep(step);
  let met = 0;
  const off = sim.on(moment, route, async () => {
    met += 1;
    if (met !== nth) return;
    running.kill("SIGKILL");
    await running.finished;
  });
  const killed = await running.finished;
  off();
  expect(killed.signal).toBe("SIGKILL");
  // Some requests go out side by side.
  expect(met).toBeGreaterThanOrEqual(nth);
  return killed;
}

/** The rules of every main step that was not killed. */
export function checkEnd(sim: Simulator, main: StepResult): void {
  checkSecrets(sim, main);
  const errors = main.annotations.filter(({ level }) => level === "error");
  const good = ["created", "unchanged", "dry_run"].includes(main.outputs.outcome ?? "");
  expect({ exitCode: main.exitCode, signal: main.signal, errors: errors.length }).toEqual({
    exitCode: good ? 0 : 1,
    signal: null,
    errors: good ? 0 : 1,
  });
  if (good) expect(main.outputs.error_code).toBe("");
  expect(main.stderr).toBe("");
}

/** Runs post and checks its rules; a key in nothing, one annotation where it is red. */
export async function post(sim: Simulator, main: StepResult): Promise<StepResult> {
  const result = await runPost(main);
  checkSecrets(sim, result);
  expect(result.signal).toBeNull();
  const errors = result.annotations.filter(({ level }) => level === "error");
  expect(errors).toHaveLength(result.exitCode === 0 ? 0 : 1);
  return result;
}

/** The key is in nothing that was written but the command that masks it, and went to no app. */
export function checkSecrets(sim: Simulator, result: StepResult): void {
  const { stdout, stderr, outputs, state, summary, written, exported } = result;
  const printed = stdout.split("\n").filter((line) => !line.startsWith("::add-mask::"));
  const all = JSON.stringify([printed, stderr, outputs, state, summary, written, exported]);
  expect(all.includes(sim.apiKey)).toBe(false);
  expect(JSON.stringify(sim.gatewayRequests).includes(sim.apiKey)).toBe(false);
  for (const { headers, target } of sim.gatewayRequests) {
    expect(Object.keys(headers).filter((name) => /key|auth|cookie/i.test(name))).toEqual([]);
    expect(target).toBe("instance");
  }
}

/** Text of the step's one error annotation. */
export function errorText({ annotations }: StepResult): string {
  const errors = annotations.filter(({ level }) => level === "error");
  expect(errors).toHaveLength(1);
  return errors[0]?.message ?? "";
}

export function logText({ log }: StepResult): string {
  return log.map(({ text }) => text).join("\n");
}

export function posts(sim: Simulator): number {
  return sim.requests.filter(({ route }) => route === "create").length;
}

/** Replicas that exist, in order of creation. */
export function left(sim: Simulator): string[] {
  return sim
    .replicas()
    .filter(({ deleted }) => !deleted)
    .map(({ vmUuid }) => vmUuid);
}
