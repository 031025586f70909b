/** Rollouts that are run again: after a kill, after an approval, and with a new environment. */
import { describe, expect, it } from "@jest/globals";
import { simulatedCloud } from "../../support/play/cloud.ts";
import { Simulation } from "../../support/simulated/simulation.ts";
import { deployed, type Entry, instancesOf, NEW } from "./stage.ts";

/** A value that is never to be seen. */
const SECRET = ["correct", "horse", "battery"].join("-");

function staged(options: ConstructorParameters<typeof Simulation>[0] = {}) {
  const sim = new Simulation({ liveInstances: 4, updateMs: 60_000, ...options });
  const cloud = simulatedCloud(sim);
  deployed(cloud);
  return { sim, cloud, inputs: { source: cloud.vmUuid } };
}

const outcomesOf = (outputs: Readonly<Record<string, string>>) =>
  (JSON.parse(outputs.replicas ?? "[]") as Entry[]).map(({ outcome }) => outcome);

describe("killed and run again", () => {
  it.each([1, 2, 3])(
    "at its redeploy number %d: it goes on, and updates none twice",
    async (nth) => {
      const { sim, cloud, inputs } = staged();
      const running = sim.start(inputs, "rollout");
      let met = 0;
      const off = sim.on("after-work", "redeploy", () => {
        met += 1;
        if (met === nth) running.kill();
      });
      const killed = await running.finished;
      off();
      expect(killed.exitCode).toBeNull();
      const post = await sim.post(killed);
      expect(post.exitCode).toBe(0);
      const said = post.runner.entries.map(({ text }) => text).join("\n");
      expect(said).toContain("was being updated; now: status");
      expect(said).toContain("goes on from what it finds");
      expect(post.runner.markdown).toContain("ended in the middle");
      const again = await sim.start(inputs, "rollout").finished;
      expect(again.runner.outputs.outcome).toBe(nth === 3 ? "unchanged" : "rolled_out");
      for (const cvm of instancesOf(cloud).slice(1)) {
        expect(cvm.operations).toHaveLength(1);
        expect(sim.world.view(cvm)).toMatchObject({ status: "running", guestHash: NEW });
      }
    },
  );
});

describe("an update of a killed run that ends in nothing", () => {
  it("is a failure, and not taken for what somebody stopped", async () => {
    const { sim, inputs } = staged({ updatePlans: [{ status: "stopped" }] });
    const running = sim.start(inputs, "rollout");
    sim.on("after-work", "redeploy", () => running.kill());
    await running.finished;
    const again = await sim.start(inputs, "rollout").finished;
    expect(again.runner.outputs).toMatchObject({ outcome: "failed", error_code: "BOOT" });
    const said = again.runner.entries.map(({ text }) => text).join("\n");
    expect(said).toMatch(/did not come up again: its status is stopped/);
  });
});

describe("names", () => {
  it("that fit nothing are NOT_FOUND", async () => {
    const { sim, inputs } = staged();
    const { runner } = await sim.start({ ...inputs, name: "nobody-*" }, "rollout").finished;
    expect(runner.outputs).toMatchObject({ outcome: "failed", error_code: "NOT_FOUND" });
  });
});

describe("an approval", () => {
  it("is asked for once; registered, the same step goes on", async () => {
    const { sim, inputs } = staged({ onChain: true });
    const pending = await sim.start(inputs, "rollout").finished;
    expect(pending.runner.outputs.outcome).toBe("pending_approval");
    sim.world.chain.register({ composeHash: NEW });
    const done = await sim.start(inputs, "rollout").finished;
    expect(done.runner.outputs).toMatchObject({ outcome: "rolled_out", error_code: "" });
    expect(outcomesOf(done.runner.outputs)).toEqual(["unchanged", "updated", "updated", "updated"]);
  });
});

describe("a new environment", () => {
  it.each(["keep", "revision"] as const)(
    "reaches each, after its revision (redeploy: %s)",
    async (redeployEnv) => {
      const { sim, cloud, inputs } = staged({ redeployEnv, allowedEnvs: ["TOKEN"] });
      const main = await sim.start({ ...inputs, envs: `TOKEN=${SECRET}` }, "rollout").finished;
      expect(main.runner.outputs.outcome).toBe("rolled_out");
      expect(outcomesOf(main.runner.outputs)).toEqual(Array(4).fill("updated"));
      const own = instancesOf(cloud);
      for (const cvm of own) {
        expect(sim.world.guestEnv(cvm)).toEqual([{ key: "TOKEN", value: SECRET }]);
        expect(cvm.composeHash).toBe(NEW);
      }
      expect(own.map(({ operations }) => operations.length)).toEqual([1, 2, 2, 2]);
      const blobs = sim.requests.filter(({ route }) => route === "envs").map(({ body }) => body);
      expect(new Set(blobs).size).toBe(1);
      const printed = main.runner.entries.map(({ text }) => text).join("\n");
      expect(printed + main.runner.markdown + JSON.stringify(main.runner.saved)).not.toContain(
        SECRET,
      );
    },
  );

  it("that does not reach one on the revision leaves it untouched, not unchanged", async () => {
    const { sim, inputs } = staged({ allowedEnvs: ["TOKEN"] });
    expect((await sim.start(inputs, "rollout").finished).exitCode).toBe(0);
    sim.fault({ route: "envs", kind: "status", when: "before", status: 403 });
    const main = await sim.start({ ...inputs, envs: `TOKEN=${SECRET}` }, "rollout").finished;
    expect(main.exitCode).toBe(1);
    expect(outcomesOf(main.runner.outputs)).toEqual([
      "failed",
      "untouched",
      "untouched",
      "untouched",
    ]);
    const said = main.runner.entries.map(({ text }) => text).join("\n");
    expect(said).not.toContain("two revisions");
    expect(said).toMatch(/untouched: has 77ab/);
  });

  it("that goes back brings the revision alone, and warns of that", async () => {
    const { sim, cloud, inputs } = staged({
      allowedEnvs: ["TOKEN"],
      updatePlans: [{}, {}, {}, {}, { status: "error" }],
    });
    const given = { ...inputs, envs: `TOKEN=${SECRET}`, on_failure: "rollback" };
    const main = await sim.start(given, "rollout").finished;
    const warnings = main.runner.entries.filter(({ kind }) => kind === "warning");
    expect(warnings.map(({ text }) => text).join()).toMatch(/brings revisions back, but not env/);
    expect(main.runner.outputs.outcome).toBe("rolled_back");
    const hashes = instancesOf(cloud).map(({ composeHash }) => composeHash);
    expect(hashes.slice(1)).toEqual(Array(3).fill(hashes[3]));
  });
});

describe("one that somebody stops after its update", () => {
  const stopped = async (more: Readonly<Record<string, string>>) => {
    const { sim, cloud, inputs } = staged({ powerMs: 0 });
    let met = 0;
    sim.on("after-work", "redeploy", () => {
      met += 1;
      const [, updated] = instancesOf(cloud);
      if (met === 2 && updated !== undefined) sim.world.operate(updated, "stop", "stop");
    });
    return await sim.start({ ...inputs, ...more }, "rollout").finished;
  };

  it("is a failure, and the third is not touched", async () => {
    const { runner, tookMs } = await stopped({});
    expect(runner.outputs).toMatchObject({ outcome: "partial", error_code: "BOOT" });
    expect(outcomesOf(runner.outputs)).toEqual(["unchanged", "failed", "updated", "untouched"]);
    expect(tookMs).toBeLessThan(5 * 60_000);
  });

  it("is told as it is, where the time ends before that is a failure", async () => {
    const { runner } = await stopped({ wait_timeout: "90s" });
    expect(runner.outputs.outcome).toBe("timeout");
    const said = runner.entries.map(({ text }) => text).join("\n");
    expect(said).toMatch(/updated to 77ab77ab77ab…; its status is stopped now/);
  });
});

describe("a way back that fails", () => {
  it("is in the title", async () => {
    const updatePlans = [{}, { status: "error" }, { status: "error" }] as const;
    const { sim, inputs } = staged({ updatePlans });
    const main = await sim.start({ ...inputs, on_failure: "rollback" }, "rollout").finished;
    const titles = main.runner.entries.map(({ title = "" }) => title);
    expect(titles.join()).toContain("The rollout failed, and so did the way back (BOOT)");
  });
});

describe("going back by previous_compose_hash", () => {
  it("brings all back, the source included", async () => {
    const { sim, cloud, inputs } = staged();
    const forth = await sim.start(inputs, "rollout").finished;
    const previous = forth.runner.outputs.previous_compose_hash ?? "";
    const back = await sim.start({ compose_hash: previous }, "rollout").finished;
    expect(back.runner.outputs.outcome).toBe("rolled_out");
    expect(instancesOf(cloud).map(({ composeHash }) => composeHash)).toEqual(
      Array(4).fill(previous),
    );
    expect(previous).not.toBe(NEW);
  });
});

describe("fifty instances, a fifth at a time", () => {
  it("takes a request an instance, and one a look", async () => {
    const { sim, inputs } = staged({ liveInstances: 50 });
    const main = await sim.start({ ...inputs, max_unavailable: "20%" }, "rollout").finished;
    expect(main.runner.outputs.outcome).toBe("rolled_out");
    const routes = sim.requests.map(({ route }) => route);
    expect(routes.filter((route) => route === "redeploy")).toHaveLength(49);
    const others = routes.filter((route) => !["list", "redeploy", "revisions"].includes(route));
    expect(others.length).toBeLessThan(10);
    // Five rounds of a minute, looked at every two seconds.
    expect(routes.filter((route) => route === "list").length).toBeLessThan(250);
  });
});
