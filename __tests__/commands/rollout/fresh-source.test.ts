/** A deploy step has just updated the source: when is its guest taken for the new one? */
import { describe, expect, it } from "@jest/globals";
import { Simulation, type SimulationOptions } from "../../support/simulated/simulation.ts";
import { deployed, instancesOf, NEW, tellUptime } from "./stage.ts";

const MINUTE_MS = 60_000;

interface Deployed {
  /** How long before the step starts. */
  readonly agoMs: number;
  readonly queueMs?: number;
  readonly ms?: number;
}

/** Somebody deployed to the source of two a moment ago. */
async function lately({ agoMs, queueMs = 0, ms = 20_000 }: Deployed, more: SimulationOptions = {}) {
  const options = { liveInstances: 2, updateMs: 20_000, updatePlans: [{ queueMs, ms }], ...more };
  const sim = new Simulation(options);
  sim.world.operate(sim.world.source, "update", "update", { composeHash: NEW });
  await sim.pass(agoMs);
  return sim;
}

/** Its row was changed a moment ago, and its guest is never restarted for it. */
async function neverRestarted(agoMs: number) {
  const sim = new Simulation({ liveInstances: 2, updateMs: 20_000 });
  deployed(sim);
  sim.world.revisions.note(sim.world.source, "update", sim.world.now());
  await sim.pass(agoMs);
  return sim;
}

/** Runs the step, and what held at its first redeploy; null: there was none. */
async function rollOut(sim: Simulation, inputs: Readonly<Record<string, string>> = {}) {
  const begun = sim.clock.now();
  let first: { readonly afterMs: number; readonly guest: string } | null = null;
  sim.on("before-work", "redeploy", () => {
    const guest = sim.world.view(sim.world.source).guestHash;
    first ??= { afterMs: sim.clock.now() - begun, guest };
  });
  const main = await sim.start({ source: sim.world.source.vmUuid, ...inputs }, "rollout").finished;
  const { entries, outputs } = main.runner;
  const asked = sim.requests.filter(({ route }) => route === "batch").length;
  const told = first as { readonly afterMs: number; readonly guest: string } | null;
  return { first: told, asked, outputs, said: entries.map(({ text }) => text).join("\n") };
}

describe("a source that was deployed a moment ago", () => {
  it.each([
    ["ten seconds ago", 10_000],
    ["half a minute ago", 30_000],
  ])("%s and waits in the queue: its old guest is not taken for the new one", async (_, agoMs) => {
    const sim = await lately({ agoMs, queueMs: 90_000 });
    const { first, asked, outputs, said } = await rollOut(sim);
    expect(first).toMatchObject({ guest: NEW });
    expect(first?.afterMs).toBeGreaterThanOrEqual(110_000 - agoMs);
    expect(first?.afterMs).toBeLessThan(130_000 - agoMs);
    expect(said).toMatch(
      /Waiting for the source .* what the API tells may still be the state before/,
    );
    expect(outputs.outcome).toBe("rolled_out");
    expect(asked).toBeLessThan(30);
  });

  it("and is through already is believed at once", async () => {
    const { first, outputs } = await rollOut(await lately({ agoMs: 5_000, ms: 3_000 }));
    expect(first).toMatchObject({ guest: NEW });
    expect(first?.afterMs).toBeLessThan(4_000);
    expect(outputs.outcome).toBe("rolled_out");
  });

  it("and is in progress is waited for", async () => {
    const { first, outputs } = await rollOut(await lately({ agoMs: 5_000, ms: MINUTE_MS }));
    expect(first).toMatchObject({ guest: NEW });
    expect(first?.afterMs).toBeGreaterThanOrEqual(55_000);
    expect(outputs.outcome).toBe("rolled_out");
  });

  it("is asked again how long it is up where the first answer was an error", async () => {
    const sim = await lately({ agoMs: 30_000, queueMs: 90_000 });
    sim.fault({ route: "batch", kind: "status", when: "before", status: 500 });
    const { first } = await rollOut(sim);
    expect(first).toMatchObject({ guest: NEW });
  });

  it("and whose uptime nobody tells is believed in ten seconds", async () => {
    const sim = await neverRestarted(0);
    tellUptime(sim, "never");
    const { first, outputs } = await rollOut(sim);
    expect(first?.afterMs).toBeGreaterThanOrEqual(10_000);
    expect(first?.afterMs).toBeLessThan(20_000);
    expect(outputs.outcome).toBe("rolled_out");
  });

  it("and never restarts for it is believed after three minutes", async () => {
    const { first, outputs } = await rollOut(await neverRestarted(MINUTE_MS));
    expect(first?.afterMs).toBeGreaterThanOrEqual(2 * MINUTE_MS);
    expect(first?.afterMs).toBeLessThan(2 * MINUTE_MS + 15_000);
    expect(outputs.outcome).toBe("rolled_out");
  });

  it("and waits in the queue for longer than one instance may take: nothing is touched, and it is said why", async () => {
    const sim = await lately({ agoMs: 10_000, queueMs: 150_000 });
    const { first, outputs, said } = await rollOut(sim, { instance_timeout: "60s" });
    expect(first).toBeNull();
    expect(outputs).toMatchObject({ outcome: "timeout", error_code: "TIMEOUT" });
    expect(said).toMatch(
      /nothing showed within .* that its update had begun.*Nothing was touched/s,
    );
    const [, other] = instancesOf(sim);
    expect(other?.operations).toEqual([]);
  });

  it("and whose revision the app's list does not have is named, not compose_hash", async () => {
    const sim = new Simulation({ liveInstances: 2 });
    sim.world.source.composeHash = "ab".repeat(32);
    const { first, outputs, said } = await rollOut(sim);
    expect([first, outputs.error_code]).toEqual([null, "NOT_FOUND"]);
    expect(said).toMatch(/^source names what the app/m);
    expect(said).toContain("revision abababababab… of the source is not in the app");
  });
});
