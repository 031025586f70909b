/**
 * Runs a whole workflow as GitHub does: jobs by `needs`, matrices, conditions, expressions, `run` steps by
 * the shell, steps of this action on the bundle with their `post` in reverse order, and outputs between
 * jobs, without those that hold a secret. Other people's actions are replaced by the outputs that they
 * would set. What it can't do it refuses, so that no example passes for being misread.
 */
import { type Contexts, evaluateExpression, fillIn, fillInAll } from "./expressions.ts";
import { usesThisAction, type Workflow, type WorkflowJob, type WorkflowStep } from "./readme.ts";
import { outputsForOtherJobs, runPost, runStep, type StepResult } from "./runner.ts";
import { runScript } from "./shell.ts";

/** What surrounds a workflow. */
export interface WorkflowSettings {
  readonly secrets: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  /** Of `workflow_dispatch`. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly github?: Readonly<Record<string, unknown>>;
  /** Environment that each step gets besides its own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Outputs that other people's actions set, by `owner/name`; one that is not listed is refused. */
  readonly standIns?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export type Conclusion = "success" | "failure" | "skipped";

/** What became of a step. */
export interface StepRun {
  readonly step: WorkflowStep;
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  /** Log of a `run` step. */
  readonly log: string;
  /** For a step of this action: its main program and its `post`. */
  readonly main?: StepResult;
  post?: StepResult;
}

/** What became of a job; one for each combination of its matrix. */
export interface JobRun {
  readonly name: string;
  readonly matrix: Readonly<Record<string, unknown>>;
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepRun[];
}

const KNOWN_JOB_KEYS =
  /^(name|needs|if|runs-on|timeout-minutes|permissions|strategy|outputs|steps)$/;
const KNOWN_STEP_KEYS = /^(id|name|uses|run|if|with|env)$/;

/** Runs all jobs of a workflow, one after another. Throws on what it does not know. */
export async function runWorkflow(
  workflow: Workflow,
  settings: WorkflowSettings,
): Promise<JobRun[]> {
  const runs: JobRun[] = [];
  const waiting = new Map(Object.entries(workflow.jobs));
  while (waiting.size > 0) {
    const ready = [...waiting].find(([, job]) => neededBy(job).every((name) => !waiting.has(name)));
    if (ready === undefined) {
      throw new Error(`jobs wait for each other: ${[...waiting.keys()].join(", ")}`);
    }
    const [name, job] = ready;
    waiting.delete(name);
    runs.push(...(await runJob(name, job, settings, runs)));
  }
  return runs;
}

function neededBy(job: WorkflowJob): readonly string[] {
  return typeof job.needs === "string" ? [job.needs] : (job.needs ?? []);
}

async function runJob(
  name: string,
  job: WorkflowJob,
  settings: WorkflowSettings,
  before: readonly JobRun[],
): Promise<JobRun[]> {
  refuseUnknown(`job ${name}`, job, KNOWN_JOB_KEYS);
  const needed = before.filter((run) => neededBy(job).includes(run.name));
  const needs = Object.fromEntries(
    needed.map((run) => [run.name, { outputs: run.outputs, result: run.conclusion }]),
  );
  const { secrets, vars, inputs = {}, github = {} } = settings;
  const contexts: Contexts = { secrets, vars, inputs, github, needs };
  const failed = needed.some(({ conclusion }) => conclusion !== "success");
  if (failed || !holds(job.if, contexts, false)) {
    return [{ name, matrix: {}, conclusion: "skipped", outputs: {}, steps: [] }];
  }
  const runs: JobRun[] = [];
  for (const matrix of combinations(job.strategy?.matrix, contexts)) {
    runs.push(await runOneJob(name, job, settings, { ...contexts, matrix }));
  }
  return runs;
}

/** Every combination of a matrix whose values are lists or expressions that give lists. */
function combinations(matrix: unknown, contexts: Contexts): Record<string, unknown>[] {
  let all: Record<string, unknown>[] = [{}];
  for (const [key, value] of Object.entries(matrix ?? {}) as [string, unknown][]) {
    const list = typeof value === "string" ? JSON.parse(fillIn(value, contexts)) : value;
    if (!Array.isArray(list) || key === "include" || key === "exclude") {
      throw new Error(`matrix.${key} is not a plain list`);
    }
    all = all.flatMap((one) => list.map((item: unknown) => ({ ...one, [key]: item })));
  }
  return all;
}

async function runOneJob(
  name: string,
  job: WorkflowJob,
  settings: WorkflowSettings,
  contexts: Contexts & { readonly matrix: Record<string, unknown> },
): Promise<JobRun> {
  const steps: StepRun[] = [];
  const seen: Record<string, unknown> = {};
  const masks = new Set(Object.values(settings.secrets));
  let failed = false;
  for (const step of job.steps) {
    const run = await runOneStep(step, settings, { ...contexts, steps: seen }, failed);
    steps.push(run);
    failed ||= run.conclusion === "failure";
    if (step.id !== undefined) {
      seen[step.id] = { outputs: run.outputs, outcome: run.conclusion, conclusion: run.conclusion };
    }
    for (const mask of run.main?.masks ?? []) {
      masks.add(mask);
    }
  }
  for (const run of steps.toReversed()) {
    if (run.main !== undefined) {
      run.post = await runPost(run.main);
      failed ||= run.post.exitCode !== 0;
    }
  }
  const outputs = fillInAll(job.outputs, { ...contexts, steps: seen });
  return {
    name,
    matrix: contexts.matrix,
    conclusion: failed ? "failure" : "success",
    outputs: outputsForOtherJobs(outputs, [...masks]),
    steps,
  };
}

async function runOneStep(
  step: WorkflowStep,
  settings: WorkflowSettings,
  contexts: Contexts,
  failed: boolean,
): Promise<StepRun> {
  refuseUnknown(`step ${step.name ?? step.id ?? ""}`, step, KNOWN_STEP_KEYS);
  if (!holds(step.if, contexts, failed)) {
    return { step, conclusion: "skipped", outputs: {}, log: "" };
  }
  const env = { ...settings.env, ...fillInAll(step.env, contexts) };
  if (step.run !== undefined) {
    const { exitCode, outputs, log } = await runScript(fillIn(step.run, contexts), env);
    return { step, conclusion: exitCode === 0 ? "success" : "failure", outputs, log };
  }
  if (usesThisAction(step)) {
    const secrets = Object.values(settings.secrets);
    const main = await runStep({ inputs: fillInAll(step.with, contexts), env, secrets });
    const conclusion = main.exitCode === 0 ? "success" : "failure";
    return { step, conclusion, outputs: main.outputs, log: main.stdout, main };
  }
  const outputs = settings.standIns?.[step.uses?.split("@")[0] ?? ""];
  if (outputs === undefined) {
    throw new Error(`no stand-in for ${step.uses}`);
  }
  return { step, conclusion: "success", outputs, log: "" };
}

/** Whether a condition holds: a plain expression, or one of the status functions alone. */
function holds(condition: string | undefined, contexts: Contexts, failed: boolean): boolean {
  const text = (condition ?? "success()").replace(/^\$\{\{(.*)\}\}$/s, "$1").trim();
  const alone: Readonly<Record<string, boolean>> = {
    "success()": !failed,
    "failure()": failed,
    "always()": true,
  };
  const status = alone[text];
  if (status !== undefined) {
    return status;
  }
  // Without a status function GitHub puts `success() &&` in front.
  const value = evaluateExpression(text, contexts);
  return !failed && value !== false && value !== null && value !== "" && value !== 0;
}

function refuseUnknown(what: string, value: object, known: RegExp): void {
  const unknown = Object.keys(value).filter((key) => !known.test(key));
  if (unknown.length > 0) {
    throw new Error(`${what}: no idea how to run ${unknown.join(", ")}`);
  }
}
