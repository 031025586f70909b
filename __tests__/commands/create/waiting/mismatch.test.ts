/** What was made is not what was asked for: never green without a word. */
import { describe, expect, it, jest } from "@jest/globals";
import type { ReplicaPlan } from "../../../../simulator/core.ts";
import { Simulation, type SimulationOptions } from "../../../support/simulated/simulation.ts";
import { checkMain, errorOf, left, replicasOf, SECOND } from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const OTHER = "b2".repeat(32);

function world(plan: ReplicaPlan, more: SimulationOptions = {}): Simulation {
  return new Simulation({ bootMs: 4 * SECOND, ...more, replicaPlans: [plan] });
}

/** Node 26 is asked for by number, and 31 is where it goes. */
const NODES = [
  { id: 26, name: "sim-prod9" },
  { id: 31, name: "sim-prod5" },
];

async function run(sim: Simulation, inputs: Readonly<Record<string, string>>) {
  const main = await sim.main(inputs);
  checkMain(sim, main);
  return main;
}

describe("another revision", () => {
  it.each([{}, { "0x": true }])("is red, names both, and keeps its outputs (%j)", async (form) => {
    const sim = world({ madeWithHash: OTHER });
    const asked = sim.world.source.composeHash;
    const compose_hash = "0x" in form ? `0x${asked.toUpperCase()}` : asked;
    const main = await run(sim, { compose_hash, cleanup: "on_failure" });
    expect(main.runner.outputs).toMatchObject({
      outcome: "failed",
      error_code: "MISMATCH",
      vm_uuid: sim.replica(0).vmUuid,
      status: "running",
    });
    const text = errorOf(main);
    for (const word of [asked, OTHER, sim.replica(0).name, "https://cloud.phala.com"])
      expect(text).toContain(word);
    expect(replicasOf(main.runner.outputs)).toMatchObject([
      { outcome: "failed", compose_hash: OTHER, error: expect.stringContaining(OTHER) },
    ]);
    expect(left(sim)).toHaveLength(1);
  });

  it("that the action chose itself, since several instances live, counts as asked for", async () => {
    const sim = world({ madeWithHash: OTHER }, { liveInstances: 2 });
    const main = await run(sim, {});
    expect(main.runner.outputs.error_code).toBe("MISMATCH");
  });

  it("that nobody asked for contradicts nothing", async () => {
    const main = await run(world({ madeWithHash: OTHER }), {});
    expect(main.runner.outputs).toMatchObject({ outcome: "created", error_code: "" });
  });

  it("a row without a hash contradicts nothing", async () => {
    const sim = world({ madeWithHash: "" });
    const main = await run(sim, { compose_hash: sim.world.source.composeHash });
    expect(main.runner.outputs).toMatchObject({ outcome: "created", error_code: "" });
  });

  it("of one of three: the others are good", async () => {
    const sim = world({ madeWithHash: OTHER });
    const main = await run(sim, { compose_hash: sim.world.source.composeHash, count: "3" });
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "MISMATCH" });
    expect(replicasOf(main.runner.outputs).map(({ outcome }) => outcome)).toEqual([
      "failed",
      "created",
      "created",
    ]);
  });

  it("its health is not asked", async () => {
    const sim = world({ madeWithHash: OTHER });
    await run(sim, { compose_hash: sim.world.source.composeHash, health_check: "/" });
    expect(sim.gatewayRequests).toEqual([]);
  });
});

describe("another node", () => {
  it.each([
    ["by its number", "26", {}],
    ["by its name", "SIM-prod9", {}],
    ["without waiting: the create answer tells it", "26", { wait: "false" }],
  ])("asked for %s: red, and names both", async (_name, node_id, more) => {
    const sim = world({ madeOnNode: 31 }, { nodes: NODES });
    const main = await run(sim, { node_id, ...more });
    expect(main.runner.outputs).toMatchObject({
      outcome: "failed",
      error_code: "MISMATCH",
      vm_uuid: sim.replica(0).vmUuid,
      teepod_id: "31",
    });
    expect(errorOf(main)).toMatch(/node asked for: .*26.*found: sim-prod5 \(31\)/);
    expect(sim.timesOf("batch")).toEqual([]);
  });

  it("as its row tells it, where the create answer says nothing of a node", async () => {
    // The same seed makes the same replica, so its UUID can be told before.
    const rehearsal = world({ madeOnNode: 31 }, { nodes: NODES });
    await run(rehearsal, { node_id: "26" });
    const { id, name, vmUuid } = rehearsal.replica(0);
    const sim = world({ madeOnNode: 31 }, { nodes: NODES });
    const body = JSON.stringify({ id, name, status: "starting", vm_uuid: vmUuid });
    sim.fault({ route: "create", kind: "status", when: "after", status: 200, body });
    const main = await run(sim, { node_id: "26" });
    expect(main.runner.outputs).toMatchObject({
      vm_uuid: sim.replica(0).vmUuid,
      status: "running",
    });
    expect(main.runner.outputs.error_code).toBe("MISMATCH");
  });

  it("than the source's, where none was asked for, is as it should be", async () => {
    const main = await run(world({ madeOnNode: 31 }, { nodes: NODES }), {});
    expect(main.runner.outputs).toMatchObject({ outcome: "created", teepod_id: "31" });
  });

  it("has its ttl all the same", async () => {
    const sim = world({ madeOnNode: 31 }, { nodes: NODES });
    await run(sim, { node_id: "26", ttl: "2h" });
    expect(sim.replicas()[0]?.scheduledDeleteAt).not.toBeNull();
  });
});
