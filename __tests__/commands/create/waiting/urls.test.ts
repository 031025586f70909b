/** A waited replica that runs has its own URL in the outputs, or there is a word that says why not. */
import { describe, expect, it, jest } from "@jest/globals";
import type { ReplicaPlan } from "../../../../simulator/core.ts";
import {
  type Inputs,
  Simulation,
  type SimulationOptions,
} from "../../../support/simulated/simulation.ts";
import {
  checkMain,
  errorOf,
  HOUR,
  left,
  logOf,
  MINUTE,
  NEVER,
  replicasOf,
  SECOND,
  textsOf,
  waited,
} from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const DOMAIN = "gateway.simulator.invalid";
const BOOT = 4 * SECOND;
/** The real gateway's addresses; the instance's own URL lacks its id. */
const NULL_ID: ReplicaPlan = { bootMs: BOOT, instanceIdNull: true };

function world(plan: ReplicaPlan, more: SimulationOptions = {}): Simulation {
  return new Simulation({ gatewayForm: "host", ...more, replicaPlans: [plan, plan, plan] });
}

async function run(sim: Simulation, inputs: Inputs = {}) {
  const main = await sim.main(inputs);
  checkMain(sim, main);
  expect(JSON.stringify(main.runner.outputs)).not.toMatch(/\bNone\b|\/\/null\b/);
  return main;
}

/** What the outputs have to say of the first replica. */
function whole(sim: Simulation) {
  const id = sim.replica(0).futureInstanceId;
  return {
    outcome: "created",
    status: "running",
    instance_id: id,
    instance_url: `https://${id}-8080.${DOMAIN}`,
    app_url: `https://${sim.world.appId}-8080.${DOMAIN}`,
  };
}

const asked = (sim: Simulation, route: string) =>
  sim.requests.filter((request) => request.route === route);

function expectWhole(sim: Simulation, main: Awaited<ReturnType<typeof run>>): void {
  const { outcome: _, ...fields } = whole(sim);
  expect(main.runner.outputs).toMatchObject(whole(sim));
  expect(replicasOf(main.runner.outputs)[0]).toMatchObject({ ...fields, outcome: "created" });
  expect(JSON.parse(main.runner.outputs.result ?? "")).toMatchObject({
    instance_id: fields.instance_id,
    app_url: fields.app_url,
  });
  expect(textsOf(main, "warning")).toEqual([]);
}

describe("endpoints that come late", () => {
  it.each([6, 20, 55])("%s s after running: waited for", async (seconds) => {
    const sim = world({ bootMs: BOOT, endpointsLagMs: seconds * SECOND });
    const main = await run(sim);
    expectWhole(sim, main);
    expect(main.endedAt - sim.replica(0).createdAt).toBeGreaterThan(seconds * SECOND);
    // The id was there all the time.
    expect([...asked(sim, "instance-id"), ...asked(sim, "attestation")]).toEqual([]);
  });

  it.each([
    ["30s", 30 * SECOND],
    ["5m", 5 * MINUTE],
  ])("with looks every %s too, without waiting for the next", async (poll, ms) => {
    // It runs just before the first look.
    const sim = world({ bootMs: ms - 2 * SECOND, endpointsLagMs: 0.1 * ms + 25 * SECOND });
    const main = await run(sim, { poll_interval: poll });
    expectWhole(sim, main);
    expect(waited(main)).toBeGreaterThan(ms + 20 * SECOND);
    expect(waited(main)).toBeLessThan(ms + 50 * SECOND);
  });

  it("later than a minute: green with a word, and the others are not held up", async () => {
    const sim = world({ bootMs: BOOT, endpointsLagMs: 70 * SECOND });
    const main = await run(sim, { count: "2" });
    expect(main.runner.outputs).toMatchObject({ outcome: "created", instance_url: "" });
    const warnings = textsOf(main, "warning");
    expect(warnings).toHaveLength(2);
    for (const [n, warning] of warnings.entries()) {
      expect(warning).toMatch(
        /NO_URL.*instance_url.*lists no endpoint.*https:\/\/cloud\.phala\.com/,
      );
      expect(warning).toContain(sim.replica(n).name);
    }
    expect(waited(main)).toBeGreaterThanOrEqual(MINUTE + BOOT * 0.9);
    expect(waited(main)).toBeLessThan(MINUTE + BOOT + 5 * SECOND);
  });

  it("with a health check: waited for as long as that may take", async () => {
    const sim = world({ bootMs: BOOT, endpointsLagMs: 5 * MINUTE });
    const main = await run(sim, { health_check: "/healthz" });
    expectWhole(sim, main);
    expect(sim.gatewayRequests.map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe("an instance id that stays null", () => {
  it("is filled in by the platform, which is asked once", async () => {
    const sim = world({ ...NULL_ID, backfill: "updates" });
    const main = await run(sim);
    expectWhole(sim, main);
    const [backfill, ...more] = asked(sim, "instance-id");
    expect(more).toEqual([]);
    expect(backfill).toMatchObject({ method: "PATCH" });
    expect(backfill?.path).toContain(`/cvms/${sim.replica(0).vmUuid}/instance-id`);
    expect(JSON.parse(backfill?.body ?? "")).toEqual({ overwrite: false, dry_run: false });
    expect(asked(sim, "attestation")).toEqual([]);
  });

  it("is read from the replica's own event log where the platform does not know it", async () => {
    const sim = world({ ...NULL_ID, backfill: "skips" });
    const main = await run(sim);
    expectWhole(sim, main);
    expect(asked(sim, "instance-id")).toHaveLength(1);
    expect(asked(sim, "attestation")).toHaveLength(1);
    expect(logOf(main)).toContain(sim.replica(0).futureInstanceId);
  });

  it.each([
    ["refuses it", { kind: "status", when: "before", status: 404 }],
    ["forbids it", { kind: "status", when: "before", status: 403 }],
    ["fails", { kind: "status", when: "before", status: 500 }],
    ["breaks off", { kind: "drop", when: "before" }],
    ["answers rubbish", { kind: "garbage", form: "html" }],
  ] as const)("the same where the API %s", async (_name, fault) => {
    const sim = world({ ...NULL_ID, backfill: "skips" });
    sim.fault({ route: "instance-id", times: "always", ...fault });
    const main = await run(sim);
    expectWhole(sim, main);
    expect(asked(sim, "instance-id")).toHaveLength(1);
  });

  it("is asked for again in the event log, which may come late", async () => {
    const sim = world({ ...NULL_ID, backfill: "skips" });
    const offline = { is_online: false, is_public: true, error: "CVM is offline", tcb_info: null };
    const body = JSON.stringify(offline);
    sim.fault({
      route: "attestation",
      kind: "status",
      when: "before",
      status: 200,
      body,
      times: 2,
    });
    const main = await run(sim);
    expectWhole(sim, main);
    expect(asked(sim, "attestation")).toHaveLength(3);
  });

  it("the domain is the app URL's where the row does not tell it", async () => {
    const sim = world({ ...NULL_ID, backfill: "skips" }, { gatewayInRow: false });
    expectWhole(sim, await run(sim));
  });

  it("of three replicas: each has its own", async () => {
    const sim = world({ ...NULL_ID, backfill: "skips" });
    const main = await run(sim, { count: "3" });
    const urls = replicasOf(main.runner.outputs).map(({ instance_url }) => instance_url);
    expect(urls).toEqual(
      [0, 1, 2].map((n) => `https://${sim.replica(n).futureInstanceId}-8080.${DOMAIN}`),
    );
    expect(asked(sim, "instance-id")).toHaveLength(3);
  });

  it.each(["updates", "skips"] as const)(
    "never shows as None in a URL (backfill %s)",
    async (backfill) => {
      const sim = world({ ...NULL_ID, instanceUrlNone: true, backfill });
      expectWhole(sim, await run(sim));
    },
  );

  it("is asked at its own URL once that is known", async () => {
    const sim = world({ ...NULL_ID, backfill: "skips" });
    const main = await run(sim, { health_check: "/healthz" });
    expectWhole(sim, main);
    const own = { vmUuid: sim.replica(0).vmUuid, target: "instance", status: 200 };
    expect(sim.gatewayRequests).toMatchObject([own, own]);
  });

  it("is not filled in of what was there before, only read", async () => {
    const plan: ReplicaPlan = { ...NULL_ID, bootMs: 2 * HOUR, backfill: "skips" };
    const sim = new Simulation({ gatewayForm: "host", bootMs: BOOT });
    const there = sim.addStranger({ plan, createdAt: sim.startAt - 2 * HOUR + BOOT });
    const main = await run(sim, { instances: "2" });
    expect(main.runner.outputs).toMatchObject({
      outcome: "unchanged",
      vm_uuid: there.vmUuid,
      instance_url: `https://${there.futureInstanceId}-8080.${DOMAIN}`,
    });
    expect(asked(sim, "instance-id")).toEqual([]);
  });
});

describe("what counts and runs already", () => {
  const lacking: ReplicaPlan = { instanceIdNull: true };

  it("has its URL looked for, the source included", async () => {
    const existingPlans = [lacking, lacking];
    const sim = new Simulation({ gatewayForm: "host", liveInstances: 2, existingPlans });
    const main = await run(sim, { instances: "2" });
    expect(main.runner.outputs.outcome).toBe("unchanged");
    const ids = sim.world.cvms.slice(0, 2).map(({ futureInstanceId }) => futureInstanceId);
    const urls = replicasOf(main.runner.outputs).map(({ instance_url }) => instance_url);
    expect([...urls].sort()).toEqual(ids.map((id) => `https://${id}-8080.${DOMAIN}`).sort());
    // Nothing of theirs is changed.
    expect(asked(sim, "instance-id")).toEqual([]);
    expect(textsOf(main, "warning")).toEqual([]);
  });

  it("or a word says why there is none, soon", async () => {
    const existingPlans = [{ endpointsNever: true }];
    const sim = new Simulation({ gatewayForm: "host", existingPlans });
    const main = await run(sim, { instances: "1" });
    expect(main.runner.outputs.outcome).toBe("unchanged");
    expect(textsOf(main, "warning")).toEqual([expect.stringMatching(/^NO_URL: web runs/)]);
    expect(waited(main)).toBeLessThan(20 * SECOND);
  });

  it("is not looked at where it has its URL", async () => {
    const sim = new Simulation({ gatewayForm: "host", liveInstances: 2 });
    await run(sim, { instances: "2" });
    expect(sim.requests.map(({ route }) => route)).toEqual(["list"]);
  });

  it("is not looked at without waiting", async () => {
    const sim = new Simulation({ gatewayForm: "host", existingPlans: [lacking] });
    await run(sim, { instances: "1", wait: "false" });
    expect(sim.requests.map(({ route }) => route)).toEqual(["list"]);
  });
});

describe("no URL at all", () => {
  const none: ReplicaPlan = { ...NULL_ID, backfill: "skips", attestationEvent: false };

  it("without a health check: green at the end of a short wait, with a word", async () => {
    const sim = world(none);
    const main = await run(sim, { wait_timeout: "8s" });
    expect(main.runner.outputs).toMatchObject({
      outcome: "created",
      error_code: "",
      status: "running",
      instance_url: "",
      instance_id: "",
      app_url: whole(sim).app_url,
    });
    const [warning = "", ...more] = textsOf(main, "warning");
    expect(more).toEqual([]);
    expect(warning).toMatch(/NO_URL.*URL.*neither the API nor .* event log tells its instance id/);
    expect(waited(main)).toBe(8 * SECOND);
    expect(asked(sim, "instance-id")).toHaveLength(1);
  });

  it("is over within a minute of running, with few requests", async () => {
    const sim = world(none);
    const main = await run(sim);
    expect(main.exitCode).toBe(0);
    expect(main.endedAt - sim.replica(0).createdAt).toBeLessThan(MINUTE + BOOT + SECOND);
    expect(asked(sim, "attestation").length).toBeLessThanOrEqual(6);
    expect(asked(sim, "instance-id")).toHaveLength(1);
  });

  it("with a health check: red with a code of its own", async () => {
    const sim = world(none);
    const main = await run(sim, { wait_timeout: "6s", health_check: "/h", cleanup: "on_failure" });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "NO_URL" });
    expect(errorOf(main)).toMatch(/runs, but no URL.*within 6 s.*\/h was not asked/);
    expect(replicasOf(main.runner.outputs)[0]).toMatchObject({ status: "running" });
    expect(left(sim)).toHaveLength(1);
    expect(sim.gatewayRequests).toEqual([]);
  });

  it("is told apart from a sick one", async () => {
    const sick: ReplicaPlan = { bootMs: BOOT, health: { kind: "status", status: 503 } };
    const sim = new Simulation({ gatewayForm: "host", replicaPlans: [none, sick, {}] });
    const main = await run(sim, { count: "3", wait_timeout: "1m", health_check: "/" });
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "NO_URL" });
    const errors = replicasOf(main.runner.outputs).map(({ error }) => error);
    expect(errors).toEqual([
      expect.stringMatching(/no URL/),
      expect.stringMatching(/not healthy.*HTTP 503/),
      null,
    ]);
  });

  it("does not hold up others that boot, nor is it held up by them", async () => {
    const sim = new Simulation({ gatewayForm: "host", replicaPlans: [none, NEVER] });
    const main = await run(sim, { count: "2", wait_timeout: "10m" });
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "TIMEOUT" });
    const warnings = main.runner.entries.filter(({ kind }) => kind === "warning");
    const since = warnings.map(({ at }) => at - sim.replica(0).createdAt);
    expect(since).toHaveLength(1);
    expect(since[0]).toBeLessThan(MINUTE + BOOT + SECOND);
  });

  it("of one that stops and starts again: its id is asked for once", async () => {
    const steps = [
      { atMs: 15_000, status: "restarting", inProgress: true },
      { atMs: 30_000, status: "running", inProgress: false },
    ];
    const sim = world({ ...none, steps });
    const main = await run(sim);
    expect(main.exitCode).toBe(0);
    expect(textsOf(main, "warning").join()).toMatch(/NO_URL/);
    expect(asked(sim, "instance-id")).toHaveLength(1);
    expect(main.endedAt - sim.replica(0).createdAt).toBeGreaterThan(85 * SECOND);
  });
});

describe("a list that can't be read", () => {
  it("is made up for by the replica's own row", async () => {
    const sim = world({ bootMs: BOOT });
    sim.fault({
      route: "list",
      nth: 2,
      times: "always",
      kind: "status",
      when: "before",
      status: 500,
    });
    const main = await run(sim);
    expectWhole(sim, main);
    expect(waited(main)).toBeLessThan(15 * SECOND);
  });

  it("nor that: green with the reason", async () => {
    const sim = world({ bootMs: BOOT });
    const fault = { times: "always", kind: "status", when: "before", status: 502 } as const;
    sim.fault({ route: "list", nth: 2, ...fault });
    sim.fault({ route: "cvm", ...fault });
    const main = await run(sim);
    expect(main.runner.outputs).toMatchObject({ outcome: "created", instance_url: "" });
    expect(textsOf(main, "warning").join()).toMatch(/NO_URL.*could not be read.*HTTP 502/);
  });

  it("a look that hangs does not keep a finished wait", async () => {
    const sim = world({ bootMs: BOOT });
    sim.fault({ route: "list", nth: 2, times: "always", kind: "hang", when: "before" });
    sim.fault({ route: "cvm", times: "always", kind: "hang", when: "before" });
    const main = await run(sim, { request_timeout: "10m" });
    expect(main.runner.outputs.outcome).toBe("created");
    expect(waited(main)).toBeLessThan(MINUTE + BOOT + 5 * SECOND);
  });
});
