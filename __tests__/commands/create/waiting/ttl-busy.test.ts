/** A `ttl` that can't be set at once, beside the wait; and when exactly it ends what was created. */
import { describe, expect, it, jest } from "@jest/globals";
import { type Inputs, type Result, Simulation } from "../../../support/simulated/simulation.ts";
import {
  both,
  checkMain,
  checkPost,
  errorOf,
  HOUR,
  left,
  MINUTE,
  replicasOf,
  SECOND,
  textsOf,
  waited,
} from "../../../support/simulated-steps.ts";
import { spoil, withCreatedAt, withoutDate } from "../../post/support.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const CONFLICT = {
  route: "scheduled-delete",
  kind: "status",
  when: "before",
  status: 409,
} as const;

/** Ms from the replica's creation to the end that was set, by the world's clock. */
function lifeOf(sim: Simulation, index = 0): number {
  const { createdAt, scheduledDeleteAt } = sim.replica(index);
  return (scheduledDeleteAt ?? Number.NaN) - createdAt;
}

/** The end that is put out, in ms since the epoch. */
function endOf({ runner }: Result, index = 0): number {
  return Date.parse(replicasOf(runner.outputs)[index]?.deleted_at_latest ?? "");
}

describe("a ttl that is refused while the replica is busy", () => {
  it.each([400, 409, 423] as const)("(%s) is set as soon as it runs", async (busyStatus) => {
    const sim = new Simulation({
      bootMs: 15 * SECOND,
      replicaPlans: [{ busyMs: 15_000, busyStatus }],
    });
    const main = await sim.main({ ttl: "2h", wait_timeout: "60s" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "created", status: "running" });
    expect(Math.abs(lifeOf(sim) - 2 * HOUR)).toBeLessThan(SECOND);
    expect(waited(main)).toBeLessThan(30 * SECOND);
  });

  it("is tried again up to the wait's end, long after it runs", async () => {
    const sim = new Simulation({ bootMs: 4 * SECOND, replicaPlans: [{ busyMs: 4 * MINUTE }] });
    const main = await sim.main({ ttl: "2h", wait_timeout: "5m" });
    checkMain(sim, main);
    expect(main.exitCode).toBe(0);
    expect(Math.abs(lifeOf(sim) - 2 * HOUR)).toBeLessThan(SECOND);
  });

  it("for good costs the step, but not the wait; post tries again, and is red too", async () => {
    const sim = new Simulation({ bootMs: 4 * SECOND });
    sim.fault({ ...CONFLICT, times: "always" });
    const main = await sim.main({ ttl: "2h", wait_timeout: "15s" });
    checkMain(sim, main);
    expect(main.exitCode).toBe(1);
    expect(main.tookMs).toBeLessThan(45 * SECOND);
    expect(main.runner.outputs).toMatchObject({ status: "running", error_code: "HTTP-409" });
    expect(main.runner.outputs.instance_url).not.toBe("");
    expect(errorOf(main)).toMatch(/ttl/);
    expect(replicasOf(main.runner.outputs)[0]).toMatchObject({ deleted_at_latest: null });
    const before = sim.timesOf("scheduled-delete").length;
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(sim.timesOf("scheduled-delete").length).toBeGreaterThan(before + 2);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toMatch(/ttl/);
    expect(errorOf(post)).toContain(sim.replica(0).vmUuid);
  });

  it("in main is set by post, to the same moment", async () => {
    const sim = new Simulation({ bootMs: 4 * SECOND });
    sim.fault({ ...CONFLICT, times: "always" });
    const main = await sim.main({ ttl: "2h", wait_timeout: "15s" });
    sim.server.faults.clear();
    await sim.pass(10 * MINUTE);
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(0);
    expect(Math.abs(lifeOf(sim) - 2 * HOUR)).toBeLessThan(SECOND);
  });

  it("of one does not hold up the creation of the next", async () => {
    const sim = new Simulation({ bootMs: 20 * SECOND, replicaPlans: [{ busyMs: 15_000 }] });
    const main = await sim.main({ ttl: "2h", count: "2" });
    checkMain(sim, main);
    expect(main.exitCode).toBe(0);
    const [first = 0, second = 0] = sim.timesOf("create");
    expect(second - first).toBeLessThan(SECOND);
    for (const index of [0, 1])
      expect(Math.abs(lifeOf(sim, index) - 2 * HOUR)).toBeLessThan(SECOND);
  });

  it("is not what 403 says: one try, and the replica is waited for all the same", async () => {
    const sim = new Simulation({ bootMs: 4 * SECOND });
    sim.fault({ ...CONFLICT, status: 403, times: "always" });
    const main = await sim.main({ ttl: "2h" });
    checkMain(sim, main);
    expect(sim.timesOf("scheduled-delete")).toHaveLength(1);
    expect(main.runner.outputs).toMatchObject({ status: "running", error_code: "HTTP-403" });
  });

  it("beside a boot that fails: the annotation has both", async () => {
    const sim = new Simulation({
      replicaPlans: [{ bootMs: HOUR, steps: [{ atMs: 5_000, status: "error" }] }],
    });
    sim.fault({ ...CONFLICT, times: "always" });
    const main = await sim.main({ ttl: "2h", wait_timeout: "20s" });
    checkMain(sim, main);
    expect(main.runner.outputs.error_code).toBe("BOOT");
    expect(errorOf(main)).toMatch(/status is error/);
    expect(errorOf(main)).toMatch(/ttl/);
  });

  it("without a wait is tried again for half a minute", async () => {
    const sim = new Simulation({ replicaPlans: [{ busyMs: 20 * SECOND }] });
    const main = await sim.main({ ttl: "2h", wait: "false" });
    checkMain(sim, main);
    expect(main.exitCode).toBe(0);
    expect(Math.abs(lifeOf(sim) - 2 * HOUR)).toBeLessThan(SECOND);
    const never = new Simulation();
    never.fault({ ...CONFLICT, times: "always" });
    const red = await never.main({ ttl: "2h", wait: "false" });
    checkMain(never, red);
    expect(red.exitCode).toBe(1);
    expect(red.tookMs).toBeLessThan(40 * SECOND);
  });

  it("ends with the step where it is cancelled, and is left to post", async () => {
    const sim = new Simulation({ bootMs: MINUTE });
    sim.fault({ ...CONFLICT, times: "always" });
    const process = sim.start({ ttl: "2h" });
    sim.after(10 * SECOND, () => process.cancel());
    const main = await process.finished;
    checkMain(sim, main);
    expect(main.tookMs).toBeLessThanOrEqual(12 * SECOND);
    sim.server.faults.clear();
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(0);
    expect(Math.abs(lifeOf(sim) - 2 * HOUR)).toBeLessThan(SECOND);
  });
});

describe("the end of a replica", () => {
  it("is put out for each, in the log and in the outputs", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    const { main, post } = await both(sim, { ttl: "2h", count: "2" });
    for (const index of [0, 1]) {
      const iso = replicasOf(main.runner.outputs)[index]?.deleted_at_latest ?? "";
      expect(new Date(iso).toISOString()).toBe(iso);
      expect(Math.abs(endOf(main, index) - sim.replica(index).createdAt - 2 * HOUR)).toBeLessThan(
        SECOND,
      );
      expect(textsOf(main, "info").join("\n")).toContain(iso);
      expect(textsOf(post, "info").join("\n")).toContain(iso);
    }
    const without = new Simulation({ bootMs: SECOND });
    const plain = await without.main();
    expect(replicasOf(plain.runner.outputs)[0]).toMatchObject({ deleted_at_latest: null });
  });

  it.each<[string, number, Inputs]>([
    ["30 h ahead", -30 * HOUR, {}],
    ["30 h behind", 30 * HOUR, {}],
    ["3 h behind", 3 * HOUR, {}],
    ["30 h ahead, and the wait is long", -30 * HOUR, { wait_timeout: "10m" }],
  ])("is counted by the platform's clock where ours is %s", async (_name, clockSkewMs, inputs) => {
    const sim = new Simulation({ bootMs: SECOND, clockSkewMs });
    const main = await sim.main({ ttl: "2h", ...inputs });
    checkMain(sim, main);
    expect(main.exitCode).toBe(0);
    expect(Math.abs(lifeOf(sim) - 2 * HOUR)).toBeLessThan(SECOND);
    expect(Math.abs(endOf(main) - sim.replica(0).createdAt - 2 * HOUR)).toBeLessThan(SECOND);
    expect(textsOf(main, "warning")).toEqual([]);
  });

  it.each([
    ["30 h ahead", -30 * HOUR],
    ["30 h behind", 30 * HOUR],
  ])("is counted by Date where no created_at is told, our clock %s", async (_name, clockSkewMs) => {
    const sim = new Simulation({ bootMs: SECOND, clockSkewMs });
    withCreatedAt(sim, null);
    const main = await sim.main({ ttl: "2h" });
    checkMain(sim, main);
    expect(main.exitCode).toBe(0);
    expect(Math.abs(lifeOf(sim) - 2 * HOUR)).toBeLessThan(2 * SECOND);
    expect(textsOf(main, "warning")).toEqual([]);
  });

  it("is counted by created_at where there is no Date, our clock 3 h behind", async () => {
    const sim = new Simulation({ bootMs: SECOND, clockSkewMs: 3 * HOUR });
    withoutDate(sim);
    const main = await sim.main({ ttl: "2h" });
    checkMain(sim, main);
    expect(main.exitCode).toBe(0);
    expect(Math.abs(lifeOf(sim) - 2 * HOUR)).toBeLessThan(SECOND);
  });

  it("is counted by our clock where neither is told, with a warning that gives it", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    withoutDate(sim);
    withCreatedAt(sim, null);
    const main = await sim.main({ ttl: "2h" });
    checkMain(sim, main);
    expect(main.exitCode).toBe(0);
    expect(Math.abs(lifeOf(sim) - 2 * HOUR)).toBeLessThan(2 * SECOND);
    const iso = replicasOf(main.runner.outputs)[0]?.deleted_at_latest ?? "?";
    expect(textsOf(main, "warning").join()).toContain(iso);
  });

  it("never lies in the past: not sent then, and said so", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    const longAgo = new Date(sim.startAt - 3 * HOUR).toISOString();
    spoil(sim, ({ answer }, request) => {
      if (request.method !== "POST") return { kind: "answer", answer };
      const body = answer.body.replace(/"created_at":"[^"]*"/, `"created_at":"${longAgo}"`);
      return { kind: "answer", answer: { ...answer, body } };
    });
    const { main, post } = await both(sim, { ttl: "2h" });
    expect(sim.timesOf("scheduled-delete")).toEqual([]);
    expect(main.exitCode).toBe(1);
    expect(main.runner.outputs.status).toBe("running");
    expect(errorOf(main)).toMatch(/ttl/);
    expect(errorOf(main)).toMatch(/past/);
    expect(post.exitCode).toBe(1);
  });

  it("that has passed by the time of post is not set: red, and named", async () => {
    const sim = new Simulation({ bootMs: MINUTE });
    sim.fault({ route: "scheduled-delete", kind: "hang", when: "before" });
    const process = sim.start({ ttl: "2h" });
    sim.after(SECOND, () => process.kill());
    const main = await process.finished;
    await sim.pass(3 * HOUR);
    const before = sim.timesOf("scheduled-delete").length;
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(sim.timesOf("scheduled-delete").length).toBe(before);
    expect(left(sim)).toHaveLength(1);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toMatch(/past/);
    expect(errorOf(post)).toContain(sim.replica(0).vmUuid);
  });
});
