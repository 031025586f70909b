/** Which replicas the post step deletes, and what it says of those that it keeps; in simulated time. */
import { describe, expect, it, jest } from "@jest/globals";
import type { Fault, ReplicaPlan } from "../../../simulator/core.ts";
import { type Inputs, Simulation } from "../../support/simulated/simulation.ts";
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
} from "../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const CLEANUPS = ["never", "on_failure", "always"] as const;

describe("which ends are cleaned up after", () => {
  const exited: ReplicaPlan = { steps: [{ atMs: 1_000, status: "exited" }] };
  const full = { route: "create", kind: "status", when: "before", status: 400 } as const;
  const ends: readonly (readonly [
    string,
    string,
    { plans?: ReplicaPlan[]; fault?: Fault; inputs?: Inputs },
    boolean,
  ])[] = [
    ["all well", "created", {}, false],
    ["one of two came up", "partial", { plans: [{}, exited], inputs: { count: "2" } }, true],
    [
      "one of two was refused",
      "partial",
      { fault: { ...full, nth: 2 }, inputs: { count: "2" } },
      true,
    ],
    ["none came up", "failed", { plans: [exited] }, true],
    ["too slow", "timeout", { plans: [{ bootMs: HOUR }] }, true],
    [
      "unhealthy",
      "failed",
      { plans: [{ health: { kind: "drop" } }], inputs: { health_check: "/" } },
      true,
    ],
    [
      "no ttl",
      "failed",
      {
        fault: { route: "scheduled-delete", kind: "status", when: "before", status: 403 },
        inputs: { ttl: "1h" },
      },
      true,
    ],
  ];

  it.each(ends.flatMap((row) => CLEANUPS.map((cleanup) => [row[0], cleanup, row] as const)))(
    "%s, cleanup: %s",
    async (_name, cleanup, [, outcome, { plans, fault, inputs }, failure]) => {
      const sim = new Simulation({ bootMs: 5 * SECOND, replicaPlans: plans ?? [] });
      sim.addStranger();
      if (fault !== undefined) sim.fault(fault);
      const { main, post } = await both(sim, { wait_timeout: "30s", cleanup, ...inputs });
      expect(main.runner.outputs.outcome).toBe(outcome);
      expect(post.exitCode).toBe(0);
      const cleans = cleanup === "always" || (cleanup === "on_failure" && failure);
      expect(left(sim)).toHaveLength(cleans ? 0 : sim.replicas().length);
      expect(sim.replicas().every(({ deletes }) => deletes === (cleans ? 1 : 0))).toBe(true);
      expectOthersUntouched(sim);
      for (const { vmUuid, name } of sim.replicas()) {
        expect(logOf(post)).toContain(
          cleans ? `${name} (${vmUuid}) is gone` : `${vmUuid}) still exists`,
        );
      }
      if (!cleans) {
        const { vmUuid } = sim.replica(0);
        const page = `https://cloud.phala.com/simulated/apps/${sim.world.appId}/instances/${vmUuid.replaceAll("-", "")}`;
        expect(logOf(post)).toContain(page);
        expect(logOf(post)).toMatch(/billed/);
      }
    },
  );

  it.each([
    ["a dry run", { dry_run: "true" }],
    ["a bad input", { count: "zero" }],
    ["an app with enough instances", { instances: "2" }],
  ])("%s leaves nothing to do, and no request is sent", async (_name, inputs) => {
    const sim = new Simulation({ liveInstances: 2 });
    const { post } = await both(sim, { cleanup: "always", ...inputs });
    expect(post.exitCode).toBe(0);
    expect(post.tookMs).toBe(0);
    expectOthersUntouched(sim);
  });

  it("what was there before is not deleted when `instances` counts it", async () => {
    const sim = new Simulation({ liveInstances: 3, bootMs: SECOND });
    const { post } = await both(sim, { cleanup: "always", instances: "5" });
    expect(post.exitCode).toBe(0);
    expect(sim.replicas()).toHaveLength(2);
    expect(left(sim)).toEqual([]);
    expectOthersUntouched(sim);
  });
});

describe("replicas whose answer got lost", () => {
  it.each([
    ["dropped", { kind: "drop", when: "after" }],
    ["garbage", { kind: "garbage", form: "html" }],
    ["HTTP 502", { kind: "status", when: "after", status: 502 }],
  ] as const)("adopted by main (%s): deleted too", async (_name, fault) => {
    const sim = new Simulation({ bootMs: 5 * SECOND });
    sim.fault({ route: "create", nth: 2, ...fault });
    const inputs = { count: "3", cleanup: "always", exclusive: "true" };
    const { main, post } = await both(sim, inputs);
    expect(main.runner.outputs.outcome).toBe("created");
    expect(post.exitCode).toBe(0);
    expect(sim.replicas().map(({ deletes, deleted }) => [deletes, deleted])).toEqual([
      [1, true],
      [1, true],
      [1, true],
    ]);
  });

  it("found late by post, after main had given up: deleted, and said", async () => {
    const sim = new Simulation({ listLagMs: 40 * SECOND });
    sim.fault({ route: "create", kind: "drop", when: "after" });
    const main = await sim.main({ cleanup: "on_failure", exclusive: "true" });
    expect(main.runner.outputs.error_code).toBe("AMBIGUOUS");
    await sim.pass(MINUTE);
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(logOf(post)).toContain(sim.replica(0).vmUuid);
    expect([post.exitCode, left(sim)]).toEqual([0, []]);
  });

  it("that can't be told from a stranger's are not touched, and named", async () => {
    const sim = new Simulation({ bootMs: SECOND, placement: "source" });
    sim.fault({ route: "create", kind: "drop", when: "after" });
    sim.on("after-work", "create", () => {
      sim.addStranger();
    });
    const { main, post } = await both(sim, { cleanup: "always" });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "AMBIGUOUS" });
    expect(post.exitCode).toBe(1);
    const newcomers = sim.cvms().filter(({ origin }) => origin !== "seed");
    expect(newcomers).toHaveLength(2);
    for (const { vmUuid, deletes } of newcomers) {
      expect(deletes).toBe(0);
      expect(errorOf(post)).toContain(vmUuid);
    }
  });
});
