/** When the app's CVMs are looked at after an uncertain answer, to the millisecond of simulated time. */
import { describe, expect, it } from "@jest/globals";
import { Simulation } from "../../../support/simulated/simulation.ts";
import {
  create,
  entriesOf,
  errorOf,
  existing,
  gaps,
  logOf,
  namedIn,
  postsOf,
  SECOND,
} from "../../../support/simulated-runs.ts";

/** One way between client and server, there and back. */
const TRIP = 20;

describe("the looks after a lost answer", () => {
  it("begin after 0.3 s, slow down to 2 s and end after a window of 30 s", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "drop", when: "before" });
    const main = await create(sim);
    const [, ...looks] = sim.timesOf("list");
    const lostAt = (sim.timesOf("create")[0] ?? 0) + TRIP;
    const pauses = gaps(looks).map((gap) => gap - TRIP);
    expect((looks[0] ?? 0) - lostAt).toBe(300);
    expect(pauses.every((pause, index) => pause >= (pauses[index - 1] ?? 300))).toBe(true);
    expect(pauses[0]).toBeGreaterThan(300);
    expect(Math.max(...pauses)).toBe(2 * SECOND);
    expect(pauses.filter((pause) => pause === 2 * SECOND).length).toBeGreaterThan(8);
    const last = (looks.at(-1) ?? 0) - lostAt;
    expect(last).toBeGreaterThan(28 * SECOND);
    expect(last).toBeLessThanOrEqual(32 * SECOND);
    expect(main.exitCode).toBe(1);
    expect(main.runner.outputs.error_code).toBe("AMBIGUOUS");
  });

  it("end as soon as the same newcomer was seen twice", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "drop", when: "after" });
    const main = await create(sim);
    expect(sim.timesOf("list")).toHaveLength(3);
    expect(main.tookMs).toBeLessThan(2 * SECOND);
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual(["adopted"]);
  });

  it("end at once when several newcomers fit", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "drop", when: "after" });
    sim.on("after-work", "create", () => sim.addStranger());
    const main = await create(sim);
    expect(sim.timesOf("list")).toHaveLength(2);
    expect(main.runner.outputs.error_code).toBe("AMBIGUOUS");
  });

  it("go on when a newcomer was seen once and a stranger joined it: none is adopted", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "drop", when: "after" });
    sim.after(600, () => sim.addStranger());
    const main = await create(sim);
    expect(sim.timesOf("list")).toHaveLength(3);
    expect(main.runner.outputs.error_code).toBe("AMBIGUOUS");
    for (const uuid of existing(sim)) expect(errorOf(main)).toContain(uuid);
  });

  it.each([
    ["29 s later", 29 * SECOND, "adopted"],
    ["35 s later", 35 * SECOND, "failed"],
  ] as const)("find what the list shows only %s, if that is in time", async (_name, lag, fate) => {
    const sim = new Simulation({ listLagMs: lag });
    sim.fault({ route: "create", kind: "drop", when: "after" });
    const main = await create(sim);
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual([fate]);
    expect(postsOf(sim)).toHaveLength(1);
    if (fate === "adopted") return;
    expect(errorOf(main)).toMatch(/Nothing new was seen in the app for 30 s/);
    await sim.pass(10 * SECOND);
    const post = await sim.post(main);
    expect([post.exitCode, namedIn(post)]).toEqual([0, existing(sim)]);
    expect(logOf(post)).toMatch(/Found a replica that the main step did not report/);
  });

  it("each have 10 s, however long the deadline of other requests is", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "drop", when: "after" });
    sim.fault({ route: "list", nth: 2, times: "always", kind: "hang", when: "before" });
    const main = await create(sim, { request_timeout: "10m" });
    const [, ...looks] = sim.timesOf("list");
    expect(looks.length).toBeGreaterThan(2);
    // 10 s of waiting for the answer, and the pause before the next look.
    for (const [index, gap] of gaps(looks).entries()) {
      expect(gap).toBe(10 * SECOND + Math.round(300 * 1.5 ** (index + 1)));
    }
    expect(main.tookMs).toBeLessThan(45 * SECOND);
    expect(errorOf(main)).toMatch(/could not be listed since/);
  });

  it("go on over looks that fail, and adopt only what was seen in two that did not", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "drop", when: "after" });
    for (const nth of [2, 4, 5]) {
      sim.fault({ route: "list", nth, kind: "status", when: "before", status: 502 });
    }
    const main = await create(sim);
    expect(sim.timesOf("list")).toHaveLength(6);
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual(["adopted"]);
  });

  it("that fail for the rest of the window are not said to have seen nothing", async () => {
    const sim = new Simulation({ listLagMs: 5 * SECOND });
    sim.fault({ route: "create", kind: "drop", when: "after" });
    const fault = { kind: "status", when: "before", status: 500 } as const;
    sim.fault({ route: "list", nth: 4, times: "always", ...fault });
    const main = await create(sim);
    expect(main.runner.outputs.error_code).toBe("AMBIGUOUS");
    expect(errorOf(main)).not.toMatch(/Nothing new was seen in the app for 30 s/);
    expect(errorOf(main)).toMatch(/could not be listed/);
  });

  it("are bounded by a short request_timeout too", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "drop", when: "after" });
    sim.fault({ route: "list", nth: 2, kind: "hang", when: "before" });
    const main = await create(sim, { request_timeout: "3s" });
    expect(main.tookMs).toBeLessThan(6 * SECOND);
    expect(main.runner.outputs.outcome).toBe("created");
  });
});

describe("several lost answers", () => {
  it("are each given their own replica", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "drop", when: "after", times: 3 });
    const main = await create(sim, { count: "3" });
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual([
      "adopted",
      "adopted",
      "adopted",
    ]);
    expect(
      entriesOf(main)
        .map(({ vm_uuid }) => vm_uuid)
        .sort(),
    ).toEqual(existing(sim));
    expect(postsOf(sim)).toHaveLength(3);
  });

  it("of which none was made: nothing is sent twice, and post looks for each", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "drop", when: "before", times: 2 });
    const main = await create(sim, { count: "2" });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "AMBIGUOUS" });
    expect(postsOf(sim)).toHaveLength(2);
    const post = await sim.post(main);
    expect([post.exitCode, namedIn(post)]).toEqual([0, []]);
    expect(logOf(post)).toMatch(/2 lost requests did not show up/);
  });

  it("after an ambiguous one name every newcomer that may be meant", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "drop", when: "after", times: 2 });
    const off = sim.on("after-work", "create", () => {
      off();
      sim.addStranger();
    });
    const main = await create(sim, { count: "3" });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "AMBIGUOUS" });
    const post = await sim.post(main);
    expect(post.exitCode).toBe(1);
    for (const uuid of existing(sim)) expect(namedIn(post)).toContain(uuid);
  });
});

describe("a create whose answer names no UUID", () => {
  it("is looked up by its name and followed", async () => {
    const sim = new Simulation({ nullUuid: true });
    // Fits in all but the name.
    sim.on("after-work", "create", () => sim.addStranger());
    const main = await create(sim, { count: "3" });
    expect(main.runner.outputs).toMatchObject({ outcome: "created", error_code: "" });
    expect(
      entriesOf(main)
        .map(({ vm_uuid }) => vm_uuid)
        .sort(),
    ).toEqual(existing(sim));
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual([
      "created",
      "created",
      "created",
    ]);
  });

  it("is reported by its name where the list can't be read", async () => {
    const sim = new Simulation({ nullUuid: true });
    sim.fault({ route: "list", kind: "status", when: "before", status: 403, times: "always" });
    const main = await create(sim);
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "AMBIGUOUS" });
    const [made] = sim.replicas();
    expect(errorOf(main)).toContain(`${made?.name} was created and is billed`);
    expect(postsOf(sim)).toHaveLength(1);
    const post = await sim.post(main);
    expect(post.exitCode).toBe(1);
  });
});

describe("a cancelled run", () => {
  it.each([
    ["while the answer is awaited", 100, { kind: "hang", when: "after" }],
    ["while its lost replica is looked for", 500, { kind: "drop", when: "after" }],
    ["in the pause between two looks", 380, { kind: "drop", when: "after" }],
  ] as const)("leaves the search to post: %s", async (_name, ms, fault) => {
    const sim = new Simulation();
    sim.fault({ route: "create", nth: 2, ...fault });
    const running = sim.start({ wait: "false", count: "3" });
    sim.after(ms, () => running.cancel());
    const main = await running.finished;
    expect(main.tookMs).toBeLessThan(ms + 2 * SECOND);
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([1, "cancelled"]);
    expect(main.runner.outputs.error_code).toBe("");
    expect(postsOf(sim)).toHaveLength(2);
    expect(errorOf(main)).toMatch(/One request had no answer yet; the post step looks for its/);
    const post = await sim.post(main);
    expect([post.exitCode, namedIn(post)]).toEqual([0, existing(sim)]);
    expect(existing(sim)).toHaveLength(2);
  });
});
