/** Runs the steps of one job: on a machine of its own, in order, then each `post` in reverse order. */
import { type Contexts, holds, textOf, textsOf } from "./expressions.ts";
import type { Mapping, ParsedJob, ParsedStep, Template } from "./github-parse.ts";
import { runHere, runPostHere } from "./here.ts";
import { ACTION_NAME } from "./readme.ts";
import { hasPost, outputsForOtherJobs, runPost, runStep, type StepResult } from "./runner.ts";
import { Machine } from "./shell.ts";

/** Does what another action would: gives its outputs, or works in the job's folder. */
export type StandIn =
  | Readonly<Record<string, string>>
  | ((
      inputs: Readonly<Record<string, string>>,
      machine: Pick<Machine, "workspace">,
    ) => Readonly<Record<string, string>>);

export type Conclusion = "success" | "failure" | "skipped";

/** What became of a step. */
export interface StepRun {
  readonly keys: Mapping;
  /** What the step itself came to; `continue-on-error` turns a failure into the conclusion `success`. */
  readonly outcome: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  /** Log of a `run` step. */
  readonly log: string;
  /** Of a `run` step. */
  readonly summary: string;
  /** For a step of this action: its main program and its `post`. */
  readonly main?: StepResult;
  post?: StepResult;
}

/** What became of a job; one for each combination of its matrix. */
export interface JobRun {
  readonly name: string;
  readonly matrix: Readonly<Record<string, unknown>>;
  readonly conclusion: Conclusion;
  /** Without those in which the runner finds a secret. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepRun[];
}

/** What a job gets from around it. */
export interface JobSettings {
  readonly secrets: Readonly<Record<string, string>>;
  /** Environment that each step gets besides its own. */
  readonly env: Readonly<Record<string, string>>;
  /** By `owner/name`; an action that is not listed is refused. */
  readonly standIns: Readonly<Record<string, StandIn>>;
  /** Folder to work in; a fresh one when not given. */
  readonly workspace?: string | undefined;
  readonly githubToken?: string | undefined;
  /** The shell of `defaults.run`. */
  readonly shell: string;
  /** Steps of this action run in this process, not as the bundle in one of their own. */
  readonly inThisProcess: boolean;
}

const KNOWN_STEP_KEYS = /^(id|name|uses|run|if|with|env|shell|continue-on-error|timeout-minutes)$/;

/** Runs a job to its end, background processes included. Throws on what it does not know. */
export async function runJob(
  job: ParsedJob,
  settings: JobSettings,
  contexts: Contexts & { readonly matrix: Record<string, unknown> },
): Promise<JobRun> {
  const machine = new Machine(settings.workspace);
  try {
    return await new Job(job, settings, contexts, machine).run();
  } finally {
    machine.remove();
  }
}

class Job {
  readonly #job: ParsedJob;
  readonly #settings: JobSettings;
  readonly #contexts: Contexts & { readonly matrix: Record<string, unknown> };
  readonly #machine: Machine;
  /** The context `steps`. */
  readonly #seen: Record<string, unknown> = {};
  readonly #masks: Set<string>;
  #failed = false;

  constructor(
    job: ParsedJob,
    settings: JobSettings,
    contexts: Contexts & { readonly matrix: Record<string, unknown> },
    machine: Machine,
  ) {
    this.#job = job;
    this.#settings = settings;
    this.#contexts = contexts;
    this.#machine = machine;
    this.#masks = new Set(Object.values(settings.secrets));
  }

  async run(): Promise<JobRun> {
    const steps: StepRun[] = [];
    for (const step of this.#job.steps) {
      const run = await this.#step(step);
      steps.push(run);
      const forgiven = run.outcome === "failure" && step.keys["continue-on-error"] === true;
      this.#failed ||= run.outcome === "failure" && !forgiven;
      if (typeof step.keys.id === "string") {
        const { outputs, outcome } = run;
        const conclusion = forgiven ? "success" : outcome;
        this.#seen[step.keys.id] = { outputs, outcome, conclusion };
      }
      for (const mask of run.main?.masks ?? []) {
        this.#masks.add(mask);
      }
    }
    for (const run of steps.toReversed()) {
      if (run.main !== undefined && hasPost(run.main)) {
        const jobStatus = this.#failed ? "failure" : "success";
        run.post = this.#settings.inThisProcess
          ? await runPostHere(run.main, jobStatus)
          : await runPost(run.main, { jobStatus });
        this.#failed ||= run.post.exitCode !== 0;
      }
    }
    const outputs = textsOf(this.#job.keys.outputs, this.#here());
    return {
      name: this.#job.id,
      matrix: this.#contexts.matrix,
      conclusion: this.#failed ? "failure" : "success",
      outputs: outputsForOtherJobs(outputs, [...this.#masks]),
      steps,
    };
  }

  #here(): Contexts {
    return { ...this.#contexts, steps: this.#seen, runner: { temp: this.#machine.temp } };
  }

  async #step({ keys, condition }: ParsedStep): Promise<StepRun> {
    refuseUnknown(`step ${keys.name ?? keys.id ?? ""}`, keys, KNOWN_STEP_KEYS);
    const contexts = this.#here();
    const nothing = { keys, outputs: {}, log: "", summary: "" };
    if (!holds(condition, contexts, { failed: this.#failed })) {
      return { ...nothing, outcome: "skipped" };
    }
    const jobEnv = textsOf(this.#job.keys.env, contexts);
    const env = { ...this.#settings.env, ...jobEnv, ...textsOf(keys.env, contexts) };
    if (keys.run !== undefined) {
      const shell = textOf(keys.shell, contexts) || this.#settings.shell;
      const { exitCode, ...left } = await this.#machine.run(textOf(keys.run, contexts), env, shell);
      return { keys, ...left, outcome: exitCode === 0 ? "success" : "failure" };
    }
    const inputs = textsOf(keys.with, contexts);
    const [action = ""] = textOf(keys.uses, contexts).split("@");
    const [, command] = new RegExp(`^(?:${ACTION_NAME}|\\.)(?:/(\\w*))?$`).exec(action) ?? [];
    if (action === ACTION_NAME || command !== undefined) {
      const secrets = Object.values(this.#settings.secrets);
      const { githubToken, inThisProcess } = this.#settings;
      const main = await (inThisProcess ? runHere : runStep)({
        inputs,
        env,
        secrets,
        cwd: this.#machine.workspace,
        ...(githubToken !== undefined && { githubToken }),
        ...(command && { command }),
      });
      const outcome = main.exitCode === 0 ? "success" : "failure";
      return { ...nothing, outcome, outputs: main.outputs, log: main.stdout, main };
    }
    const standIn = this.#settings.standIns[action];
    if (standIn === undefined) {
      throw new Error(`no stand-in for ${action}`);
    }
    const outputs = typeof standIn === "function" ? standIn(inputs, this.#machine) : standIn;
    return { ...nothing, outcome: "success", outputs };
  }
}

/** Throws when a job or step has a key that nobody here knows how to follow. */
export function refuseUnknown(
  what: string,
  keys: Readonly<Record<string, Template>>,
  known: RegExp,
): void {
  const unknown = Object.keys(keys).filter((key) => !known.test(key));
  if (unknown.length > 0) {
    throw new Error(`${what}: no idea how to run ${unknown.join(", ")}`);
  }
}
