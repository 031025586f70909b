/** What can become of a replica while it boots, in simulated time: verdict, reason, and when. */
import { describe, expect, it, jest } from "@jest/globals";
import type { ReplicaPlan } from "../../../../simulator/core.ts";
import { Simulation } from "../../../support/simulated/simulation.ts";
import {
  checkMain,
  errorOf,
  MINUTE,
  replicasOf,
  SECOND,
} from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const BOOT = 60 * SECOND;
/** Two looks at two seconds each, and their way there and back. */
const SOON = 5 * SECOND;

describe("a boot that comes to nothing", () => {
  const rows: readonly (readonly [string, ReplicaPlan, number, RegExp])[] = [
    ["error", { steps: [{ atMs: 20_000, status: "error" }] }, 20, /status is error/],
    ["exited", { steps: [{ atMs: 20_000, status: "exited" }] }, 20, /status is exited/],
    ["Exited, spelled so", { steps: [{ atMs: 20_000, status: "Exited" }] }, 20, /is exited/],
    ["stopped", { steps: [{ atMs: 20_000, status: "stopped" }] }, 20, /it stopped/],
    ["deleted meanwhile", { removedAfterMs: 20_000 }, 22, /somebody deleted it/],
    [
      "a boot error that stays",
      {
        steps: [{ atMs: 20_000, bootError: "no space left on device", bootProgress: "pre-launch" }],
      },
      35,
      /boot error.*Boot error: no space left on device.*Last progress: pre-launch/,
    ],
    [
      "a boot error that changes its words and stays",
      {
        steps: [
          { atMs: 20_000, bootError: "key request refused", bootProgress: "pre-launch" },
          { atMs: 23_000, bootError: "key request refused again" },
        ],
      },
      38,
      /Boot error: key request refused again/,
    ],
    [
      "error, with the boot error that led to it",
      { steps: [{ atMs: 20_000, status: "error", bootError: "container web exited (1)" }] },
      20,
      /status is error.*Boot error: container web exited \(1\)/,
    ],
  ];

  it.each(rows)("%s: red at once, with the reason", async (_name, plan, seconds, reason) => {
    const sim = new Simulation({ replicaPlans: [{ bootMs: BOOT, ...plan }] });
    const main = await sim.main();
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "BOOT" });
    const since = main.endedAt - sim.replica(0).createdAt;
    expect(since).toBeGreaterThanOrEqual(seconds * SECOND);
    expect(since).toBeLessThan(seconds * SECOND + SOON);
    const text = errorOf(main);
    expect(text).toMatch(reason);
    expect(text).toContain(sim.replica(0).name);
    expect(text).toMatch(/after [234]\d s/);
    const uuid = sim.replica(0).vmUuid.replaceAll("-", "");
    expect(text).toContain(
      `https://cloud.phala.com/simulated/apps/${sim.world.appId}/instances/${uuid}`,
    );
    const [entry] = replicasOf(main.runner.outputs);
    expect(entry).toMatchObject({ outcome: "failed", vm_uuid: sim.replica(0).vmUuid });
    expect(entry?.error).toMatch(reason);
  });

  describe("deleted at once, and listed as running for good", () => {
    const plan = {
      bootMs: 0,
      instanceIdNull: true,
      instanceUrlNone: true,
      backfill: "skips",
    } as const;
    const deletedAtOnce = (more: ReplicaPlan = {}) => {
      const sim = new Simulation({ listDeleted: true, replicaPlans: [{ ...plan, ...more }] });
      sim.on("after-work", "create", () => sim.world.remove(sim.replica(0)));
      return sim;
    };
    const askedOf = (sim: Simulation, route: string) =>
      sim.requests.filter((request) => request.route === route).length;

    it.each([
      ["without a health check", {}],
      ["with one", { health_check: "/healthz" }],
    ])("%s: red soon, since its own route does not know it", async (_name, inputs) => {
      const sim = deletedAtOnce();
      const main = await sim.main(inputs);
      expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "BOOT" });
      expect(errorOf(main)).toMatch(/somebody deleted it/);
      expect(main.endedAt - sim.replica(0).createdAt).toBeLessThan(30 * SECOND);
      expect(askedOf(sim, "attestation")).toBe(0);
      const post = await sim.post(main);
      expect(post.exitCode).toBe(0);
    });

    it("with its endpoint never told, and left out by the live state: red soon", async () => {
      const slow = { bootMs: BOOT, endpointsNever: true };
      const sim = new Simulation({ listDeleted: true, replicaPlans: [slow] });
      sim.after(10 * SECOND, () => sim.world.remove(sim.replica(0)));
      const main = await sim.main({ health_check: "/healthz" });
      expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "BOOT" });
      expect(errorOf(main)).toMatch(/somebody deleted it/);
      expect(main.endedAt - sim.replica(0).createdAt).toBeLessThan(2 * MINUTE);
    });

    it("404s of its own are no proof where the platform's live state shows it", async () => {
      const sim = new Simulation({ replicaPlans: [{ bootMs: 0, endpointsLagMs: 20_000 }] });
      sim.fault({ route: "cvm", nth: 1, times: 4, kind: "status", when: "before", status: 404 });
      sim.fault({ route: "list", nth: 2, times: 30, kind: "status", when: "before", status: 503 });
      const main = await sim.main();
      expect(askedOf(sim, "cvm")).toBeGreaterThan(4);
      expect(main.runner.outputs).toMatchObject({ outcome: "created", status: "running" });
    });
  });

  it("stopped by a platform that starts it over is waited on", async () => {
    const steps = [
      { atMs: 20_000, status: "stopped", inProgress: true },
      { atMs: 40_000, status: "restarting", inProgress: true },
      { atMs: 70_000, status: "running", inProgress: false },
    ];
    const sim = new Simulation({ replicaPlans: [{ bootMs: BOOT, steps }] });
    const main = await sim.main();
    checkMain(sim, main);
    expect(main.runner.outputs.outcome).toBe("created");
  });
});

describe("a boot that takes its time", () => {
  const rows: readonly (readonly [string, ReplicaPlan])[] = [
    ["slow", { bootMs: 9 * MINUTE }],
    [
      "a boot error that clears",
      {
        steps: [
          { atMs: 20_000, bootError: "gateway refused" },
          { atMs: 23_000, bootError: null },
        ],
      },
    ],
    [
      "a boot error that comes and goes",
      {
        steps: [10, 14, 18, 22, 26, 30].map((at, index) => ({
          atMs: at * SECOND,
          bootError: index % 2 === 0 ? "gateway refused" : null,
        })),
      },
    ],
    [
      "states that nobody knows",
      {
        steps: [
          { atMs: 1, status: "hibernating", inProgress: false },
          { atMs: 50_000, status: null, inProgress: null },
        ],
      },
    ],
    [
      "no state at all",
      {
        steps: [
          { atMs: 1, status: "", inProgress: false },
          { atMs: 50_000, status: null, inProgress: null },
        ],
      },
    ],
    [
      "running with an operation in progress",
      {
        steps: [
          { atMs: 1, status: "running", inProgress: true },
          { atMs: 60_000, inProgress: false },
        ],
      },
    ],
  ];

  it.each(rows)("%s: waited on, and green", async (_name, plan) => {
    const sim = new Simulation({ replicaPlans: [{ bootMs: BOOT, ...plan }] });
    const main = await sim.main();
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "created", status: "running" });
    const overhead = main.endedAt - sim.replica(0).createdAt - (plan.bootMs ?? BOOT);
    expect(overhead).toBeGreaterThanOrEqual(0);
    expect(overhead).toBeLessThan(3 * SECOND);
  });

  it("Running and Starting are read without regard to case", async () => {
    const sim = new Simulation({ titleCase: true, bootMs: BOOT });
    const main = await sim.main();
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "created", status: "running" });
  });

  it("a list that shows newcomers late does not make a running one count as deleted", async () => {
    const sim = new Simulation({ bootMs: 10 * SECOND, listLagMs: 40 * SECOND });
    const main = await sim.main();
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "created", error_code: "" });
  });
});

describe("the outputs of a running replica", () => {
  it("are those of the running one: id, URLs, dashboard", async () => {
    const sim = new Simulation({ bootMs: BOOT });
    const main = await sim.main();
    checkMain(sim, main);
    const { outputs } = main.runner;
    const cvm = sim.replica(0);
    const instance = `https://gateway.simulated.invalid/_gateway/${cvm.futureInstanceId}-8080`;
    expect(outputs).toMatchObject({
      status: "running",
      instance_id: cvm.futureInstanceId,
      instance_url: instance,
      app_url: `https://gateway.simulated.invalid/_gateway/${sim.world.appId}-8080`,
      dashboard_url: `https://cloud.phala.com/simulated/apps/${sim.world.appId}/instances/${cvm.vmUuid.replaceAll("-", "")}`,
      vm_uuid: cvm.vmUuid,
    });
    expect(JSON.parse(outputs.result ?? "")).toMatchObject({
      status: "running",
      instance_id: cvm.futureInstanceId,
    });
    expect(replicasOf(outputs)[0]).toMatchObject({ instance_url: instance, status: "running" });
  });

  it("are those of the create answer with wait: false, and no look is made", async () => {
    const sim = new Simulation({ bootMs: BOOT });
    const main = await sim.main({ wait: "false" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({
      outcome: "created",
      status: "provisioning",
      instance_id: "",
      instance_url: "",
    });
    expect(sim.requests.map(({ route }) => route)).toEqual(["list", "create"]);
  });

  it("of an adopted one are refreshed too", async () => {
    const sim = new Simulation({ bootMs: BOOT });
    sim.fault({ route: "create", kind: "drop", when: "after" });
    const main = await sim.main({ health_check: "/" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({
      outcome: "created",
      status: "running",
      instance_id: sim.replica(0).futureInstanceId,
    });
    expect(replicasOf(main.runner.outputs)[0]).toMatchObject({ outcome: "adopted" });
  });
});
