/** What a rollout of fifty instances costs in requests, in simulated time: no machine's noise is in it. */
import { Simulation } from "../../__tests__/support/simulated/simulation.ts";

export const INSTANCES = 50;
export const SHARE = "20%";
/** Time of one update, the boot included, in ms. */
export const UPDATE_MS = 180_000;

export interface RolloutRow {
  readonly pollSeconds: number;
  /** Requests of each kind. */
  readonly redeploys: number;
  readonly lists: number;
  readonly others: number;
  /** How long the app's instances needed, and the step, in simulated seconds. */
  readonly seconds: number;
}

export async function rollout(): Promise<readonly RolloutRow[]> {
  const rows: RolloutRow[] = [];
  for (const pollSeconds of [2, 10]) rows.push(await once(pollSeconds));
  return rows;
}

async function once(pollSeconds: number): Promise<RolloutRow> {
  const sim = new Simulation({ liveInstances: INSTANCES, updateMs: UPDATE_MS });
  const { source, revisions } = sim.world;
  const at = sim.world.now() - 3_600_000;
  source.composeHash = "77ab".repeat(16);
  source.booted = [...source.booted, { at, composeHash: source.composeHash }];
  revisions.note(source, "update", at);
  const inputs = {
    source: source.vmUuid,
    max_unavailable: SHARE,
    poll_interval: `${pollSeconds}s`,
  };
  const { exitCode, tookMs, runner } = await sim.start(inputs, "rollout").finished;
  if (exitCode !== 0) throw new Error(`the rollout is ${runner.outputs.outcome}`);
  const on = (route: string) => sim.requests.filter((one) => one.route === route).length;
  const [redeploys, lists] = [on("redeploy"), on("list")];
  const others = sim.requests.length - redeploys - lists;
  return { pollSeconds, redeploys, lists, others, seconds: Math.round(tookMs / 1_000) };
}
