/** An app whose instances are on two revisions, and the requests that move them. */
import type { Simulator, SimulatorOptions } from "../../simulator/index.ts";
import { call, manualClock, type Reply, start } from "./helpers.ts";

export const OTHER = "cd".repeat(32);

export interface Stage {
  readonly sim: Simulator;
  readonly advance: (ms: number) => void;
  /** The instance that is on another revision than the source. */
  readonly uuid: string;
}

/** A source, and an instance on a revision of its own. */
export async function stage(options: SimulatorOptions = {}): Promise<Stage> {
  const clock = manualClock();
  const sim = await start({ now: clock.now, updateMs: 10_000, ...options });
  const { vmUuid } = sim.addStranger({
    composeHash: OTHER,
    name: "other-rev",
    plan: { bootMs: 0 },
  });
  return { sim, advance: clock.advance, uuid: vmUuid };
}

export async function revisionOf(sim: Simulator, hash: string): Promise<string> {
  const { body } = await call(sim, "GET", `/apps/${sim.appId}/revisions`);
  return body.revisions.find((row: { compose_hash: string }) => row.compose_hash === hash)
    .revision_id;
}

export async function redeploy(
  stage: Stage,
  hash: string,
  body?: unknown,
  query = "",
): Promise<Reply> {
  const id = await revisionOf(stage.sim, hash);
  const path = `/apps/${stage.sim.appId}/revisions/${id}/redeploy${query}`;
  return call(stage.sim, "POST", path, body === undefined ? {} : { body });
}

export async function row({ sim, uuid }: Stage): Promise<unknown[]> {
  const { body } = await call(sim, "GET", `/cvms/${uuid}`);
  return [body.compose_hash, body.status, body.in_progress];
}
