/** The action's main program in this process, on real sockets and in real time: for what many servers may answer. */
import { realClock } from "../../src/action/clock.ts";
import { run } from "../../src/commands/create.ts";
import { createTransport } from "../../src/net/http.ts";
import { USER_AGENT } from "../../src/text/version.ts";
import { REPOSITORY } from "./repository.ts";
import { readManifest, resolveInputs } from "./runner/manifest.ts";
import type { StepOptions, StepResult } from "./runner.ts";
import { MemoryRunner } from "./simulated/runner.ts";
import { leftBy } from "./simulated-cloud.ts";

/** Runs the main program of create to its end. */
export async function runHere(
  api: NonNullable<StepOptions["api"]>,
  inputs: Readonly<Record<string, string>>,
): Promise<StepResult> {
  const access = { api_url: api.apiUrl, api_key: api.apiKey };
  const { env } = resolveInputs(readManifest(REPOSITORY), { ...access, ...inputs }, "");
  const runner = new MemoryRunner(Date.now);
  const exitCode = await run({
    env,
    runner,
    clock: realClock,
    transport: createTransport(USER_AGENT, {}),
    random: Math.random,
    trustRoot: () => Promise.reject(new Error("nothing is verified here")),
    cancel: new AbortController().signal,
  });
  return leftBy({ exitCode, runner, env }, api);
}
