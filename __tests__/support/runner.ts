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
import { createStepFolder, jobEnvironment, QUICKER, type StepFolder } from "./runner/folder.ts";
import { Lines } from "./runner/lines.ts";
import { StepLog } from "./runner/log.ts";
import { readManifest, resolveInputs } from "./runner/manifest.ts";
import type { RunningStep, StepOptions, StepResult } from "./runner/step.ts";
import { JOB_TOKEN, leaksOf } from "./secrecy.ts";

export type { Annotation, LogLine } from "./runner/log.ts";
export { outputsForOtherJobs } from "./runner/masks.ts";
export type { RunningStep, StepOptions, StepResult } from "./runner/step.ts";

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
  if (options.api?.apiUrl.includes(".simulated.invalid")) {
    throw new Error("There is no server in simulated time: run this step by either.ts.");
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
    ...QUICKER,
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
