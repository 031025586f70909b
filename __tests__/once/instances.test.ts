/** `instances`: how many live instances there shall be, counted before anything is created. */
import { describe, expect, it } from "@jest/globals";
import { Simulation, type SimulationOptions } from "../support/simulated/simulation.ts";
import { create, entriesOf, errorOf, existing, logOf, postsOf, SECOND } from "./simulated.ts";

describe("instances creates what is missing and never removes", () => {
  it.each<[string, SimulationOptions, number, number, string]>([
    ["the source alone is enough", {}, 1, 0, "unchanged"],
    ["one more", {}, 2, 1, "created"],
    ["two more", {}, 3, 2, "created"],
    ["just enough", { liveInstances: 3 }, 3, 0, "unchanged"],
    ["more than enough", { liveInstances: 5 }, 3, 0, "unchanged"],
    ["stopped ones don't count", { liveInstances: 2, stoppedInstances: 4 }, 3, 1, "created"],
    [
      "more than enough, of different revisions",
      { liveInstances: 3, differingHashes: true },
      2,
      0,
      "unchanged",
    ],
    [
      "statuses in capitals",
      { liveInstances: 2, stoppedInstances: 1, titleCase: true },
      3,
      1,
      "created",
    ],
  ])("%s", async (_name, world, wanted, missing, outcome) => {
    const sim = new Simulation(world);
    const before = sim.cvms().length;
    const main = await create(sim, { instances: String(wanted) });
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, outcome]);
    expect(main.runner.outputs.error_code).toBe("");
    expect(postsOf(sim)).toHaveLength(missing);
    expect(sim.cvms()).toHaveLength(before + missing);
    const live = sim.world.liveOf(sim.world.appId).map(({ vmUuid }) => vmUuid);
    expect(
      entriesOf(main)
        .map(({ vm_uuid }) => vm_uuid)
        .sort(),
    ).toEqual(live.sort());
    expect(sim.requests.filter(({ method }) => method === "DELETE")).toEqual([]);
  });

  it.each([
    ["stopped", 1],
    ["exited", 1],
    ["error", 1],
    ["failed", 1],
    ["Exited", 1],
    // Stopped in a moment: whether it is started again is somebody's decision.
    ["stopping", 1],
    ["shutting down", 1],
    ["starting", 0],
    ["provisioning", 0],
    ["restarting", 0],
    ["updating", 0],
    ["something new", 0],
  ])("an instance that is %s", async (status, missing) => {
    const sim = new Simulation({ liveInstances: 2 });
    const [, second] = sim.world.cvms;
    if (second !== undefined) sim.world.update(second, { status });
    await create(sim, { instances: "2" });
    expect(postsOf(sim)).toHaveLength(missing);
  });

  it.each([true, false])("one that was deleted, still in the list: %s", async (listDeleted) => {
    const sim = new Simulation({ liveInstances: 3, listDeleted });
    const [, second] = sim.world.cvms;
    if (second !== undefined) second.deleteRequestedAt = sim.clock.now();
    await sim.pass(60 * SECOND);
    expect(sim.cvms()[1]?.deleted).toBe(true);
    await create(sim, { instances: "3" });
    expect(postsOf(sim)).toHaveLength(1);
  });

  it("one that is being removed does not count", async () => {
    const sim = new Simulation({ liveInstances: 3, removeMs: 3_600_000 });
    const [, second] = sim.world.cvms;
    if (second !== undefined) second.deleteRequestedAt = sim.clock.now();
    await create(sim, { instances: "3" });
    expect(postsOf(sim)).toHaveLength(1);
  });
});

describe("unchanged", () => {
  it("describes what is there, replicas before the source, in one request", async () => {
    const sim = new Simulation({ liveInstances: 3 });
    const main = await create(sim, { instances: "3", wait: "true" });
    const [source, first, second] = sim.world.cvms;
    const { outputs } = main.runner;
    expect(sim.requests.map(({ route }) => route)).toEqual(["list"]);
    const there = entriesOf(main);
    expect(there.map(({ outcome }) => outcome)).toEqual(["existing", "existing", "existing"]);
    expect(there.map(({ vm_uuid }) => vm_uuid)).toEqual(
      expect.arrayContaining([first?.vmUuid, second?.vmUuid]),
    );
    expect(there[2]?.vm_uuid).toBe(source?.vmUuid);
    expect(outputs).toMatchObject({
      vm_uuid: there[0]?.vm_uuid,
      name: there[0]?.name,
      status: "running",
      teepod_id: "26",
      teepod_name: "sim-prod9",
    });
    expect(outputs.instance_url).toMatch(/^https:/);
    expect(JSON.parse(outputs.result ?? "")).toMatchObject({ vm_uuid: outputs.vm_uuid });
    expect(logOf(main)).toMatch(/3 live of 3 asked for: nothing to create/);
  });

  it("waits for what runs, but is not done yet", async () => {
    const sim = new Simulation({ liveInstances: 2 });
    const [, second] = sim.world.cvms;
    if (second === undefined) throw new Error("there are two");
    sim.world.update(second, { inProgress: true });
    sim.after(20 * SECOND, () => sim.world.update(second, { inProgress: false }));
    const main = await create(sim, { instances: "2", wait: "true" });
    expect(main.runner.outputs.outcome).toBe("unchanged");
    expect(main.tookMs).toBeGreaterThanOrEqual(20 * SECOND);
  });

  it("leaves nothing for post", async () => {
    const sim = new Simulation({ liveInstances: 2 });
    const main = await create(sim, { instances: "2", cleanup: "always" });
    const post = await sim.post(main);
    expect(post.exitCode).toBe(0);
    expect(sim.cvms().filter(({ deleted, removing }) => deleted || removing)).toEqual([]);
  });
});

describe("what counts can't be counted", () => {
  it.each([
    ["403", "HTTP-403", { kind: "status", when: "before", status: 403 }],
    ["500", "HTTP-500", { kind: "status", when: "before", status: 500 }],
    ["garbage", "HTTP-200", { kind: "garbage", form: "text" }],
    ["another object", "HTTP-200", { kind: "garbage", form: "object" }],
    ["hang", "TIMEOUT", { kind: "hang", when: "before" }],
    ["reset", "NETWORK", { kind: "drop", when: "before" }],
  ] as const)("%s: fails before any create request", async (_name, code, fault) => {
    const sim = new Simulation();
    sim.fault({ route: "list", times: "always", ...fault });
    const main = await create(sim, { instances: "3" });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: code });
    expect(errorOf(main)).toMatch(/Could not count the app's instances/);
    expect(postsOf(sim)).toEqual([]);
  });
});

describe("some of what is missing can't be made", () => {
  it("partial, and the next run makes the rest", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", nth: 1, kind: "status", when: "before", status: 400 });
    const first = await create(sim, { instances: "3" });
    expect(first.runner.outputs).toMatchObject({ outcome: "partial", error_code: "HTTP-400" });
    expect(entriesOf(first).map(({ outcome }) => outcome)).toEqual([
      "failed",
      "created",
      "existing",
    ]);
    const second = await create(sim, { instances: "3" });
    expect(second.runner.outputs.outcome).toBe("created");
    expect(postsOf(sim)).toHaveLength(3);
    expect(existing(sim)).toHaveLength(2);
  });
});
