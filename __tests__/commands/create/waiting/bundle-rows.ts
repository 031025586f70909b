/** Scenarios that run one replica to its end, each in the world of its name, as rows of a table. */
import { expect } from "@jest/globals";
import type {
  Fault,
  ReplicaPlan,
  Simulator,
  SimulatorOptions,
} from "../../../../simulator/index.ts";
import {
  checkEnd,
  errorText,
  left,
  logText,
  post,
  posts,
  start,
  worldOf,
} from "../../../support/processes.ts";

export interface Row {
  readonly plans?: readonly ReplicaPlan[];
  readonly world?: SimulatorOptions;
  readonly faults?: readonly Fault[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly outcome: string;
  readonly code?: string;
  /** What the annotation must say. */
  readonly says?: RegExp;
  /** What it must not say. */
  readonly silent?: RegExp;
  /** What the log must say. */
  readonly log?: RegExp;
  /** Someone deletes the replica after the first look that showed it. */
  readonly deleted?: true;
}

/** Runs main and post of a row, and checks all that it says. */
export async function carryOut(name: string, row: Row): Promise<void> {
  const world = { ...row.world, replicaPlans: row.plans ?? [] };
  await worldOf(name)(world, async (sim) => {
    for (const fault of row.faults ?? []) sim.fault(fault);
    if (row.deleted) removeOnceSeen(sim, 0);
    const main = await start(sim, row.inputs).finished;
    checkEnd(sim, main);
    const { outcome, error_code, vm_uuid, dashboard_url } = main.outputs;
    expect({ outcome, error_code }).toEqual({
      outcome: row.outcome,
      error_code: row.code ?? "",
    });
    expect(posts(sim)).toBe(1);
    expect(left(sim)).toHaveLength(row.deleted ? 0 : 1);
    const [replica] = sim.replicas();
    expect(vm_uuid).toBe(replica?.vmUuid);
    expect(dashboard_url).toContain(replica?.vmUuid.replaceAll("-", ""));
    if (outcome === "created") expectServing(sim, main.outputs);
    if (row.says !== undefined) expect(errorText(main)).toMatch(row.says);
    if (row.silent !== undefined) expect(errorText(main)).not.toMatch(row.silent);
    if (row.log !== undefined) expect(logText(main)).toMatch(row.log);

    const after = await post(sim, main);
    expect(after.exitCode).toBe(0);
    expect(left(sim)).toHaveLength(row.deleted ? 0 : 1);
    const word = row.deleted
      ? /was deleted by somebody else/
      : /still exists and is billed[^:]*:? .*https/;
    expect(logText(after)).toMatch(word);
  });
}

/** Someone deletes this replica after the first look. */
export function removeOnceSeen(sim: Simulator, index: number): void {
  const off = sim.on("answered", "batch", () => {
    off();
    sim.remove(sim.replicas()[index]?.vmUuid ?? "");
  });
}

/** The outputs of a step that came to a good end are those of the running replica. */
function expectServing(sim: Simulator, outputs: Readonly<Record<string, string>>): void {
  const [replica] = sim.replicas();
  expect(outputs.status).toBe("running");
  expect(outputs.instance_id).toBe(replica?.instanceId);
  expect(outputs.instance_url).toContain(`/${replica?.instanceId}-8080`);
  expect(outputs.app_url).toContain(`/${sim.appId}-8080`);
}
