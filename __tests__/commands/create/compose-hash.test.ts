/** Which `compose_hash` is sent: the API demands one as soon as the app has several live instances. */
import { describe, expect, it } from "@jest/globals";
import { Simulation, type SimulationOptions } from "../../support/simulated/simulation.ts";
import { bodiesOf, create, entriesOf, errorOf, postsOf } from "../../support/simulated-runs.ts";

/** The hash of each create request; undefined: left out. */
function sent(sim: Simulation): unknown[] {
  return bodiesOf(sim).map(({ compose_hash }) => compose_hash);
}

describe("compose_hash is not given", () => {
  it.each([
    ["one live instance", {}, [undefined, "shared", "shared"]],
    ["one live, several stopped", { stoppedInstances: 3 }, [undefined, "shared", "shared"]],
    ["several live that share it", { liveInstances: 3 }, ["shared", "shared", "shared"]],
  ] as const)("%s", async (_name, world, expected) => {
    const sim = new Simulation(world);
    const main = await create(sim, { count: "3" });
    const shared = sim.world.source.composeHash;
    expect(sent(sim)).toEqual(expected.map((hash) => (hash === "shared" ? shared : hash)));
    expect(main.runner.outputs).toMatchObject({ outcome: "created", error_code: "" });
    expect(entriesOf(main).map(({ compose_hash }) => compose_hash)).toEqual([
      shared,
      shared,
      shared,
    ]);
  });

  it("one live instance: a single create has no body at all", async () => {
    const sim = new Simulation();
    await create(sim);
    expect(postsOf(sim).map(({ body }) => body)).toEqual([""]);
  });

  it("several live ones differ: refused before any request, with hashes and instances", async () => {
    const sim = new Simulation({ liveInstances: 3, differingHashes: true });
    const main = await create(sim, { count: "2" });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "INPUT" });
    expect(postsOf(sim)).toEqual([]);
    const error = errorOf(main);
    expect(error).toMatch(/compose_hash: the app has 3 instances with different/);
    for (const { name, vmUuid, composeHash } of sim.cvms().slice(0, 3)) {
      expect(error).toContain(`${composeHash}: ${name} (${vmUuid})`);
    }
  });

  it("those that differ don't live any more: they don't count", async () => {
    const sim = new Simulation({ liveInstances: 3, differingHashes: true });
    const [, second, third] = sim.world.cvms;
    if (second !== undefined) sim.world.update(second, { status: "stopped" });
    if (third !== undefined) sim.world.remove(third);
    const main = await create(sim, { count: "2" });
    expect(main.runner.outputs.outcome).toBe("created");
    expect(sent(sim)).toEqual([undefined, sim.world.source.composeHash]);
  });

  describe("the list can't be read", () => {
    const forbidden = {
      kind: "status",
      when: "before",
      status: 403,
      times: "always",
    } as const;

    it("the source's own route tells the hash, from the second request on", async () => {
      const sim = new Simulation();
      sim.fault({ route: "list", ...forbidden });
      const main = await create(sim, { count: "2" });
      expect(sent(sim)).toEqual([undefined, sim.world.source.composeHash]);
      expect(main.runner.outputs).toMatchObject({ outcome: "created", error_code: "" });
      expect(sim.replicas()).toHaveLength(2);
      expect(sim.timesOf("cvm")).toHaveLength(1);
    });

    it.each([
      ["one replica", {}],
      ["a hash that is given", { count: "2", compose_hash: "source" }],
    ] as const)("%s: nothing more is read", async (_name, inputs) => {
      const sim = new Simulation();
      sim.fault({ route: "list", ...forbidden });
      const hash = "compose_hash" in inputs ? { compose_hash: sim.world.source.composeHash } : {};
      const main = await create(sim, { ...inputs, ...hash });
      expect(main.runner.outputs.outcome).toBe("created");
      expect(sim.timesOf("cvm")).toEqual([]);
    });

    it("nor the source: what the API then demands is explained", async () => {
      const sim = new Simulation();
      sim.fault({ route: "list", ...forbidden });
      sim.fault({ route: "cvm", ...forbidden });
      const main = await create(sim, { count: "2" });
      expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "ERR-03-009" });
      expect(errorOf(main)).toMatch(/give compose_hash/);
      expect(sim.replicas()).toHaveLength(1);
      // Nobody could look, so nobody says that nothing was made.
      expect(errorOf(main)).not.toMatch(/was not created|[Nn]othing was created/);
      expect(errorOf(main)).toMatch(/could not be listed before the request.*: look at https:/);
    });
  });
});

describe("compose_hash is given", () => {
  it.each<[string, SimulationOptions]>([
    ["one live instance", {}],
    ["several that share it", { liveInstances: 2 }],
    ["several that differ", { liveInstances: 3, differingHashes: true }],
  ])("it is sent with every request: %s", async (_name, world) => {
    const sim = new Simulation(world);
    const hash = sim.world.cvms[(world.liveInstances ?? 1) - 1]?.composeHash ?? "";
    const main = await create(sim, { count: "2", compose_hash: `0x${hash.toUpperCase()}` });
    expect(sent(sim)).toEqual([hash, hash]);
    expect(main.runner.outputs.outcome).toBe("created");
    expect(sim.replicas().map(({ composeHash }) => composeHash)).toEqual([hash, hash]);
  });

  it("one that the app does not know is refused by the API, once a request", async () => {
    const sim = new Simulation();
    const main = await create(sim, { compose_hash: "ab".repeat(32) });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "ERR-02-008" });
    expect(postsOf(sim)).toHaveLength(1);
  });
});

describe("a lost answer is judged by the hash that the replica must carry, sent or not", () => {
  it.each([1, 2])("request %i", async (nth) => {
    const sim = new Simulation();
    sim.fault({ route: "create", nth, kind: "drop", when: "before" });
    sim.on("before-work", "create", ({ request }) => {
      if (request === postsOf(sim)[nth - 1]) sim.addStranger({ composeHash: "cd".repeat(32) });
    });
    const main = await create(sim, { count: "2" });
    expect(main.runner.outputs.error_code).toBe("AMBIGUOUS");
    expect(entriesOf(main)[nth - 1]).toMatchObject({ outcome: "failed", vm_uuid: null });
  });
});
