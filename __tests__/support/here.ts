/**
 * A step in this process, on real sockets and in real time: what a server says and what a workflow makes of a step are
 * the same here, and that the bundle does it too is shown beside it by samples.
 */
import { join } from "node:path";
import { realClock } from "../../src/action/clock.ts";
import { createTransport } from "../../src/net/http.ts";
import { USER_AGENT } from "../../src/text/version.ts";
import { REPOSITORY } from "./repository.ts";
import { JOB } from "./runner/folder.ts";
import { type JobStatus, readManifest, resolveInputs } from "./runner/manifest.ts";
import type { StepOptions, StepResult } from "./runner.ts";
import { JOB_TOKEN, leaksOf } from "./secrecy.ts";
import { type CommandName, PROGRAMS } from "./simulated/programs.ts";
import { MemoryRunner } from "./simulated/runner.ts";
import { leftBy } from "./simulated-cloud.ts";

/** Runs the main program of a step to its end. */
export function runHere(options: StepOptions): Promise<StepResult> {
  return run(options, "main", {});
}

/** Runs the `post` program of a step that ran here. */
export function runPostHere(main: StepResult, jobStatus: JobStatus): Promise<StepResult> {
  return run({ ...main.options, jobStatus }, "post", main.state);
}

async function run(
  options: StepOptions,
  phase: "main" | "post",
  state: Readonly<Record<string, string>>,
): Promise<StepResult> {
  const { api, command = "", githubToken = JOB_TOKEN, jobStatus } = options;
  const access = api && { api_url: api.apiUrl, api_key: api.apiKey };
  const manifest = readManifest(join(REPOSITORY, command));
  const inputs = resolveInputs(manifest, { ...access, ...options.inputs }, githubToken, jobStatus);
  const env = { ...JOB, ...inputs.env, ...options.env };
  const runner = new MemoryRunner(Date.now, state);
  const program = PROGRAMS[(command || "create") as CommandName][phase];
  const exitCode = await program({
    env,
    runner,
    clock: realClock,
    transport: createTransport(USER_AGENT, env),
    random: Math.random,
    trustRoot: async () => (await import("../../src/attest/root.ts")).INTEL_SGX_ROOT_CA,
    cancel: new AbortController().signal,
  });
  const left = { ...leftBy({ exitCode, runner, env: inputs.env }, api), options };
  const leaks = leaksOf(left);
  if (leaks.length > 0) throw new Error(`The step leaked a secret: ${leaks.join(", ")}.`);
  return left;
}
