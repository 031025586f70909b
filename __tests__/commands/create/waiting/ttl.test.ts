/** `ttl`: the platform itself deletes the replica, whatever becomes of the runner. */
import { describe, expect, it, jest } from "@jest/globals";
import { type Result, Simulation } from "../../../support/simulated/simulation.ts";
import {
  checkMain,
  checkPost,
  errorOf,
  HOUR,
  MINUTE,
  SECOND,
  textsOf,
} from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

describe("ttl", () => {
  it.each([
    ["90m", 90 * MINUTE],
    ["24h", 24 * HOUR],
    ["3600", HOUR],
    ["60s", MINUTE],
    ["720h", 720 * HOUR],
  ])("%s: deleted by the platform that long after its creation", async (ttl, ms) => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ ttl });
    checkMain(sim, main);
    const { createdAt, scheduledDeleteAt } = sim.replica(0);
    expect(Math.abs((scheduledDeleteAt ?? 0) - createdAt - ms)).toBeLessThan(SECOND);
    await sim.pass(ms - main.tookMs - 2 * SECOND);
    expect(sim.replicas()[0]?.deleted).toBe(false);
    await sim.pass(4 * SECOND);
    expect(sim.replicas()[0]?.deleted).toBe(true);
  });

  it.each([
    ["an hour ahead", HOUR],
    ["an hour behind", -HOUR],
    ["a minute ahead", MINUTE],
  ])("is counted by the server's clock, which may be %s", async (_name, clockSkewMs) => {
    const sim = new Simulation({ bootMs: SECOND, clockSkewMs });
    await sim.main({ ttl: "30m" });
    const { createdAt, scheduledDeleteAt } = sim.replica(0);
    // A `Date` header has whole seconds.
    expect(Math.abs((scheduledDeleteAt ?? 0) - createdAt - 30 * MINUTE)).toBeLessThan(2 * SECOND);
  });

  it("is set for each replica right after its creation, before the next one and before waiting", async () => {
    const sim = new Simulation({ bootMs: MINUTE });
    const main = await sim.main({ ttl: "2h", count: "3" });
    checkMain(sim, main);
    const routes = sim.requests.map(({ route }) => route).slice(1, 8);
    expect(routes).toEqual([
      "create",
      "scheduled-delete",
      "create",
      "scheduled-delete",
      "create",
      "scheduled-delete",
      "batch",
    ]);
    for (const { scheduledDeleteAt } of sim.replicas()) expect(scheduledDeleteAt).not.toBeNull();
    const others = sim.cvms().filter(({ origin }) => origin !== "replica");
    for (const { scheduledDeleteAt } of others) expect(scheduledDeleteAt).toBeNull();
  });

  it("is set for an adopted replica too, and not without the input", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    sim.fault({ route: "create", kind: "drop", when: "after" });
    await sim.main({ ttl: "2h", exclusive: "true" });
    expect(sim.replica(0).scheduledDeleteAt).not.toBeNull();
    const without = new Simulation({ bootMs: SECOND });
    await without.main();
    expect(without.timesOf("scheduled-delete")).toEqual([]);
  });

  it.each([
    ["HTTP 500", { kind: "status", when: "before", status: 500, times: 3 }],
    ["an operation in progress", { kind: "status", when: "before", status: 409, times: 3 }],
    ["resets", { kind: "drop", when: "before", times: 3 }],
    ["an answer lost", { kind: "drop", when: "after", times: 2 }],
  ] as const)("%s at first: tried again", async (_name, fault) => {
    const sim = new Simulation({ bootMs: SECOND });
    sim.fault({ route: "scheduled-delete", ...fault });
    const main = await sim.main({ ttl: "2h" });
    checkMain(sim, main);
    expect(main.runner.outputs.outcome).toBe("created");
    expect(sim.replica(0).scheduledDeleteAt).not.toBeNull();
  });
});

const refused = { route: "scheduled-delete", kind: "status", when: "before" } as const;

describe("a ttl that can't be set", () => {
  it.each([
    ["HTTP 500 for ever", { ...refused, status: 500, times: "always" }, "HTTP-500"],
    ["HTTP 403", { ...refused, status: 403, times: "always" }, "HTTP-403"],
    ["an API without the route", { ...refused, status: 404, times: "always" }, "HTTP-404"],
    [
      "a network that is gone",
      { route: "scheduled-delete", kind: "drop", when: "before", times: "always" },
      "NETWORK",
    ],
  ] as const)("%s: a failure that says so", async (_name, fault, code) => {
    const sim = new Simulation({ bootMs: SECOND });
    sim.fault(fault);
    const main = await sim.main({ ttl: "2h", wait_timeout: "20s" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: code });
    expect(errorOf(main)).toMatch(/ttl/);
    expect(errorOf(main)).toMatch(/billed/);
    expect(main.runner.outputs.vm_uuid).toBe(sim.replica(0).vmUuid);
    expect(main.tookMs).toBeLessThan(40 * SECOND);
  });

  it.each([
    ["never", false],
    ["on_failure", true],
    ["always", true],
  ])("cleanup: %s deletes it: %s", async (cleanup, deleted) => {
    const sim = new Simulation({ bootMs: SECOND });
    sim.fault({ ...refused, status: 403, times: "always" });
    const main = await sim.main({ ttl: "2h", cleanup });
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(sim.replicas()[0]?.deleted).toBe(deleted);
  });

  it("for one of three leaves the others to be waited for", async () => {
    const sim = new Simulation({ bootMs: 10 * SECOND });
    sim.fault({ ...refused, status: 403, nth: 2 });
    const main = await sim.main({ ttl: "2h", count: "3" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "HTTP-403" });
    expect(main.runner.outputs.instance_url).not.toBe("");
  });
});

describe("a step that is stopped between creation and ttl", () => {
  /** Main, stopped while the create request is being answered. */
  async function stopped(way: "cancel" | "kill"): Promise<{ sim: Simulation; main: Result }> {
    const sim = new Simulation({ bootMs: MINUTE });
    // Killed before the answer comes, it is found by elimination alone.
    const process = sim.start({ ttl: "2h", exclusive: "true" });
    sim.on("after-work", "create", () => process[way]());
    const main = await process.finished;
    checkMain(sim, main);
    expect(sim.replica(0).scheduledDeleteAt).toBeNull();
    return { sim, main };
  }

  it.each(["cancel", "kill"] as const)("(%s) leaves the ttl to post", async (way) => {
    const { sim, main } = await stopped(way);
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(0);
    const { scheduledDeleteAt, vmUuid, createdAt } = sim.replica(0);
    expect(textsOf(post).join("\n")).toContain(`${vmUuid}) still exists`);
    expect(Math.abs((scheduledDeleteAt ?? 0) - createdAt - 2 * HOUR)).toBeLessThan(MINUTE);
  });

  it.each(["cancel", "kill"] as const)(
    "(%s) and post can't set it: red, and named",
    async (way) => {
      const { sim, main } = await stopped(way);
      sim.fault({ ...refused, status: 403, times: "always" });
      const post = await sim.post(main);
      checkPost(sim, post);
      expect(post.exitCode).toBe(1);
      expect(errorOf(post)).toMatch(/ttl/);
      expect(errorOf(post)).toContain(sim.replica(0).name);
    },
  );
});
