/**
 * Runs a whole workflow as GitHub does: read by GitHub's own parser, jobs by `needs`, matrices, conditions
 * and expressions by GitHub's own library, environments that somebody approves, `run` steps by the shell,
 * steps of this action on the bundle with their `post` in reverse order, and outputs between jobs, without
 * those that hold a secret. Other people's actions are replaced by stand-ins. What it can't do it refuses,
 * so that no example passes for being misread.
 */
import { Artifacts } from "./artifacts.ts";
import { type Contexts, holds, textOf, workOut } from "./expressions.ts";
import type { Mapping, ParsedJob, ParsedWorkflow, Template } from "./github-parse.ts";
import {
  type JobRun,
  type JobSettings,
  refuseUnknown,
  runJob,
  type StandIn,
} from "./workflow-job.ts";

export type { Conclusion, JobRun, StandIn, StepRun } from "./workflow-job.ts";

/** The outputs of the jobs that a job needs, by job. */
export type Needs = Readonly<
  Record<string, { readonly outputs: Readonly<Record<string, string>>; readonly result: string }>
>;

/** An environment of the repository. */
export interface Environment {
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** What its reviewers do before the job may begin; they see what the jobs before it handed over. */
  readonly approve?: (needs: Needs) => void | Promise<void>;
}

/** What surrounds a workflow. */
export interface WorkflowSettings {
  readonly secrets: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  /** Of `workflow_dispatch`, over the defaults of the workflow. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly github?: Readonly<Record<string, unknown>>;
  /** `github.token`; one that no server knows when not given. */
  readonly githubToken?: string;
  /** Environment that each step gets besides its own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Outputs that other people's actions set, by `owner/name`; one that is not listed is refused. */
  readonly standIns?: Readonly<Record<string, StandIn>>;
  /** By name; a job that names another is refused. */
  readonly environments?: Readonly<Record<string, Environment>>;
  /** Folder that all jobs work in; a fresh one for each when not given. */
  readonly workspace?: string;
  /** Steps of this action run in this process (`here.ts`), not as the bundle in one of their own. */
  readonly inThisProcess?: boolean;
}

const KNOWN_KEYS = /^(name|run-name|on|concurrency|permissions|defaults)$/;
const KNOWN_JOB_KEYS =
  /^(name|needs|if|runs-on|timeout-minutes|permissions|strategy|environment|concurrency|env|outputs)$/;

/** Runs all jobs of a workflow, side by side where none needs the other. Throws on what it does not know. */
export async function runWorkflow(
  workflow: ParsedWorkflow,
  settings: WorkflowSettings,
): Promise<JobRun[]> {
  refuseUnknown("the workflow", workflow.keys, KNOWN_KEYS);
  const artifacts = new Artifacts();
  const started = new Map<string, Promise<JobRun[]>>();
  const run = (id: string): Promise<JobRun[]> => {
    const known = started.get(id);
    if (known !== undefined) {
      return known;
    }
    const job = workflow.jobs.find((candidate) => candidate.id === id);
    if (job === undefined) {
      throw new Error(`there is no job ${id}`);
    }
    const runs = Promise.all(job.needs.map(run)).then((before) =>
      runAll(job, workflow, settings, artifacts, before.flat()),
    );
    started.set(id, runs);
    return runs;
  };
  try {
    const all = await Promise.allSettled(workflow.jobs.map(({ id }) => run(id)));
    return all.flatMap((one) => {
      if (one.status === "rejected") {
        throw one.reason;
      }
      return one.value;
    });
  } finally {
    artifacts.remove();
  }
}

/** One job with all combinations of its matrix. */
async function runAll(
  job: ParsedJob,
  workflow: ParsedWorkflow,
  settings: WorkflowSettings,
  artifacts: Artifacts,
  before: readonly JobRun[],
): Promise<JobRun[]> {
  refuseUnknown(`job ${job.id}`, job.keys, KNOWN_JOB_KEYS);
  const needs: Needs = Object.fromEntries(
    before.map((run) => [run.name, { outputs: run.outputs, result: run.conclusion }]),
  );
  const github = {
    repository: "octo-org/octo-repo",
    ref_name: "main",
    event: {},
    ...settings.github,
  };
  const inputs = dispatchInputs(workflow.keys.on, settings.inputs ?? {});
  const around: Contexts = { vars: settings.vars, inputs, github, needs };
  const status = {
    failed: before.some(({ conclusion }) => conclusion === "failure"),
    skipped: before.some(({ conclusion }) => conclusion === "skipped"),
  };
  if (!holds(job.condition, around, status)) {
    return [{ name: job.id, matrix: {}, conclusion: "skipped", outputs: {}, steps: [] }];
  }
  const environment = environmentOf(job, settings, around);
  await environment.approve?.(needs);
  const secrets = { ...settings.secrets, ...environment.secrets };
  const vars = { ...settings.vars, ...environment.vars };
  const jobSettings: JobSettings = {
    secrets,
    env: settings.env ?? {},
    standIns: { ...artifacts.standIns, ...settings.standIns },
    workspace: settings.workspace,
    githubToken: settings.githubToken,
    inThisProcess: settings.inThisProcess ?? false,
    shell: textOf(at(workflow.keys.defaults, "run", "shell"), around),
  };
  const contexts = { ...around, secrets, vars };
  const one = (matrix: Record<string, unknown>): Promise<JobRun> =>
    runJob(job, jobSettings, { ...contexts, matrix });
  const all = combinations(at(job.keys.strategy, "matrix"), contexts);
  if (at(job.keys.strategy, "max-parallel") !== 1) {
    return Promise.all(all.map(one));
  }
  const runs: JobRun[] = [];
  for (const matrix of all) {
    runs.push(await one(matrix));
  }
  return runs;
}

function environmentOf(
  job: ParsedJob,
  settings: WorkflowSettings,
  contexts: Contexts,
): Environment {
  const { environment } = job.keys;
  if (environment === undefined) {
    return {};
  }
  const name = textOf(at(environment, "name") ?? environment, contexts);
  const known = settings.environments?.[name];
  if (known === undefined) {
    throw new Error(`job ${job.id}: there is no environment ${name}`);
  }
  return known;
}

/** Every combination of a matrix whose values are lists or expressions that give lists. */
function combinations(matrix: Template | undefined, contexts: Contexts): Record<string, unknown>[] {
  let all: Record<string, unknown>[] = [{}];
  for (const [key, value] of Object.entries((matrix ?? {}) as Mapping)) {
    const list = workOut(value, contexts);
    if (!Array.isArray(list) || key === "include" || key === "exclude") {
      throw new Error(`matrix.${key} is not a plain list`);
    }
    all = all.flatMap((one) => list.map((item: unknown) => ({ ...one, [key]: item })));
  }
  return all;
}

/** The inputs of a manual run: what was given over the defaults; a form that GitHub would refuse throws. */
function dispatchInputs(
  on: Template | undefined,
  given: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const declared = (at(on, "workflow_dispatch", "inputs") ?? {}) as Readonly<
    Record<string, Mapping>
  >;
  const unknown = Object.keys(given).filter((name) => declared[name] === undefined);
  const missing = Object.entries(declared).filter(
    ([name, { required, default: value }]) =>
      required === true && value === undefined && given[name] === undefined,
  );
  if (unknown.length > 0 || missing.length > 0) {
    throw new Error(`inputs unknown: ${unknown}; missing: ${missing.map(([name]) => name)}`);
  }
  const defaults = Object.entries(declared).map(([name, { default: value }]) => [
    name,
    value ?? "",
  ]);
  return { ...Object.fromEntries(defaults), ...given };
}

/** The value at a path of keys; undefined where there is none. */
function at(template: Template | undefined, ...path: readonly string[]): Template | undefined {
  return path.reduce<Template | undefined>(
    (value, key) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as Mapping)[key]
        : undefined,
    template,
  );
}
