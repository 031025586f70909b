/** What is there already and whose row tells no UUID yet: looked at until it does, and never green before. */
import { describe, expect, it, jest } from "@jest/globals";
import { Simulation, type SimulationOptions } from "../../../support/simulated/simulation.ts";
import {
  checkMain,
  errorOf,
  MINUTE,
  replicasOf,
  SECOND,
  textsOf,
} from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

type Row = Record<string, unknown> & { readonly name: string };
type Change = (row: Row) => Row;

/** Has the app's list tell something else of one CVM. */
function tell(sim: Simulation, name: string, change: Change): void {
  sim.on("after-work", "list", ({ answer }) => {
    if (answer === undefined || answer.status !== 200) return;
    const rows = JSON.parse(answer.body) as Row[];
    const changed = rows.map((row) => (row.name === name ? change(row) : row));
    Object.assign(answer, { body: JSON.stringify(changed) });
  });
}

/** Without its UUID, and booting, until so long after the start. */
function hide(sim: Simulation, name: string, untilMs = Number.POSITIVE_INFINITY): void {
  tell(sim, name, (row) =>
    sim.clock.now() < sim.startAt + untilMs ? { ...row, vm_uuid: null, status: "starting" } : row,
  );
}

const BY_NAME = { name: "web-seed1", vm_uuid: "" };
const BY_NUMBER = { instances: "2" };
const WAYS = [
  ["its name", BY_NAME],
  ["instances", BY_NUMBER],
] as const;

const world = (more: SimulationOptions = {}) => new Simulation({ liveInstances: 2, ...more });
const seed = (sim: Simulation) => sim.cvms().find(({ name }) => name === "web-seed1");
const creates = (sim: Simulation) =>
  sim.requests.filter(({ route }) => ["create", "instances"].includes(route));

describe.each(WAYS)("one that is there, found by %s, without a UUID", (_, inputs) => {
  it("that has one in the end: waited for and asked for its health, then green", async () => {
    const sim = world();
    hide(sim, "web-seed1", 40 * SECOND);
    const main = await sim.main({ ...inputs, health_check: "/healthz" });
    checkMain(sim, main);
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "unchanged"]);
    expect(main.tookMs).toBeGreaterThan(40 * SECOND);
    expect(main.tookMs).toBeLessThan(60 * SECOND);
    const { vmUuid, instanceId } = seed(sim) ?? {};
    const entry = replicasOf(main.runner.outputs).find(({ name }) => name === "web-seed1");
    expect(entry).toMatchObject({ vm_uuid: vmUuid, instance_id: instanceId, outcome: "existing" });
    expect(sim.gatewayRequests.filter((one) => one.vmUuid === vmUuid).length).toBeGreaterThan(1);
    expect(creates(sim)).toEqual([]);
  });

  it("that never has one: red by the deadline, in words that are true of it", async () => {
    const sim = world();
    hide(sim, "web-seed1");
    const main = await sim.main({ ...inputs, wait_timeout: "2m", health_check: "/healthz" });
    checkMain(sim, main);
    const { outcome, error_code } = main.runner.outputs;
    expect([main.exitCode, outcome, error_code]).toEqual([1, "failed", "AMBIGUOUS"]);
    expect(main.tookMs).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(main.tookMs).toBeLessThan(2 * MINUTE + 2 * SECOND);
    const error = main.runner.entries.find(({ kind }) => kind === "error");
    expect(error).toMatchObject({
      title: "An instance that was there has no UUID (AMBIGUOUS)",
      text: expect.stringMatching(
        /web-seed1 .*was there already, but the API told no UUID of it within 2 min \(wait_timeout\)/,
      ),
    });
    expect(errorOf(main)).not.toMatch(/was created and|unclear/);
    expect(creates(sim)).toEqual([]);
    // A line a minute, as for whatever else is waited for.
    expect(textsOf(main).filter((line) => /^Still waiting/i.test(line))).not.toEqual([]);
  });

  it("that runs with its URL: red all the same, since nothing can follow it", async () => {
    const sim = world();
    tell(sim, "web-seed1", (row) => ({ ...row, vm_uuid: null }));
    const main = await sim.main({ ...inputs, wait_timeout: "1m" });
    checkMain(sim, main);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "AMBIGUOUS"]);
  });

  it("that comes to nothing meanwhile: red at once, as BOOT", async () => {
    const sim = world();
    tell(sim, "web-seed1", (row) => {
      const status = sim.clock.now() < sim.startAt + 30 * SECOND ? "starting" : "error";
      return { ...row, vm_uuid: null, status };
    });
    const main = await sim.main(inputs);
    checkMain(sim, main);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "BOOT"]);
    expect(main.tookMs).toBeLessThan(40 * SECOND);
  });

  it("with wait: false: left as it is, in one look", async () => {
    const sim = world();
    hide(sim, "web-seed1");
    const main = await sim.main({ ...inputs, wait: "false" });
    checkMain(sim, main);
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "unchanged"]);
    expect(main.tookMs).toBeLessThan(SECOND);
  });

  it("while the list can't be read: it could not be followed, and that is said", async () => {
    const sim = world();
    hide(sim, "web-seed1");
    sim.fault({
      route: "list",
      kind: "status",
      when: "before",
      status: 500,
      nth: 2,
      times: "always",
    });
    const main = await sim.main({ ...inputs, wait_timeout: "1m" });
    checkMain(sim, main);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "TIMEOUT"]);
    expect(errorOf(main)).toContain("could not be followed");
  });

  it("with a key that is rejected meanwhile: ends at once", async () => {
    const sim = world();
    hide(sim, "web-seed1");
    for (const [route, nth] of [
      ["list", 2],
      ["batch", 1],
    ] as const) {
      sim.fault({ route, kind: "status", when: "before", status: 401, nth, times: "always" });
    }
    const main = await sim.main(inputs);
    checkMain(sim, main);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "HTTP-401"]);
    expect(main.tookMs).toBeLessThan(20 * SECOND);
  });

  it("cancelled while it is waited for: ends at once", async () => {
    const sim = world();
    hide(sim, "web-seed1");
    const step = sim.start(inputs);
    sim.after(30 * SECOND, () => step.cancel());
    const main = await step.finished;
    checkMain(sim, main);
    expect(main.runner.outputs.outcome).toBe("cancelled");
    expect(main.tookMs).toBeLessThan(32 * SECOND);
  });

  it("under verify: require it is verified once it has one", async () => {
    const sim = world();
    hide(sim, "web-seed1", 40 * SECOND);
    const main = await sim.main({ ...inputs, verify: "require" });
    checkMain(sim, main);
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "unchanged"]);
    const replicas = JSON.parse(main.runner.outputs.replicas ?? "") as { verified: boolean }[];
    expect(replicas.every(({ verified }) => verified)).toBe(true);
  });

  it.each(["starting", "running"])(
    "under verify: require, %s and without one for good: never green",
    async (status) => {
      const sim = world();
      tell(sim, "web-seed1", (row) => ({ ...row, vm_uuid: null, status }));
      const main = await sim.main({ ...inputs, verify: "require", wait_timeout: "1m" });
      checkMain(sim, main);
      expect([main.exitCode, main.runner.outputs.outcome]).toEqual([1, "failed"]);
    },
  );
});

describe("beside one without a UUID", () => {
  it("what is made is followed as ever, and no cleanup takes it for the other's failure", async () => {
    const sim = world({ bootMs: 10 * SECOND });
    hide(sim, "web-seed1");
    const main = await sim.main({
      name: "web-seed1, web-new",
      vm_uuid: "",
      wait_timeout: "2m",
      cleanup: "on_failure",
    });
    checkMain(sim, main);
    const { outcome, error_code } = main.runner.outputs;
    expect([main.exitCode, outcome, error_code]).toEqual([1, "partial", "AMBIGUOUS"]);
    const made = replicasOf(main.runner.outputs).find(({ name }) => name === "web-new");
    expect(made).toMatchObject({ outcome: "created", status: "running", error: null });
    await sim.post(main);
    expect(sim.requests.filter(({ method }) => method === "DELETE")).toEqual([]);
  });

  it("a boot error of what is made is told by the batch route meanwhile", async () => {
    const sim = world({
      replicaPlans: [{ bootMs: 600_000, steps: [{ atMs: 500, bootError: "no such image" }] }],
    });
    hide(sim, "web-seed1");
    const main = await sim.main({ name: "web-seed1, web-new", vm_uuid: "", wait_timeout: "3m" });
    checkMain(sim, main);
    expect(sim.requests.filter(({ route }) => route === "batch").length).toBeGreaterThan(2);
    expect(textsOf(main).join("\n")).toContain("no such image");
    const made = replicasOf(main.runner.outputs).find(({ name }) => name === "web-new");
    expect(made?.error).toContain("no such image");
  });

  it("a row of another app with its name is not taken for it", async () => {
    const sim = world();
    hide(sim, "web-seed1");
    sim.on("after-work", "list", ({ answer }) => {
      if (answer === undefined) return;
      const rows = JSON.parse(answer.body) as Row[];
      const other = { ...rows[0], app_id: sim.world.otherAppId, vm_uuid: sim.world.other.vmUuid };
      Object.assign(answer, { body: JSON.stringify([...rows, { ...other, name: "web-seed1" }]) });
    });
    const main = await sim.main({ ...BY_NUMBER, wait_timeout: "1m" });
    expect(main.runner.outputs.error_code).toBe("AMBIGUOUS");
  });
});

describe("a name that is another run's", () => {
  it("refused as taken while its row has no UUID: existing, and waited for", async () => {
    const sim = world();
    let looks = 0;
    hide(sim, "web-seed1", 70 * SECOND);
    sim.on("after-work", "list", ({ answer }) => {
      looks += 1;
      if (answer === undefined || looks > 1) return;
      const rows = (JSON.parse(answer.body) as Row[]).filter(({ name }) => name !== "web-seed1");
      Object.assign(answer, { body: JSON.stringify(rows) });
    });
    const main = await sim.main({ ...BY_NAME, health_check: "/healthz" });
    checkMain(sim, main);
    expect(creates(sim).map(({ status }) => status)).toEqual([409]);
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "unchanged"]);
    expect(main.runner.outputs.vm_uuid).toBe(seed(sim)?.vmUuid);
    expect(main.tookMs).toBeGreaterThan(70 * SECOND);
  });

  it("that came free and has it again, without a UUID: existing, and waited for", async () => {
    const sim = world();
    hide(sim, "web-seed1", 60 * SECOND);
    tell(sim, "web-seed1", (row) =>
      sim.clock.now() < sim.startAt + 20 * SECOND ? { ...row, status: "deleting" } : row,
    );
    const main = await sim.main({ ...BY_NAME, health_check: "/healthz" });
    checkMain(sim, main);
    expect(creates(sim)).toEqual([]);
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "unchanged"]);
    expect(main.runner.outputs.vm_uuid).toBe(seed(sim)?.vmUuid);
    expect(main.tookMs).toBeGreaterThan(60 * SECOND);
  });
});
