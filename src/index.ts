import process from "node:process";
import { realClock } from "./action/clock.ts";
import type { Edges } from "./action/edges.ts";
import { GithubRunner } from "./action/runner.ts";
import { cancelOnSignals, carryOnDespiteSignals } from "./action/signals.ts";
import { run } from "./commands/create.ts";
import { stateByName } from "./fleet/state-by-name.ts";
import { createTransport } from "./net/http.ts";
import { USER_AGENT } from "./text/version.ts";

/** The real world for the action's logic. */
function realEdges(cancel: AbortSignal): Edges {
  return {
    env: process.env,
    clock: realClock,
    transport: createTransport(USER_AGENT, process.env),
    random: Math.random,
    runner: new GithubRunner(process.env, stateByName),
    trustRoot: async () => (await import("./attest/root.ts")).INTEL_SGX_ROOT_CA,
    cancel,
  };
}

/** The action's main step. */
export async function main(): Promise<void> {
  process.exitCode = await run(realEdges(cancelOnSignals()));
}

/** The main step of the action verify. */
export async function verify(): Promise<void> {
  const [{ runCommand }, { verifyCommand }] = await Promise.all([
    import("./commands/run.ts"),
    import("./commands/verify.ts"),
  ]);
  process.exitCode = await runCommand(realEdges(cancelOnSignals()), verifyCommand);
}

/** The action's post step, which the runner starts at the end of the job, even after main was killed. */
export async function post(): Promise<void> {
  const edges = realEdges(carryOnDespiteSignals());
  const { runPost } = await import("./commands/post.ts");
  process.exitCode = await runPost(edges);
}

/** The main step of `delete`; its code is loaded only there. */
export async function deletion(): Promise<void> {
  const [{ runCommand }, { deleteCommand }] = await Promise.all([
    import("./commands/run.ts"),
    import("./commands/delete.ts"),
  ]);
  process.exitCode = await runCommand(realEdges(cancelOnSignals()), deleteCommand);
}

/** The post step of `delete`. */
export async function deletionPost(): Promise<void> {
  const { runDeletePost } = await import("./commands/delete-post.ts");
  process.exitCode = await runDeletePost(realEdges(carryOnDespiteSignals()));
}

/** The main step of `rollout`; its code is loaded only there. */
export async function rollout(): Promise<void> {
  const [{ runCommand }, { rolloutCommand }] = await Promise.all([
    import("./commands/run.ts"),
    import("./commands/rollout.ts"),
  ]);
  process.exitCode = await runCommand(realEdges(cancelOnSignals()), rolloutCommand());
}

/** The post step of `rollout`. */
export async function rolloutPost(): Promise<void> {
  const { runRolloutPost } = await import("./commands/rollout-post.ts");
  process.exitCode = await runRolloutPost(realEdges(carryOnDespiteSignals()));
}
