/** The GitHub deployments of a rollout: the bundle against a GitHub and a cloud of its own. */
import { describe, expect, it, jest } from "@jest/globals";
import { startSimulator, type WorldOptions } from "../../../simulator/index.ts";
import { type Github, startGithub, TOKEN } from "../../deployments/server.ts";
import { runnerEnv } from "../../deployments/support.ts";
import { runPost, runStep, startStep } from "../../support/runner.ts";
import { NEW } from "./stage.ts";

jest.setTimeout(90_000);

type Sim = Awaited<ReturnType<typeof startSimulator>>;

async function onStage(
  world: WorldOptions,
  work: (sim: Sim, github: Github) => Promise<void>,
): Promise<void> {
  const sim = await startSimulator({ liveInstances: 3, updateMs: 1_000, ...world });
  const github = await startGithub();
  const { source } = sim.world;
  const at = Date.now() - 3_600_000;
  source.composeHash = NEW;
  source.booted = [...source.booted, { at, composeHash: NEW }];
  sim.world.revisions.note(source, "update", at);
  try {
    await work(sim, github);
  } finally {
    await github.close();
    await sim.close();
  }
}

function stepOf(sim: Sim, github: Github, inputs: Readonly<Record<string, string>> = {}) {
  return {
    api: sim,
    command: "rollout" as const,
    githubToken: TOKEN,
    inputs: {
      app_id: sim.appId,
      source: sim.vmUuid,
      deployment_environment: "production",
      poll_interval: "0.2s",
      ...inputs,
    },
    env: runnerEnv(github.apiUrl),
  };
}

const states = (github: Github) =>
  [...github.statuses.values()].map((all) => all.map(({ state }) => state));

describe("deployment_environment", () => {
  it("records one for each that is updated, none for what had the revision", async () => {
    await onStage({}, async (sim, github) => {
      const step = await runStep(stepOf(sim, github));
      expect([step.exitCode, step.outputs.outcome]).toEqual([0, "rolled_out"]);
      expect(github.deployments.map(({ environment }) => environment)).toEqual([
        "production",
        "production",
      ]);
      expect(states(github)).toEqual([
        ["in_progress", "success"],
        ["in_progress", "success"],
      ]);
      const payloads = github.deployments.map(({ payload }) => JSON.stringify(payload)).join();
      expect(payloads).not.toContain(sim.vmUuid);
      expect(payloads).toContain(sim.appId);
    });
  });

  it("what goes back ends as a failure", async () => {
    await onStage({ versions: { [NEW]: "2" } }, async (sim, github) => {
      const health = { health_check: "/healthz", health_expect: "version 3" };
      const inputs = { ...health, on_failure: "rollback", instance_timeout: "8s" };
      const vm_uuids = JSON.stringify(
        sim.world.cvms
          .filter((cvm) => cvm.appId === sim.appId)
          .map((cvm) => cvm.vmUuid)
          .slice(1),
      );
      const compose_hash = NEW;
      const step = await runStep(
        stepOf(sim, github, { ...inputs, source: "unset", vm_uuids, compose_hash }),
      );
      expect([step.outputs.outcome, step.outputs.error_code]).toEqual(["rolled_back", "UNHEALTHY"]);
      expect(states(github)).toEqual([["in_progress", "failure"]]);
    });
  });

  it("of a step that was killed, post tells the end", async () => {
    await onStage({ updateMs: 60_000 }, async (sim, github) => {
      const step = startStep(stepOf(sim, github));
      while (states(github).flat().length === 0) await new Promise((go) => setTimeout(go, 50));
      step.kill("SIGKILL");
      const main = await step.finished;
      expect(main.exitCode).toBeNull();
      await runPost(main);
      expect(states(github)).toEqual([["in_progress", "error"]]);
    });
  });

  it("without the permission it is a warning, and the rollout goes on", async () => {
    await onStage({}, async (sim, github) => {
      github.permission = "read";
      const step = await runStep(stepOf(sim, github));
      expect([step.exitCode, step.outputs.outcome]).toEqual([0, "rolled_out"]);
      const warnings = step.annotations.filter(({ level }) => level === "warning");
      expect(warnings).toHaveLength(1);
    });
  });
});
