/** What is said of a replica whose wait ends badly, or that nobody waited for. */
import { describe, expect, it, jest } from "@jest/globals";
import { Simulation } from "../../../support/simulated/simulation.ts";
import {
  checkMain,
  errorOf,
  replicasOf,
  SECOND,
  textsOf,
} from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const always = { times: "always", kind: "status", when: "before" } as const;

describe("an API that can't be read from the creation on", () => {
  function unreadable(from = 1): Simulation {
    const sim = new Simulation({ bootMs: 60 * SECOND });
    sim.fault({ route: "batch", nth: from, status: 502, ...always });
    sim.fault({ route: "list", nth: 2, status: 502, ...always });
    sim.fault({ route: "cvm", status: 502, ...always });
    return sim;
  }

  it("tells nothing of the replica: it may be fine", async () => {
    const sim = unreadable();
    const main = await sim.main({ wait_timeout: "12s" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "timeout", error_code: "TIMEOUT" });
    const text = errorOf(main);
    expect(text).toMatch(
      /the API could not be read since its creation \(08:00:\d\d UTC\), for all of 12 s.*HTTP 502.*may be fine.*https:\/\/cloud\.phala\.com/,
    );
    expect(replicasOf(main.runner.outputs)[0]?.error).not.toMatch(/delet/);
    expect(text).not.toMatch(/deleted/);
  });

  it("is another matter where a look came through before", async () => {
    const sim = unreadable(2);
    const main = await sim.main({ wait_timeout: "12s" });
    expect(errorOf(main)).toMatch(/status is provisioning.*The last looks failed: HTTP 502/);
  });
});

describe("a health check that does not pass", () => {
  it.each([
    ["is refused", { kind: "drop" }, /connection broke/],
    ["answers badly", { kind: "status", status: 503 }, /HTTP 503/],
  ] as const)("and %s: the annotation has its path and address", async (_name, health, why) => {
    const sim = new Simulation({ bootMs: SECOND, replicaPlans: [{ health }] });
    const main = await sim.main({ health_check: "/healthz", wait_timeout: "10s" });
    checkMain(sim, main);
    expect(main.runner.outputs.error_code).toBe("UNHEALTHY");
    expect(errorOf(main)).toContain(`${main.runner.outputs.instance_url}/healthz`);
    expect(errorOf(main)).toMatch(why);
  });
});

describe("wait: false", () => {
  const born = (status: string) =>
    new Simulation({ replicaPlans: [{ steps: [{ atMs: 0, status }] }] });

  it.each(["error", "Error", "exited", "stopped", "removing"])(
    "with a create answer whose status is %s: a warning with status and link",
    async (status) => {
      const sim = born(status);
      const main = await sim.main({ wait: "false" });
      checkMain(sim, main);
      expect(main.runner.outputs).toMatchObject({ outcome: "created", error_code: "" });
      const [warning = "", ...more] = textsOf(main, "warning");
      expect(more).toEqual([]);
      expect(warning.toLowerCase()).toContain(`status is ${status.toLowerCase()}`);
      expect(warning).toContain(sim.replica(0).name);
      expect(warning).toContain(
        `https://cloud.phala.com/simulated/apps/${sim.world.appId}/instances/`,
      );
    },
  );

  it.each(["provisioning", "starting", "running", "rebalancing"])(
    "with %s: no warning",
    async (status) => {
      const main = await born(status).main({ wait: "false" });
      expect(textsOf(main, "warning")).toEqual([]);
    },
  );
});
