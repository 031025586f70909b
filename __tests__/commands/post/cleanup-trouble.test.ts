/** Deletions that do not go smoothly, or not at all, in simulated time. */
import { describe, expect, it, jest } from "@jest/globals";
import type { Fault } from "../../../simulator/core.ts";
import { type Result, Simulation } from "../../support/simulated/simulation.ts";
import {
  both,
  checkPost,
  errorOf,
  expectOthersUntouched,
  HOUR,
  left,
  logOf,
  MINUTE,
  SECOND,
  textsOf,
} from "../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

describe("a deletion that does not go smoothly", () => {
  const rows: readonly (readonly [string, Fault])[] = [
    [
      "HTTP 500 at first",
      { route: "delete", kind: "status", when: "before", status: 500, times: 3 },
    ],
    [
      "HTTP 429 at first",
      { route: "delete", kind: "status", when: "before", status: 429, times: 2 },
    ],
    [
      "an operation in progress",
      { route: "delete", kind: "status", when: "before", status: 409, times: 3 },
    ],
    ["resets", { route: "delete", kind: "drop", when: "before", times: 3 }],
    ["its answer lost", { route: "delete", kind: "drop", when: "after" }],
    [
      "its answer a 502 although it was done",
      { route: "delete", kind: "status", when: "after", status: 502 },
    ],
    ["silence", { route: "delete", kind: "hang", when: "before" }],
    [
      "the list failing",
      { route: "list", nth: 2, kind: "status", when: "before", status: 500, times: 9 },
    ],
    ["the list garbage", { route: "list", nth: 2, kind: "garbage", form: "html", times: 9 }],
    ["the list silent", { route: "list", nth: 2, kind: "hang", when: "before" }],
  ];

  it.each(rows)("%s: tried again, gone in the end", async (_name, fault) => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ cleanup: "always", count: "2", request_timeout: "15s" });
    // Counted anew: the reads of the main step are not meant.
    sim.fault({ ...fault, nth: 1 });
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(0);
    expect(left(sim)).toEqual([]);
    for (const { vmUuid } of sim.replicas()) expect(logOf(post)).toContain(`${vmUuid}) is gone`);
    expectOthersUntouched(sim);
  });

  it("the deletion takes long and its answer was lost: gone is gone", async () => {
    const sim = new Simulation({ bootMs: SECOND, removeMs: 40 * SECOND });
    const main = await sim.main({ cleanup: "always" });
    sim.fault({ route: "delete", kind: "drop", when: "after" });
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(left(sim)).toEqual([]);
    expect(post.exitCode).toBe(0);
  });

  it.each([
    ["deleted by someone", (sim: Simulation) => sim.world.remove(sim.replica(0))],
    [
      "deleted by its ttl",
      (sim: Simulation) => {
        sim.replica(0).scheduledDeleteAt = sim.clock.now() - 10 * SECOND;
      },
    ],
  ])("already %s: nothing is wrong", async (_name, happens) => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ cleanup: "always" });
    happens(sim);
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(0);
    expect(textsOf(post, "warning")).toEqual([]);
  });

  it("runs twice without harm", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    const { main } = await both(sim, { cleanup: "always", count: "2" });
    const again = await sim.post(main);
    checkPost(sim, again);
    expect(again.exitCode).toBe(0);
    expectOthersUntouched(sim);
  });
});

describe("a deletion that fails", () => {
  /** The one annotation names these, with links, and says that they are billed. */
  const expectNamed = (sim: Simulation, post: Result, indexes: readonly number[]) => {
    expect(post.exitCode).toBe(1);
    const text = errorOf(post);
    for (const { vmUuid, name } of sim.replicas()) {
      const named = indexes.some((index) => sim.replica(index).vmUuid === vmUuid);
      expect([name, text.includes(vmUuid), text.includes(vmUuid.replaceAll("-", ""))]).toEqual([
        name,
        named,
        named,
      ]);
    }
    expect(text).toMatch(/billed/);
    expect(logOf(post)).not.toMatch(/none left/);
  };

  it("accepted but never carried out: named, the others gone", async () => {
    const replicaPlans = [{}, { deleteStuck: true }, {}];
    const sim = new Simulation({ bootMs: SECOND, replicaPlans });
    const { post } = await both(sim, { cleanup: "always", count: "3" });
    expectNamed(sim, post, [1]);
    expect(left(sim)).toEqual([sim.replica(1).vmUuid]);
    expect(sim.replicas().map(({ deletes }) => deletes)).toEqual([1, 1, 1]);
  });

  it.each([
    ["HTTP 500", { kind: "status", when: "before", status: 500 }, true],
    ["HTTP 403", { kind: "status", when: "before", status: 403 }, false],
    ["HTTP 401", { kind: "status", when: "before", status: 401 }, false],
    ["resets", { kind: "drop", when: "before" }, true],
  ] as const)("refused for ever (%s): named with the reason", async (name, fault, goesOn) => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ cleanup: "always", count: "2" });
    sim.fault({ route: "delete", path: sim.replica(0).vmUuid, times: "always", ...fault });
    const post = await sim.post(main);
    checkPost(sim, post);
    expectNamed(sim, post, [0]);
    if (name.startsWith("HTTP")) expect(errorOf(post)).toContain(name);
    const asked = sim.requests.filter(
      ({ route, path }) => route === "delete" && path.includes(sim.replica(0).vmUuid),
    );
    const times = asked.map(({ at }) => at - (asked[0]?.at ?? 0));
    if (!goesOn) {
      // What was refused for good is not asked for again.
      expect(times).toEqual([0]);
      return;
    }
    // For more than a minute with growing pauses, then every 20 s for as long as it is listed.
    const looks = sim.requests.filter(
      ({ route, at }) => route === "list" && at > (asked[0]?.at ?? 0),
    );
    const again = asked.filter(({ at }) => at > (looks[0]?.at ?? 0)).map(({ at }) => at);
    expect(times.filter((time) => time <= MINUTE).length).toBeGreaterThan(6);
    expect(times[asked.length - again.length - 1]).toBeGreaterThanOrEqual(MINUTE);
    expect(again.length).toBe(5);
    for (const [n, at] of again.slice(1).entries()) {
      expect(at - (again[n] ?? 0)).toBeGreaterThanOrEqual(20 * SECOND);
    }
    expect(post.tookMs).toBeLessThan(3 * MINUTE + 40 * SECOND);
  });

  it("can't be proved because the list can't be read: named, not called gone", async () => {
    const sim = new Simulation({ replicaPlans: [{ deleteStuck: true }] });
    const main = await sim.main({ cleanup: "always" });
    sim.fault({ route: "list", kind: "status", when: "before", status: 500, times: "always" });
    sim.fault({ route: "cvm", kind: "status", when: "before", status: 500, times: "always" });
    const post = await sim.post(main);
    checkPost(sim, post);
    expectNamed(sim, post, [0]);
  });

  it("is not proved by a list that is not found: the replica may still be there", async () => {
    const sim = new Simulation({ replicaPlans: [{ deleteStuck: true }] });
    const main = await sim.main({ cleanup: "always" });
    sim.fault({ route: "list", kind: "status", when: "before", status: 404, times: "always" });
    const post = await sim.post(main);
    checkPost(sim, post);
    expectNamed(sim, post, [0]);
  });

  it("does not hold the job up: looks that hang end with the two minutes too", async () => {
    const sim = new Simulation({ bootMs: SECOND, removeMs: HOUR });
    const main = await sim.main({ cleanup: "always", request_timeout: "8m" });
    sim.fault({ route: "list", kind: "hang", when: "before", times: "always" });
    const post = await sim.post(main);
    checkPost(sim, post);
    expectNamed(sim, post, [0]);
    expect(post.tookMs).toBeLessThan(2 * MINUTE + 20 * SECOND);
  });

  it("is told although post itself is cancelled, within two seconds", async () => {
    const sim = new Simulation({ bootMs: SECOND, removeMs: HOUR });
    const main = await sim.main({ cleanup: "always", count: "2" });
    const process = sim.startPost(main);
    sim.after(20 * SECOND, () => process.cancel());
    const post = await process.finished;
    checkPost(sim, post);
    expect(post.tookMs).toBeLessThan(22 * SECOND);
    expectNamed(sim, post, [0, 1]);
  });

  it("without a key in the environment is told, not passed over", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ cleanup: "always" });
    const post = await sim.startPost({ ...main, env: {} }).finished;
    checkPost(sim, post);
    expectNamed(sim, post, [0]);
    expect(left(sim)).toHaveLength(1);
  });
});
