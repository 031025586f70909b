/** `instances`: how many live instances there shall be, counted before anything is created. */
import { describe, expect, it } from "@jest/globals";
import { Simulation, type SimulationOptions } from "../../support/simulated/simulation.ts";
import {
  bodiesOf,
  create,
  entriesOf,
  errorOf,
  existing,
  logOf,
  postsOf,
  SECOND,
} from "../../support/simulated-runs.ts";

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
    expect(postsOf(sim).filter(({ status }) => status === 200)).toHaveLength(missing);
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
    // Billed, and none better would come of the next one.
    ["exited", 0],
    ["error", 0],
    ["failed", 0],
    ["Exited", 0],
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
    expect(postsOf(sim).filter(({ status }) => status === 200)).toHaveLength(missing);
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

describe("dead instances count, since they are billed", () => {
  it("as many as asked for with them: nothing is created, and red with each of them named", async () => {
    const sim = new Simulation({ deadInstances: ["error", "exited"] });
    const main = await create(sim, { instances: "3", wait: "true" });
    expect(postsOf(sim)).toEqual([]);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "DEAD"]);
    expect(main.runner.outputs.outcome).toBe("failed");
    const [, first, second] = sim.world.cvms;
    for (const one of [first, second]) expect(errorOf(main)).toContain(one?.vmUuid);
    for (const status of ["error", "exited"]) {
      expect(errorOf(main)).toContain(`does not run (status ${status}), is billed and counts`);
    }
    expect(errorOf(main)).toMatch(/Delete it or bring it up again/);
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual(["existing", "failed", "failed"]);
    expect(logOf(main)).toMatch(/1 live and 2 dead of 3 asked for: nothing to create/);
    const post = await sim.post(main);
    expect(post.exitCode).toBe(0);
  });

  it("fewer with them: the rest is created and runs, and red all the same", async () => {
    const sim = new Simulation({ deadInstances: ["error"], bootMs: 5 * SECOND });
    const main = await create(sim, { instances: "4", wait: "true", cleanup: "never" });
    expect(postsOf(sim)).toHaveLength(2);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "DEAD"]);
    expect(main.runner.outputs.outcome).toBe("partial");
    const made = entriesOf(main).filter(({ outcome }) => outcome === "created");
    expect(made.map((entry) => (entry as { status?: string }).status)).toEqual([
      "running",
      "running",
    ]);
    expect(errorOf(main)).toContain(sim.world.cvms[1]?.vmUuid);
  });

  it("a schedule never piles them up", async () => {
    const sim = new Simulation({
      replicaPlans: Array(9).fill({ steps: [{ atMs: 0, status: "error" }] }),
    });
    for (let run = 0; run < 4; run++) {
      const main = await create(sim, { instances: "3", wait: "true" });
      expect(main.exitCode).toBe(1);
      await sim.pass(3_600 * SECOND);
    }
    expect(postsOf(sim)).toHaveLength(2);
  });

  it("one of another revision is not counted, nor spoken of", async () => {
    const sim = new Simulation({
      liveInstances: 1,
      deadInstances: ["error"],
      differingHashes: true,
    });
    const main = await create(sim, {
      instances: "2",
      compose_hash: sim.world.source.composeHash,
    });
    expect([main.exitCode, postsOf(sim).length]).toEqual([0, 1]);
  });

  it("a dry run says how many are dead", async () => {
    const sim = new Simulation({ deadInstances: ["error"] });
    const main = await create(sim, { instances: "3", dry_run: "true" });
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "dry_run"]);
    expect(logOf(main)).toMatch(/1 live and 1 dead of 3 asked for: 1 to create/);
  });
});

describe("only what fits counts", () => {
  it("another revision does not", async () => {
    const sim = new Simulation({ liveInstances: 3 });
    const [source, ...others] = sim.world.cvms.filter(({ appId }) => appId === sim.world.appId);
    for (const other of others) Object.assign(other, { composeHash: "cd".repeat(32) });
    const compose_hash = source?.composeHash ?? "";
    const main = await create(sim, { instances: "3", compose_hash });
    expect(bodiesOf(sim).map((body) => body.compose_hash)).toEqual([compose_hash, compose_hash]);
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "created"]);
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual([
      "created",
      "created",
      "existing",
    ]);
  });

  it("another node does not, the source included", async () => {
    const nodes = [3, 5, 7].map((id) => ({ id, name: `sim-${id}` }));
    const sim = new Simulation({ nodes, liveInstances: 3 });
    const third = sim.world.cvms[2];
    if (third !== undefined) Object.assign(third, { nodeId: 5 });
    const main = await create(sim, { instances: "2", node_id: "7" });
    expect(bodiesOf(sim).map(({ node_id }) => node_id)).toEqual([7, 7]);
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "created"]);
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual(["created", "created"]);
    const again = await create(sim, { instances: "2", node_id: "7" });
    expect([again.exitCode, again.runner.outputs.outcome]).toEqual([0, "unchanged"]);
  });

  it("new ones go where the fewest are", async () => {
    const sim = new Simulation({ liveInstances: 3 });
    await create(sim, { instances: "6", node_id: "26, 31" });
    expect(bodiesOf(sim).map(({ node_id }) => node_id)).toEqual([31, 31, 31]);
  });
});

describe("when all is done the app is looked at once more", () => {
  it("what another job created at the same time is a warning, with its links", async () => {
    const sim = new Simulation();
    const [first, second] = await Promise.all([
      sim.main({ instances: "3", wait: "false", compose_hash: sim.world.source.composeHash }),
      sim.main({ instances: "3", wait: "false", compose_hash: sim.world.source.composeHash }),
    ]);
    expect(sim.world.liveOf(sim.world.appId)).toHaveLength(5);
    const warnings = [first, second].map(({ runner }) =>
      runner.entries.filter(({ kind }) => kind === "warning").map(({ text }) => text),
    );
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    const [last = ""] = warnings.flat().filter((text) => /5 instances of the app count/.test(text));
    expect(last).toMatch(/3 were asked for.*delete what is not wanted/);
    const theirs = existing(sim).filter((uuid) => last.includes(uuid));
    expect(theirs).toHaveLength(2);
    for (const uuid of theirs) expect(last).toContain(`/instances/${uuid.replaceAll("-", "")}`);
  });

  it("nothing is said where as many are there as were asked for", async () => {
    const sim = new Simulation();
    const main = await create(sim, { instances: "3" });
    expect(main.runner.entries.filter(({ kind }) => kind === "warning")).toEqual([]);
    expect(sim.timesOf("list")).toHaveLength(2);
  });

  it("a look that fails costs nothing", async () => {
    const sim = new Simulation();
    sim.fault({ route: "list", nth: 2, kind: "status", when: "before", status: 500 });
    const main = await create(sim, { instances: "2" });
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "created"]);
    expect(logOf(main)).toMatch(/not known: the app's CVMs can't be listed: HTTP 500/);
  });

  it("not where nothing was created", async () => {
    const sim = new Simulation({ liveInstances: 3 });
    await create(sim, { instances: "2" });
    expect(sim.timesOf("list")).toHaveLength(1);
  });
});
