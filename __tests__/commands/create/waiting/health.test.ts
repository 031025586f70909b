/** Health checks of running replicas, in simulated time. */
import { describe, expect, it, jest } from "@jest/globals";
import type { ReplicaPlan } from "../../../../simulator/core.ts";
import { Simulation } from "../../../support/simulated/simulation.ts";
import {
  checkMain,
  errorOf,
  HOUR,
  MINUTE,
  SECOND,
  waited,
} from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

describe("health", () => {
  const after = (health: ReplicaPlan["health"]): ReplicaPlan[] => [
    { bootMs: 10 * SECOND, ...(health && { health }) },
  ];

  it("needs two good answers in a row", async () => {
    const statuses = [200, 500, 200, 503, 204, 201];
    const sim = new Simulation({ replicaPlans: after({ kind: "flap", statuses }) });
    const main = await sim.main({ health_check: "/healthz" });
    checkMain(sim, main);
    expect(main.runner.outputs.outcome).toBe("created");
    expect(sim.gatewayRequests.map(({ status }) => status)).toEqual(statuses);
    for (const { path, method } of sim.gatewayRequests) {
      expect(method).toBe("GET");
      expect(path).toBe(`/_gateway/${sim.replica(0).futureInstanceId}-8080/healthz`);
    }
  });

  it.each([
    ["always 500", { kind: "status", status: 500 }, /HTTP 500/],
    ["a redirect", { kind: "status", status: 302 }, /HTTP 302/],
    ["not found", { kind: "status", status: 404 }, /HTTP 404/],
    ["every other answer good", { kind: "flap", statuses: [200, 502] }, /HTTP 502/],
    ["good on the app URL only", { kind: "app-only" }, /HTTP 502/],
    ["resets", { kind: "drop" }, /connection broke/],
    ["silence", { kind: "hang" }, /no (complete )?answer/],
  ] as const)(
    "%s: unhealthy at the deadline, with the last problem",
    async (_n, health, problem) => {
      const sim = new Simulation({ replicaPlans: after(health) });
      const main = await sim.main({ health_check: "/", wait_timeout: "2m" });
      checkMain(sim, main);
      expect(waited(main)).toBe(2 * MINUTE);
      expect(main.runner.outputs).toMatchObject({
        outcome: "failed",
        error_code: "UNHEALTHY",
        status: "running",
      });
      expect(main.runner.outputs.instance_url).not.toBe("");
      expect(errorOf(main)).toMatch(problem);
      expect(errorOf(main)).toMatch(/2 min/);
      expect(errorOf(main)).not.toMatch(/certificate/);
    },
  );

  it("a certificate that is not trusted is named as such", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    sim.server.badCertificate = true;
    const main = await sim.main({ health_check: "/", wait_timeout: "1m" });
    checkMain(sim, main);
    expect(main.runner.outputs.error_code).toBe("UNHEALTHY");
    expect(errorOf(main)).toMatch(/certificate.*CERT_HAS_EXPIRED/);
    expect(errorOf(main)).not.toMatch(/HTTP \d/);
  });

  it("is asked only when it runs and its URL is known, which may come later", async () => {
    const sim = new Simulation({
      replicaPlans: [{ bootMs: 10 * SECOND, endpointsLagMs: 30 * SECOND }],
    });
    const main = await sim.main({ health_check: "/" });
    checkMain(sim, main);
    expect(main.runner.outputs.outcome).toBe("created");
    const created = sim.replica(0).createdAt;
    expect((sim.gatewayRequests[0]?.at ?? 0) - created).toBeGreaterThan(38 * SECOND);
  });

  it.each([
    ["dies", { steps: [{ atMs: 40_000, status: "exited" }] }],
    ["is deleted", { removedAfterMs: 40_000 }],
  ])(
    "a replica that %s while its health is checked is a boot failure, at once",
    async (_n, plan) => {
      const health = { kind: "status", status: 503 } as const;
      const sim = new Simulation({ replicaPlans: [{ bootMs: 10 * SECOND, health, ...plan }] });
      const main = await sim.main({ health_check: "/" });
      checkMain(sim, main);
      expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "BOOT" });
      expect(waited(main)).toBeLessThan(48 * SECOND);
    },
  );

  it.each([
    ["its URL is not given", { endpointsLagMs: HOUR }, { health_check: "/" }, {}],
    ["no row shows it", {}, {}, { listLagMs: HOUR }],
  ])("deleted while %s: noticed at once", async (_name, plan, inputs, world) => {
    const replicaPlans = [{ bootMs: 10 * SECOND, removedAfterMs: MINUTE, ...plan }];
    const sim = new Simulation({ ...world, replicaPlans });
    sim.fault({ route: "cvm", kind: "status", when: "before", status: 500, times: "always" });
    const main = await sim.main(inputs);
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "BOOT" });
    expect(errorOf(main)).toMatch(/somebody deleted it/);
    expect(waited(main)).toBeLessThan(MINUTE + 12 * SECOND);
  });

  it("that comes late is within the same deadline as the boot", async () => {
    const replicaPlans = after({ kind: "ok-after", okAfterMs: 55 * SECOND });
    const late = new Simulation({ replicaPlans });
    const missed = await late.main({ health_check: "/", wait_timeout: "1m" });
    expect(waited(missed)).toBe(MINUTE);
    expect(missed.runner.outputs.error_code).toBe("UNHEALTHY");
    const inTime = new Simulation({ replicaPlans });
    const main = await inTime.main({ health_check: "/", wait_timeout: "80s" });
    expect(main.runner.outputs.outcome).toBe("created");
  });

  it("good, but not yet for long enough: that is said, and not that there was no answer", async () => {
    const sim = new Simulation({ replicaPlans: [{ bootMs: 80 * SECOND }] });
    const main = await sim.main({ health_check: "/", health_for: "1m", wait_timeout: "2m" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "UNHEALTHY" });
    expect(errorOf(main)).toContain("but not yet for as long as health_for wants");
  });

  it("of one replica holds up no other's check, and each is asked on its own URL", async () => {
    const sim = new Simulation({
      bootMs: 10 * SECOND,
      replicaPlans: [{ health: { kind: "hang" } }],
    });
    const main = await sim.main({ count: "3", health_check: "/", wait_timeout: "2m" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "UNHEALTHY" });
    for (const index of [1, 2]) {
      const { vmUuid, name } = sim.replica(index);
      const own = sim.gatewayRequests.filter((request) => request.vmUuid === vmUuid);
      expect(own).toHaveLength(2);
      const told = main.runner.entries.find(({ text }) => text === `${name}: healthy.`);
      expect((told?.at ?? 0) - sim.replica(index).createdAt).toBeLessThan(16 * SECOND);
    }
  });

  it("is asked of what was there before as well, where it counts", async () => {
    const sim = new Simulation({ liveInstances: 2, bootMs: SECOND });
    const main = await sim.main({ instances: "3", health_check: "/" });
    checkMain(sim, main);
    expect(main.runner.outputs.outcome).toBe("created");
    const asked = new Set(sim.gatewayRequests.map(({ vmUuid }) => vmUuid));
    const there = sim.cvms().filter(({ appId }) => appId === sim.world.appId);
    expect([...asked].sort()).toEqual(there.map(({ vmUuid }) => vmUuid).sort());
  });

  it("not where nothing is to be counted", async () => {
    const sim = new Simulation({ liveInstances: 2, bootMs: SECOND });
    const compose_hash = sim.world.source.composeHash;
    await sim.main({ count: "1", compose_hash, health_check: "/" });
    const asked = new Set(sim.gatewayRequests.map(({ vmUuid }) => vmUuid));
    expect([...asked]).toEqual([sim.replica(0).vmUuid]);
  });

  it("a sick one that was there before is red, and is named", async () => {
    const sick = { health: { kind: "status", status: 503 } } as const;
    const sim = new Simulation({ liveInstances: 2, bootMs: SECOND, existingPlans: [{}, sick] });
    const main = await sim.main({ instances: "3", health_check: "/", wait_timeout: "1m" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "UNHEALTHY" });
    expect(errorOf(main)).toMatch(/web-seed1 .*not healthy.*HTTP 503/);
  });
});
