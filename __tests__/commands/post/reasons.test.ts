/** What turns `cleanup: on_failure` on: only what failed of this run's own. */
import { describe, expect, it, jest } from "@jest/globals";
import type { Fault, ReplicaPlan } from "../../../simulator/core.ts";
import { type Inputs, Simulation } from "../../support/simulated/simulation.ts";
import { both, checkPost, HOUR, left, SECOND } from "../../support/simulated-steps.ts";
import { deletionsAsked } from "./support.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

describe("cleanup: on_failure", () => {
  /** An app of two: the source runs, and the other one is as `sick` says. */
  async function besideSick(sick: ReplicaPlan, inputs: Inputs = {}) {
    const sim = new Simulation({ liveInstances: 2, existingPlans: [{}, sick], bootMs: 200 });
    const wish = { instances: "3", cleanup: "on_failure", wait_timeout: "5s", ...inputs };
    return { sim, ...(await both(sim, wish)) };
  }

  it("is not turned on by an instance of before that stays starting", async () => {
    const { sim, main, post } = await besideSick({ steps: [{ atMs: 0, status: "starting" }] });
    expect(main.exitCode).toBe(1);
    expect(post.exitCode).toBe(0);
    expect(deletionsAsked(sim)).toEqual([]);
    expect(
      sim.cvms().filter(({ deleted, origin }) => !deleted && origin !== "stranger").length,
    ).toBe(
      // The app's three, and the lone ones of other apps.
      sim.cvms().length,
    );
    expect(left(sim)).toHaveLength(1);
  });

  it("is turned on by a new one that fails beside it", async () => {
    const sick = { steps: [{ atMs: 0, status: "starting" }] };
    const sim = new Simulation({
      liveInstances: 2,
      existingPlans: [{}, sick],
      replicaPlans: [{ bootMs: HOUR }],
    });
    const { post } = await both(sim, {
      instances: "3",
      cleanup: "on_failure",
      wait_timeout: "5s",
    });
    expect([post.exitCode, left(sim)]).toEqual([0, []]);
  });

  it("is not turned on by a summary or a deployment that could not be written", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    const { post } = await both(sim, {
      cleanup: "on_failure",
      deployment_environment: "preview",
    });
    expect([post.exitCode, left(sim).length]).toEqual([0, 1]);
  });

  const refused: Fault = { route: "create", kind: "status", when: "before", status: 400, nth: 2 };
  it.each<[string, Fault | null, Inputs]>([
    ["one of two was refused", refused, { count: "2" }],
    [
      "its ttl could not be set",
      { route: "scheduled-delete", kind: "status", when: "before", status: 403, times: "always" },
      { ttl: "2h" },
    ],
  ])("is turned on: %s", async (_name, fault, inputs) => {
    const sim = new Simulation({ bootMs: SECOND });
    if (fault !== null) sim.fault(fault);
    const { post } = await both(sim, { cleanup: "on_failure", ...inputs });
    expect([post.exitCode, left(sim)]).toEqual([0, []]);
  });

  it.each(["cancel", "kill"] as const)("is turned on by a %s", async (way) => {
    const sim = new Simulation({ bootMs: HOUR });
    const process = sim.start({ cleanup: "on_failure" });
    sim.after(5 * SECOND, () => process[way]());
    const post = await sim.post(await process.finished);
    checkPost(sim, post);
    expect([post.exitCode, left(sim)]).toEqual([0, []]);
  });
});
