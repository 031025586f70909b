/**
 * Shows the action at work, without an account: the step of README's first workflow, run on the committed
 * bundle as GitHub's runner does, against the simulator of Phala Cloud; then a replica that does not boot.
 * Exits 0 when both went as they should.
 */
import { spawnSync } from "node:child_process";
import { stringify } from "yaml";
import { type Contexts, fillInAll } from "../__tests__/support/expressions.ts";
import { firstWorkflow, usesThisAction, type WorkflowStep } from "../__tests__/support/readme.ts";
import { runPost, runStep, type StepResult } from "../__tests__/support/runner.ts";
import { code, heading, logPrinter, outputs, say, summary, verdict } from "./show.ts";
import { type SimulatorAddress, startSimulatorProcess } from "./simulator.ts";

/** One entry of the simulator's list of CVMs. */
interface SimulatedCvm {
  readonly appId: string;
  readonly name: string;
  readonly vmUuid: string;
  readonly status: string;
  readonly deleted: boolean;
}

/** The first replica takes a moment to boot, as real ones do; the second never gets there. */
const SCENARIO = {
  bootMs: 5_000,
  replicaPlans: [
    {},
    {
      bootMs: 3_600_000,
      steps: [{ atMs: 1_500, status: "error", bootError: "container web: no such image" }],
    },
  ],
};

/** Runs a step that uses this action: main, then what the runner does with it, shown as it comes. */
async function runOurStep(
  step: WorkflowStep,
  contexts: Contexts,
  simulator: SimulatorAddress,
): Promise<StepResult> {
  say(`Run ${step.uses}`);
  const result = await runStep({
    inputs: fillInAll(step.with, contexts),
    env: { ...fillInAll(step.env, contexts), PHALA_CLOUD_API_PREFIX: simulator.api_url },
    secrets: [simulator.api_key],
    onLog: logPrinter(),
  });
  verdict(result);
  summary(result);
  outputs(result);
  return result;
}

/** At the end of the job the runner starts the action's `post`. */
async function runItsPost(main: StepResult): Promise<StepResult> {
  say("\nAt the end of the job: Post run");
  const result = await runPost(main, { onLog: logPrinter() });
  verdict(result);
  return result;
}

/** A `run` step, by the shell. */
function runShellStep(step: WorkflowStep, contexts: Contexts): boolean {
  const env = fillInAll(step.env, contexts);
  code(stringify([step], { lineWidth: 0 }));
  say("With the values of this run:");
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

/** What exists in the app, asked of the simulator itself. */
async function existing(simulator: SimulatorAddress): Promise<string[]> {
  const answer = await fetch(`${simulator.control_url}/cvms`);
  const all = (await answer.json()) as SimulatedCvm[];
  return all
    .filter(({ appId, deleted }) => appId === simulator.app_id && !deleted)
    .map(({ name, vmUuid, status }) => `${name} (${vmUuid}): ${status}`);
}

async function demo(simulator: SimulatorAddress): Promise<boolean> {
  const job = Object.values(firstWorkflow().jobs)[0];
  const step = job?.steps.find(usesThisAction);
  const next = job?.steps.find(({ run }) => run !== undefined);
  if (step?.id === undefined || next === undefined) {
    throw new Error(
      "README's first workflow needs a step of ours with an id, and one that runs a script.",
    );
  }
  const settings = {
    secrets: { PHALA_CLOUD_API_KEY: simulator.api_key },
    vars: { PHALA_APP_ID: simulator.app_id, PHALA_VM_UUID: simulator.vm_uuid },
  };

  heading("1. The step of README's workflow");
  code(stringify([step], { lineWidth: 0 }));
  say("The secret and the variables are the simulator's, and PHALA_CLOUD_API_PREFIX leads to it:");
  code(stringify({ vars: settings.vars, PHALA_CLOUD_API_PREFIX: simulator.api_url }));
  const good = await runOurStep(step, { ...settings, steps: {} }, simulator);

  heading("2. The next step uses its outputs");
  const reached = runShellStep(next, {
    ...settings,
    steps: { [step.id]: { outputs: good.outputs } },
  });
  const goodPost = await runItsPost(good);

  heading("3. The same step, but this replica does not boot");
  say("With `cleanup: on_failure`, so that nothing stays behind that is billed:");
  const careful = { ...step, with: { ...step.with, cleanup: "on_failure" } };
  code(stringify([careful]));
  const bad = await runOurStep(careful, { ...settings, steps: {} }, simulator);
  const badPost = await runItsPost(bad);

  heading("What the app has now");
  const left = await existing(simulator);
  code(left.join("\n"));
  return (
    [good, goodPost, badPost].every(({ exitCode }) => exitCode === 0) &&
    bad.exitCode === 1 &&
    reached &&
    left.length === 2
  );
}

// Whoever pipes the demo into `head` has seen enough.
process.stdout.on("error", () => process.exit(1));
const { about, stop } = await startSimulatorProcess(SCENARIO);
try {
  if (!(await demo(about))) {
    console.error("\nThe demo did not go as it should.");
    process.exitCode = 1;
  }
} finally {
  await stop();
}
