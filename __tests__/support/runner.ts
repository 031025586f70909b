/**
 * Runs one step that uses this action as GitHub's runner does: the committed bundle, alone in an empty
 * folder, on Node 24, told everything by environment variables and answering by files, the log and its
 * exit code. Used by the tests and by `script/demo`.
 *
 *     const main = await runStep({ api: sim, inputs: { app_id: sim.appId, vm_uuid: sim.vmUuid } });
 *     const post = await runPost(main);
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "./repository.ts";
import { parseFileValues } from "./runner/files.ts";
import { createStepFolder, jobEnvironment, type StepFolder } from "./runner/folder.ts";
import { Lines } from "./runner/lines.ts";
import { type Annotation, type LogLine, StepLog } from "./runner/log.ts";
import { type JobStatus, readManifest, resolveInputs } from "./runner/manifest.ts";
import { JOB_TOKEN, leaksOf } from "./secrecy.ts";

export type { Annotation, LogLine } from "./runner/log.ts";
export { outputsForOtherJobs } from "./runner/masks.ts";

/** How a step is run. */
export interface StepOptions {
  /** The step's `with`. Defaults are filled in from `action.yml`; unknown names are passed on, with a warning. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Environment of the step, over the runner's own; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A server to talk to: sets the inputs `api_url` and `api_key` where `inputs` does not. */
  readonly api?: { readonly apiUrl: string; readonly apiKey: string };
  /** Working folder (`GITHUB_WORKSPACE`); a fresh one when not given. */
  readonly cwd?: string;
  /** Folder that holds `action.yml` and `dist`; this repository when not given. */
  readonly action?: string;
  /** Another action of the repository, by the name of its folder, such as `delete`. */
  readonly command?: string;
  /** The job's status by the time that this program runs. Default `success`. */
  readonly jobStatus?: JobStatus;
  /** Debug logging, as with the secret `ACTIONS_STEP_DEBUG`. */
  readonly debug?: boolean;
  /** Values that the runner knows as secrets before the step starts (the `secrets` context). */
  readonly secrets?: readonly string[];
  /** `github.token`. Known as a secret. */
  readonly githubToken?: string;
  /**
   * The step prints or hands on a secret on purpose. Without this every step of every test is searched for
   * its key, its tokens and its planted secrets, in clear and encoded, and the run fails where one stands.
   */
  readonly mayLeak?: boolean;
  /** Called with each raw line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void;
  /** Called with each line of the log as a user sees it, as it comes. */
  readonly onLog?: (line: LogLine) => void;
  /** Milliseconds after which a hanging step is killed and `finished` rejects. 240,000 when not given. */
  readonly timeoutMs?: number;
}

/** What a step left behind. */
export interface StepResult {
  /** Null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Exactly as written: nothing hidden. */
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  /** `GITHUB_ENV`: what later steps would get. */
  readonly exported: Readonly<Record<string, string>>;
  /** Markdown of the job summary, exactly as written. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
  /** Everything registered by `::add-mask::`. */
  readonly masks: readonly string[];
  /** The log as a user sees it. */
  readonly log: readonly LogLine[];
  /** Files left in home, temp and working folder, by relative path, as text. */
  readonly written: Readonly<Record<string, string>>;
  /** How the step was run, for `runPost`. */
  readonly options: StepOptions;
}

/** A step under way. */
export interface RunningStep {
  readonly pid: number;
  /** Sends a signal to the step's process. False when it has ended. */
  kill(signal: NodeJS.Signals): boolean;
  /**
   * Resolves with the first raw line, past or future, that matches.
   * Rejects when the step ends without one (so does a timeout).
   */
  line(pattern: RegExp | string): Promise<string>;
  /** Resolves when the process has ended and its output was read. Rejects on timeout, with the log. */
  readonly finished: Promise<StepResult>;
}

/** Runs the main program of a step to its end. */
export function runStep(options: StepOptions = {}): Promise<StepResult> {
  return startStep(options).finished;
}

/** Runs the `post` program of a step: same inputs, and the state that main saved. */
export function runPost(previous: StepResult, over: StepOptions = {}): Promise<StepResult> {
  return startPost(previous, over).finished;
}

/** Whether the action of a step has a `post` program. */
export function hasPost({ options }: Pick<StepResult, "options">): boolean {
  const { action = REPOSITORY, command = "" } = options;
  return readManifest(join(action, command)).runs.post !== undefined;
}

/** Like `runPost`, but returns at once. `over` replaces single options of the main step. */
export function startPost(previous: StepResult, over: StepOptions = {}): RunningStep {
  const options = { ...previous.options, ...over };
  const state = Object.entries(previous.state).map(([name, value]) => [`STATE_${name}`, value]);
  return start(options, "post", Object.fromEntries(state), previous.masks);
}

/** Starts the main program of a step. */
export function startStep(options: StepOptions = {}): RunningStep {
  return start(options, "main", {}, []);
}

function start(
  options: StepOptions,
  phase: "main" | "post",
  state: Readonly<Record<string, string>>,
  knownMasks: readonly string[],
): RunningStep {
  if (!process.versions.node.startsWith("24.")) {
    throw new Error(`The action runs on Node 24, and this is ${process.versions.node}.`);
  }
  const action = options.action ?? REPOSITORY;
  const manifest = readManifest(join(action, options.command ?? ""));
  const program = phase === "main" ? manifest.runs.main : manifest.runs.post;
  if (program === undefined || !["always()", undefined].includes(manifest.runs["post-if"])) {
    throw new Error("action.yml has no post program that always runs.");
  }
  const githubToken = options.githubToken ?? JOB_TOKEN;
  const given = {
    ...(options.api && { api_url: options.api.apiUrl, api_key: options.api.apiKey }),
    ...options.inputs,
  };
  const inputs = resolveInputs(manifest, given, githubToken, options.jobStatus);
  const log = new StepLog(options.debug ?? false, options.onLog);
  for (const secret of [githubToken, ...(options.secrets ?? []), ...knownMasks]) {
    log.masks.add(secret);
  }
  for (const warning of phase === "main" ? inputs.warnings : []) {
    log.complain("warning", warning);
  }
  const folder = createStepFolder(action, options.cwd, options.command);
  const env: Record<string, string | undefined> = {
    ...jobEnvironment(folder),
    ...(options.debug === true && { RUNNER_DEBUG: "1" }),
    ...inputs.env,
    ...state,
    ...options.env,
  };
  const child = spawn(process.execPath, [join(folder.action, options.command ?? "", program)], {
    cwd: folder.workspace,
    env: env as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return follow(child, log, folder, options);
}

function follow(
  child: ChildProcess,
  log: StepLog,
  folder: StepFolder,
  options: StepOptions,
): RunningStep {
  const raw: string[] = [];
  const waiting = new Set<() => void>();
  const take = (line: string): void => {
    raw.push(line);
    log.take(line);
    options.onLine?.(line);
    for (const look of waiting) {
      look();
    }
  };
  const stdout = new Lines(child.stdout, take);
  const stderr = new Lines(child.stderr, take);
  let ended = false;
  const exit = new Promise<[number | null, NodeJS.Signals | null]>((done, fail) => {
    const limit = options.timeoutMs ?? 240_000;
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail(new Error(`The step did not end within ${limit} ms. Its log:\n${raw.join("\n")}`));
    }, limit);
    child.once("error", fail);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      stdout.end();
      stderr.end();
      ended = true;
      for (const look of waiting) {
        look();
      }
      done([code, signal]);
    });
  });
  const finished = exit
    .then(([exitCode, signal]): StepResult => {
      const output = parseFileValues(folder.read("output"));
      const state = parseFileValues(folder.read("state"));
      const exported = parseFileValues(folder.read("env"));
      for (const [file, { fault }] of Object.entries({ output, state, env: exported })) {
        if (fault !== undefined) {
          log.complain("error", `Unable to process file command '${file}' successfully. ${fault}`);
        }
      }
      const result: StepResult = {
        exitCode,
        signal,
        stdout: stdout.text,
        stderr: stderr.text,
        outputs: output.values,
        state: state.values,
        exported: exported.values,
        summary: folder.read("step_summary"),
        annotations: log.annotations,
        masks: log.masks.secrets,
        log: log.lines,
        written: folder.written(),
        options,
      };
      const leaks = options.mayLeak === true ? [] : leaksOf(result);
      if (leaks.length > 0) throw new Error(`The step leaked a secret: ${leaks.join(", ")}.`);
      return result;
    })
    .finally(() => folder.remove());
  // Whoever only waits for a line must not see the process end on this promise's rejection.
  finished.catch(() => undefined);
  return {
    pid: child.pid ?? -1,
    kill: (signal) => !ended && child.kill(signal),
    line: (pattern) =>
      new Promise((found, fail) => {
        const matches = (line: string): boolean =>
          typeof pattern === "string" ? line.includes(pattern) : line.search(pattern) >= 0;
        const look = (): void => {
          const line = raw.find(matches);
          if (line !== undefined) {
            waiting.delete(look);
            found(line);
          } else if (ended) {
            waiting.delete(look);
            fail(new Error(`The step ended without ${pattern}. Its log:\n${raw.join("\n")}`));
          }
        };
        waiting.add(look);
        look();
      }),
    finished,
  };
}
