/** Many replicas at once: one request a look for all, each told apart. */
import { describe, expect, it, jest } from "@jest/globals";
import type { ReplicaPlan } from "../../../../simulator/core.ts";
import { Simulation } from "../../../support/simulated/simulation.ts";
import {
  checkMain,
  errorOf,
  HOUR,
  MINUTE,
  NEVER,
  replicasOf,
  SECOND,
  textsOf,
  waited,
} from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const BOOT = 60 * SECOND;

describe("many replicas", () => {
  it.each([
    [1, 60 * SECOND],
    [10, 60 * SECOND],
    [50, 5 * MINUTE],
  ])("%s booting for %s ms: done one poll_interval and a second later", async (count, bootMs) => {
    const sim = new Simulation({ bootMs, latencyMs: 20 });
    const main = await sim.main({ count: `${count}`, wait_timeout: "1h", poll_interval: "2s" });
    checkMain(sim, main);
    const last = Math.max(...sim.replicas().map(({ createdAt }) => createdAt));
    const overhead = main.endedAt - last - bootMs;
    expect(overhead).toBeGreaterThanOrEqual(0);
    expect(overhead).toBeLessThanOrEqual(2 * SECOND + SECOND);
    // One status request a look, however many replicas; one more for the rows at the end.
    const waitedFor = waited(main);
    const looks = Math.floor(waitedFor / (2 * SECOND + 40)) + 1;
    expect(sim.timesOf("batch").length).toBeLessThanOrEqual(looks);
    expect(sim.timesOf("list").length).toBeLessThanOrEqual(2);
    expect(sim.requests.filter(({ route }) => route === "create")).toHaveLength(count);
    expect(sim.requests.length).toBe(count + sim.timesOf("batch", "list").length);
  });

  it("asks for the status of all in one request, and only of those still waited for", async () => {
    const replicaPlans = [{ bootMs: 5 * SECOND, steps: [{ atMs: 3_000, status: "exited" }] }];
    const sim = new Simulation({ bootMs: 30 * SECOND, replicaPlans });
    await sim.main({ count: "3" });
    const asked = sim.requests
      .filter(({ route }) => route === "batch")
      .map(({ body }) => (JSON.parse(body) as { vm_uuids: string[] }).vm_uuids);
    const uuids = [0, 1, 2].map((index) => sim.replica(index).vmUuid);
    expect(asked[0]).toEqual(uuids);
    expect(asked.at(-1)).toEqual(uuids.slice(1));
  });

  it("reads the rows of those that run although another one never comes up", async () => {
    const sim = new Simulation({ bootMs: 10 * SECOND, replicaPlans: [{}, NEVER] });
    const main = await sim.main({ count: "3", wait_timeout: "5m" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "TIMEOUT" });
    const [first, second, third] = replicasOf(main.runner.outputs);
    for (const good of [first, third]) {
      expect(good).toMatchObject({ outcome: "created", status: "running", error: null });
      expect(good?.instance_id).toMatch(/^[0-9a-f]{40}$/);
      expect(good?.instance_url).toContain(good?.instance_id ?? "?");
    }
    expect(second).toMatchObject({ outcome: "failed", status: "provisioning" });
    expect(textsOf(main, "warning")).toEqual([]);
  });
});

describe("ten replicas with different fates", () => {
  it("are each told apart, and none waits for another's end", async () => {
    const steps = (status: string) => [{ atMs: 20_000, status }];
    const replicaPlans: ReplicaPlan[] = [
      {},
      { bootMs: 2 * MINUTE },
      { steps: steps("error") },
      { steps: steps("exited") },
      { steps: steps("stopped") },
      { removedAfterMs: 20_000 },
      { steps: [{ atMs: 20_000, bootError: "key request refused", bootProgress: "pre-launch" }] },
      { bootMs: HOUR },
      { health: { kind: "status", status: 500 } },
      { health: { kind: "ok-after", okAfterMs: 30_000 } },
    ];
    const sim = new Simulation({ bootMs: BOOT, replicaPlans });
    const main = await sim.main({ count: "10", health_check: "/", wait_timeout: "5m" });
    checkMain(sim, main);
    expect(waited(main)).toBe(5 * MINUTE);
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "BOOT" });
    const entries = replicasOf(main.runner.outputs);
    expect(entries.map(({ outcome }) => outcome)).toEqual(
      [1, 1, 0, 0, 0, 0, 0, 0, 0, 1].map((good) => (good ? "created" : "failed")),
    );
    const reasons = [
      null,
      null,
      /status is error/,
      /status is exited/,
      /it stopped/,
      /somebody deleted it/,
      /key request refused/,
      /did not run within 5 min/,
      /HTTP 500/,
      null,
    ];
    for (const [index, reason] of reasons.entries()) {
      const { error, name, instance_url } = entries[index] ?? {};
      expect(name).toBe(sim.replica(index).name);
      if (reason === null) expect([error, instance_url !== null]).toEqual([null, true]);
      else expect(error).toMatch(reason);
    }
    const text = errorOf(main);
    expect(text).toMatch(/7 of 10/);
    for (const index of [2, 3, 4, 5, 6, 7, 8]) expect(text).toContain(sim.replica(index).name);
    expect(sim.timesOf("create")).toHaveLength(10);
    const looks = sim.timesOf("batch", "list").length;
    expect(looks).toBeLessThan((5 * MINUTE) / (2 * SECOND) + 12);
  });
});
