/** What an earlier run asked for may wait in the platform's queue while the next one brings all to another revision. */
import { describe, expect, it } from "@jest/globals";
import { Simulation, type SimulationOptions } from "../../support/simulated/simulation.ts";
import { deployed, instancesOf, tellUptime } from "./stage.ts";

const THIRD = "5c".repeat(32);

/** Three; a rollout to the revision of the source is cancelled when its first request was answered. */
async function cancelled(queueMs: number, more: SimulationOptions = {}) {
  const updatePlans = [{ queueMs, ms: 40_000 }];
  const sim = new Simulation({ liveInstances: 3, updateMs: 20_000, updatePlans, ...more });
  deployed(sim);
  sim.world.revisions.note({ ...sim.world.source, composeHash: THIRD }, "update", 0);
  const running = sim.start({ source: sim.world.source.vmUuid }, "rollout");
  const off = sim.on("after-work", "redeploy", () => {
    off();
    sim.after(1_000, () => running.cancel());
  });
  await running.finished;
  return sim;
}

/** Brings all to a third revision; at each of its requests, how many of the others don't serve. */
async function next(sim: Simulation, inputs: Readonly<Record<string, string>> = {}) {
  const begun = sim.clock.now();
  const away: number[] = [];
  const afterMs: number[] = [];
  sim.on("before-work", "redeploy", ({ request }) => {
    const others = instancesOf(sim).filter(({ vmUuid }) => !request.body.includes(vmUuid));
    const views = others.map((cvm) => sim.world.view(cvm));
    away.push(views.filter(({ status, inProgress }) => status !== "running" || inProgress).length);
    afterMs.push(sim.clock.now() - begun);
  });
  const { runner } = await sim.start({ compose_hash: THIRD, ...inputs }, "rollout").finished;
  return { outcome: runner.outputs.outcome, away, afterMs };
}

describe("an instance whose update waits in the queue for another revision than the wanted one", () => {
  it("counts as away before it is: none is taken beside it", async () => {
    const { outcome, away, afterMs } = await next(await cancelled(60_000));
    expect([outcome, away]).toEqual(["rolled_out", [0, 0, 0]]);
    expect(afterMs[0]).toBeGreaterThan(60_000);
  });

  it("is through where its guest is younger than the update: nothing is waited for", async () => {
    const sim = await cancelled(0);
    await sim.pass(60_000);
    const { outcome, away, afterMs } = await next(sim);
    expect([outcome, away]).toEqual(["rolled_out", [0, 0, 0]]);
    expect(afterMs[0]).toBeLessThan(10_000);
  });

  it("is taken to be through after ten seconds, where nobody tells how long its guest is up", async () => {
    const sim = await cancelled(0);
    tellUptime(sim, "never");
    await sim.pass(60_000);
    const { outcome, away, afterMs } = await next(sim);
    expect([outcome, away]).toEqual(["rolled_out", [0, 0, 0]]);
    expect(afterMs[0]).toBeLessThan(10_000);
  });

  it("is taken to be through where that is never answered", async () => {
    const sim = await cancelled(0);
    sim.fault({ route: "batch", kind: "status", when: "before", status: 404, times: 1_000 });
    await sim.pass(60_000);
    const { outcome, away, afterMs } = await next(sim);
    expect([outcome, away]).toEqual(["rolled_out", [0, 0, 0]]);
    expect(afterMs[0]).toBeLessThan(20_000);
  });

  it("is waited for a third of its time at most: a guest's age that never changes holds nothing up", async () => {
    const sim = await cancelled(0);
    tellUptime(sim, "9m");
    await sim.pass(60_000);
    const { outcome, afterMs } = await next(sim, { instance_timeout: "60s", wait_timeout: "20m" });
    expect(outcome).toBe("rolled_out");
    expect(afterMs[0]).toBeGreaterThanOrEqual(20_000);
    expect(afterMs[0]).toBeLessThan(30_000);
  });
});
