/** The source served when it was checked, and ceases to before anything is touched. */
import { describe, expect, it } from "@jest/globals";
import { Simulation } from "../../support/simulated/simulation.ts";
import { deployed, instancesOf, NEW } from "./stage.ts";

const OTHER = "5c".repeat(32);

/** The other one of two is in somebody's update for a minute, so that nothing can be sent at first. */
function held(what: (sim: Simulation) => void, afterMs: number): Simulation {
  const plans = [{ ms: 60_000 }, { queueMs: 0, ms: 90_000 }];
  const sim = new Simulation({ liveInstances: 2, updateMs: 20_000, updatePlans: plans });
  deployed(sim);
  const [, other] = instancesOf(sim);
  if (other === undefined) throw new Error("no other instance");
  sim.world.operate(other, "update", "update", { composeHash: OTHER });
  sim.after(afterMs, () => what(sim));
  return sim;
}

/** Runs the step, and what became of it; `source`: how the source was at the first redeploy, if there was one. */
async function rollOut(sim: Simulation, inputs: Readonly<Record<string, string>> = {}) {
  const { source } = sim.world;
  let first: { readonly status: string; readonly guest: string } | null = null;
  sim.on("before-work", "redeploy", () => {
    const { status, guestHash } = sim.world.view(source);
    first ??= { status, guest: guestHash };
  });
  const main = await sim.start({ source: source.vmUuid, ...inputs }, "rollout").finished;
  const { entries, outputs } = main.runner;
  const said = entries.map(({ text }) => text).join("\n");
  return { first: first as { readonly status: string } | null, outputs, said };
}

describe("a source that ceases to serve before anything is touched", () => {
  it("is waited for once more", async () => {
    const sim = held(({ world }) => {
      world.operate(world.source, "update", "update", { composeHash: NEW });
    }, 20_000);
    const { first, outputs, said } = await rollOut(sim);
    expect(first).toEqual({ status: "running", guest: NEW });
    expect(said.match(/Waiting for the source/g)).toHaveLength(1);
    expect(outputs.outcome).toBe("rolled_out");
  });

  it("and is brought to another revision ends the step", async () => {
    const sim = held(({ world }) => {
      world.operate(world.source, "update", "update", { composeHash: OTHER });
    }, 20_000);
    const { first, outputs, said } = await rollOut(sim);
    expect(first).toBeNull();
    expect(outputs).toMatchObject({ outcome: "failed", error_code: "MISMATCH" });
    expect(said).toMatch(/source .*5c5c.*Nothing was touched/s);
  });

  it("and is gone ends the step", async () => {
    const sim = held(({ world }) => world.remove(world.source), 20_000);
    const { first, outputs, said } = await rollOut(sim);
    expect([first, outputs.outcome]).toEqual([null, "failed"]);
    expect(said).toMatch(/source .*Nothing was touched/s);
  });

  it("and is stopped ends the step", async () => {
    const sim = held(({ world }) => {
      world.operate(world.source, "stop", "stop");
    }, 20_000);
    const { first, outputs, said } = await rollOut(sim);
    expect(first).toBeNull();
    expect(outputs).toMatchObject({ outcome: "failed", error_code: "BOOT" });
    expect(said).toMatch(/source .*Nothing was touched/s);
  });
});

describe("a source that has another revision than compose_hash", () => {
  it("is checked for itself, and then brought along too", async () => {
    const sim = new Simulation({ liveInstances: 3, updateMs: 20_000 });
    const [first] = instancesOf(sim);
    const old = first?.composeHash ?? "";
    deployed(sim);
    const { first: source, outputs } = await rollOut(sim, { compose_hash: old });
    expect(source).toMatchObject({ status: "running", guest: NEW });
    expect(outputs.outcome).toBe("rolled_out");
    expect(instancesOf(sim).map(({ composeHash }) => composeHash)).toEqual([old, old, old]);
  });
});

describe("a newer revision that somebody deploys to the source while the others are brought along", () => {
  async function deployedMeanwhile(inputs: Readonly<Record<string, string>>) {
    const sim = new Simulation({ liveInstances: 3, updateMs: 20_000 });
    deployed(sim);
    const { source } = sim.world;
    let redeploys = 0;
    sim.on("after-work", "redeploy", () => {
      redeploys += 1;
      if (redeploys === 1) sim.world.operate(source, "update", "update", { composeHash: OTHER });
    });
    const { outputs, said } = await rollOut(sim, inputs);
    const hashes = instancesOf(sim).map(({ composeHash }) => composeHash);
    return { sim, redeploys, outputs, said, hashes };
  }

  it("is not set back: the step is red, and says what to do", async () => {
    const { redeploys, outputs, said, hashes } = await deployedMeanwhile({});
    expect(hashes.toSorted()).toEqual([OTHER, NEW, NEW].toSorted());
    expect(redeploys).toBe(2);
    expect(outputs).toMatchObject({ outcome: "partial", error_code: "MISMATCH" });
    expect(said).toMatch(/was brought to the revision 5c5c.*meanwhile.*run the step again/);
  });

  it("is one like another where compose_hash names the revision", async () => {
    const { outputs, hashes } = await deployedMeanwhile({ compose_hash: NEW });
    expect(hashes).toEqual([NEW, NEW, NEW]);
    expect(outputs.outcome).toBe("rolled_out");
  });
});
