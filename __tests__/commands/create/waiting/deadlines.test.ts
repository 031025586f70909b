/** In simulated time every deadline can be awaited to the millisecond: no mix-up of units gets by. */
import { describe, expect, it, jest } from "@jest/globals";
import { Simulation } from "../../../support/simulated/simulation.ts";
import {
  checkMain,
  errorOf,
  HOUR,
  MINUTE,
  NEVER,
  SECOND,
  WAY,
  waitBegan,
  waited,
} from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

describe("wait_timeout", () => {
  it.each([
    ["not given", {}, 15 * MINUTE],
    ["45 (seconds)", { wait_timeout: "45" }, 45 * SECOND],
    ["90s", { wait_timeout: "90s" }, 90 * SECOND],
    ["1.5s", { wait_timeout: "1.5s" }, 1_500],
    ["25m", { wait_timeout: "25m" }, 25 * MINUTE],
    ["3h", { wait_timeout: "3h", poll_interval: "20s" }, 3 * HOUR],
  ] as const)("%s ends a boot that never ends, to the millisecond", async (_name, inputs, ms) => {
    const sim = new Simulation(NEVER);
    const main = await sim.main(inputs);
    checkMain(sim, main);
    expect(waited(main)).toBe(ms);
    expect(main.runner.outputs).toMatchObject({ outcome: "timeout", error_code: "TIMEOUT" });
  });

  it("begins anew with the waiting: what creation took is not taken off", async () => {
    const sim = new Simulation(NEVER);
    sim.fault({ route: "create", kind: "delay", ms: 50 * SECOND });
    const main = await sim.main({ wait_timeout: "40s" });
    expect(waited(main)).toBe(40 * SECOND);
    expect(main.tookMs).toBeGreaterThan(90 * SECOND);
  });

  const running = { bootMs: 5 * SECOND };
  it.each([
    ["booting", NEVER, {}, [], "TIMEOUT"],
    ["looks that hang", NEVER, {}, [{ route: "batch", kind: "hang", when: "before" }], "TIMEOUT"],
    [
      "looks that fail",
      NEVER,
      {},
      [{ route: "batch", kind: "status", when: "before", status: 500 }],
      "TIMEOUT",
    ],
    [
      "running, its URL not given",
      { replicaPlans: [{ bootMs: 5 * SECOND, endpointsLagMs: 9 * HOUR }] },
      { health_check: "/" },
      [],
      "NO_URL",
    ],
    [
      "running, its row not readable",
      running,
      { health_check: "/" },
      [
        { route: "list", nth: 2, kind: "hang", when: "before" },
        { route: "cvm", kind: "hang", when: "before" },
      ],
      "NO_URL",
    ],
    [
      "health checks that hang",
      { replicaPlans: [{ bootMs: 5 * SECOND, health: { kind: "hang" } }] },
      { health_check: "/" },
      [],
      "UNHEALTHY",
    ],
    [
      "health checks that fail",
      { replicaPlans: [{ bootMs: 5 * SECOND, health: { kind: "status", status: 503 } }] },
      { health_check: "/" },
      [],
      "UNHEALTHY",
    ],
  ] as const)("holds in each phase: %s", async (_name, world, inputs, faults, code) => {
    const sim = new Simulation(world);
    for (const fault of faults) sim.fault({ ...fault, times: "always" });
    const main = await sim.main({ wait_timeout: "4m", ...inputs });
    checkMain(sim, main);
    expect(waited(main)).toBe(4 * MINUTE);
    expect(main.runner.outputs.error_code).toBe(code);
    expect(errorOf(main)).toContain("4 min");
  });

  it("bounds the look at the list that stands in for a missing status route", async () => {
    const slow = (route: string) => (route === "batch" || route === "list" ? 12 * SECOND : WAY);
    const sim = new Simulation({ ...NEVER, latencyMs: slow });
    sim.fault({ route: "batch", kind: "status", when: "before", status: 404, times: "always" });
    const main = await sim.main({ wait_timeout: "30s", poll_interval: "2s" });
    checkMain(sim, main);
    expect(waited(main)).toBe(30 * SECOND);
  });
});

describe("poll_interval", () => {
  it.each([
    ["not given", {}, 2 * SECOND],
    ["0.25s", { poll_interval: "0.25s" }, 250],
    ["7 (seconds)", { poll_interval: "7" }, 7 * SECOND],
    ["30s", { poll_interval: "30s" }, 30 * SECOND],
    ["5m", { poll_interval: "5m" }, 5 * MINUTE],
    ["1h", { poll_interval: "1h" }, HOUR],
  ] as const)("%s is the pause between two looks", async (_name, inputs, ms) => {
    const sim = new Simulation({ ...NEVER, latencyMs: WAY });
    const limit = 4 * (ms + 2 * WAY) + ms / 2;
    const main = await sim.main({ wait_timeout: `${limit / SECOND}s`, ...inputs });
    const looks = sim.requests.filter(({ route }) => route === "batch").map(({ at }) => at);
    const paced = [0, 1, 2, 3].map((n) => ms + n * (ms + 2 * WAY));
    // And one just before the end, where the next pause would go beyond it.
    const late = ms > 2 * SECOND ? [limit - SECOND] : [];
    expect(looks.map((at) => at - waitBegan(main) - WAY)).toEqual(
      [...paced, ...late].map((at) => at - WAY),
    );
  });

  it.each([
    ["2s", 2 * SECOND],
    ["20s", 20 * SECOND],
    ["4m", 4 * MINUTE],
  ] as const)("%s is the pause between two health checks", async (text, ms) => {
    const health = { kind: "flap", statuses: [503, 503, 200, 503, 200, 200] } as const;
    const sim = new Simulation({ replicaPlans: [{ bootMs: 1, health }], latencyMs: WAY });
    const main = await sim.main({ health_check: "/", poll_interval: text, wait_timeout: "2h" });
    checkMain(sim, main);
    const asked = sim.gatewayRequests.map(({ at }) => at);
    const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    expect(pauses).toEqual([1, 2, 3, 4, 5].map(() => ms + 2 * WAY));
    expect(main.runner.outputs.outcome).toBe("created");
  });

  it("lets a hanging health check go after ten seconds, for another try", async () => {
    const sim = new Simulation({ replicaPlans: [{ bootMs: 1, health: { kind: "hang" } }] });
    await sim.main({ health_check: "/", wait_timeout: "2m" });
    const asked = sim.gatewayRequests.map(({ at }) => at);
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBe(12 * SECOND);
    expect(asked.length).toBeGreaterThan(8);
  });
});
