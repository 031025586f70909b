/** Runs the steps of a job as GitHub's runner does, and shows what a user of GitHub would see. */
import { spawnSync } from "node:child_process";
import { stringify } from "yaml";
import { type Contexts, fillInAll } from "../../__tests__/support/expressions.ts";
import type { WorkflowStep } from "../../__tests__/support/readme.ts";
import {
  type RunningStep,
  runPost,
  type StepResult,
  startStep,
} from "../../__tests__/support/runner.ts";
import { code, logPrinter, outputs, say, summary, verdict } from "../show.ts";
import type { SimulatorAddress } from "../simulator.ts";

/** Starts a step that uses this action; its log is shown as it comes. */
export function startOurStep(
  step: WorkflowStep,
  contexts: Contexts,
  simulator: SimulatorAddress,
): RunningStep {
  say(`Run ${step.uses}`);
  return startStep({
    inputs: fillInAll(step.with, contexts),
    env: { ...fillInAll(step.env, contexts), PHALA_CLOUD_API_PREFIX: simulator.api_url },
    secrets: [simulator.api_key],
    onLog: logPrinter(),
  });
}

/** Runs a step that uses this action to its end. */
export async function runOurStep(
  step: WorkflowStep,
  contexts: Contexts,
  simulator: SimulatorAddress,
): Promise<StepResult> {
  const result = await startOurStep(step, contexts, simulator).finished;
  verdict(result);
  return result;
}

/** The job summary and the outputs of a step. */
export function showResults(result: StepResult): void {
  summary(result);
  outputs(result);
}

/** At the end of the job the runner starts the action's `post`. */
export async function runItsPost(main: StepResult): Promise<StepResult> {
  say("\nAt the end of the job: Post run");
  const result = await runPost(main, { onLog: logPrinter() });
  verdict(result);
  return result;
}

/** A `run` step, by the shell; false when it failed. Where there is no curl it is only shown. */
export function runShellStep(step: WorkflowStep, contexts: Contexts): boolean {
  const env = fillInAll(step.env, contexts);
  say("\nThe next step, with the values of this run:");
  code(stringify([step], { lineWidth: 0 }));
  code(stringify(env));
  const script = step.run ?? "";
  if (script.includes("curl") && spawnSync("curl", ["--version"]).status !== 0) {
    say("This machine has no curl, so the step is only shown.");
    return true;
  }
  const { stdout, stderr, status } = spawnSync("sh", ["-e", "-c", script], {
    env: { PATH: process.env.PATH, ...env },
    encoding: "utf8",
  });
  code(`${stdout}${stderr}`);
  console.log(`  ${status === 0 ? "✓ success" : "✗ failure"} (exit code ${status})`);
  return status === 0;
}
