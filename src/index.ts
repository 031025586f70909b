import process from "node:process";
import type { Edges } from "./edges.ts";
import { createTransport } from "./phala/http.ts";
import { runPost } from "./post-run.ts";
import { run } from "./run.ts";
import { cancelOnSignals, carryOnDespiteSignals } from "./runner/cancel.ts";
import { realClock } from "./runner/clock.ts";
import { GithubRunner } from "./runner/github.ts";
import { USER_AGENT } from "./version.ts";

/** The real world for the action's logic. */
function realEdges(cancel: AbortSignal): Edges {
  return {
    env: process.env,
    clock: realClock,
    transport: createTransport(USER_AGENT, process.env),
    random: Math.random,
    runner: new GithubRunner(process.env),
    cancel,
  };
}

/** The action's main step. */
export async function main(): Promise<void> {
  process.exitCode = await run(realEdges(cancelOnSignals()));
}

/** The action's post step, which the runner starts at the end of the job, even after main was killed. */
export async function post(): Promise<void> {
  process.exitCode = await runPost(realEdges(carryOnDespiteSignals()));
}
