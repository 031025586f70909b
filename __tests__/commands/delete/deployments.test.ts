/** `deployment_environment`, and what becomes inactive: the bundle against a GitHub and a cloud of its own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { startSimulator, type WorldOptions } from "../../../simulator/index.ts";
import { type Github, record, startGithub, TOKEN } from "../../deployments/server.ts";
import { runnerEnv } from "../../deployments/support.ts";
import { runStep, type StepResult } from "../../support/runner.ts";

jest.setTimeout(90_000);

type Sim = Awaited<ReturnType<typeof startSimulator>>;

interface Stage {
  readonly sim: Sim;
  readonly github: Github;
  /** The UUID of the app's CVM of that name. */
  readonly uuid: (name: string) => string;
  /** Records what create records. */
  readonly owns: (name: string, number: number | null, state?: string | null) => number;
  /** Runs delete for a pull request; null: for a push. */
  readonly run: (number: number | null, inputs?: Record<string, string>) => Promise<StepResult>;
  readonly left: () => string[];
  readonly states: (id: number) => unknown[];
}

async function onStage(world: WorldOptions, work: (stage: Stage) => Promise<void>): Promise<void> {
  const sim = await startSimulator({ removeMs: 1, ...world });
  const github = await startGithub();
  const folder = mkdtempSync(join(tmpdir(), "delete-event-"));
  const event = join(folder, "event.json");
  const uuid = (name: string) => sim.cvms().find((cvm) => cvm.name === name)?.vmUuid ?? "";
  try {
    await work({
      sim,
      github,
      uuid,
      owns: (name, number, state = "success") => {
        const payload = { vm_uuid: uuid(name), app_id: sim.appId, number, ref: "topic" };
        return record(github, { environment: "preview", payload }, state);
      },
      run: (number, inputs = {}) => {
        writeFileSync(event, JSON.stringify(number === null ? {} : { pull_request: { number } }));
        return runStep({
          api: sim,
          command: "delete",
          githubToken: TOKEN,
          inputs: {
            app_id: sim.appId,
            deployment_environment: "preview",
            poll_interval: "0.2s",
            ...inputs,
          },
          env: {
            ...runnerEnv(github.apiUrl),
            GITHUB_EVENT_PATH: event,
            GITHUB_EVENT_NAME: number === null ? "push" : "pull_request_target",
          },
        });
      },
      left: () =>
        sim
          .cvms()
          .filter(({ deleted, appId }) => !deleted && appId === sim.appId)
          .map(({ name }) => name)
          .sort(),
      states: (id) => (github.statuses.get(id) ?? []).map(({ state }) => state),
    });
  } finally {
    rmSync(folder, { recursive: true });
    await github.close();
    await sim.close();
  }
}

const ends = ({ exitCode, outputs }: StepResult) => [exitCode, outputs.outcome, outputs.error_code];
const annotations = ({ annotations: all }: StepResult) =>
  all.filter(({ from }) => from === "action").map(({ level }) => level);

describe("deployment_environment", () => {
  it("of a pull request takes what its own active deployments name, of all its commits", async () => {
    await onStage({ liveInstances: 6 }, async ({ owns, run, left, states }) => {
      const first = owns("web-seed1", 7);
      const second = owns("web-seed2", 7, null);
      const failed = owns("web-seed3", 7, "failure");
      const other = owns("web-seed4", 8);
      const inactive = owns("web-seed5", 7, "inactive");
      const step = await run(7);
      expect(ends(step)).toEqual([0, "deleted", ""]);
      expect(left()).toEqual(["web", "web-seed4", "web-seed5"]);
      expect(states(first)).toEqual(["success", "inactive"]);
      expect(states(second)).toEqual(["inactive"]);
      expect(states(failed)).toEqual(["failure", "inactive"]);
      expect(states(other)).toEqual(["success"]);
      expect(states(inactive)).toEqual(["inactive"]);
    });
  });

  it("is found beyond the first thousand", async () => {
    await onStage({ liveInstances: 2 }, async ({ owns, run, left, github, sim }) => {
      owns("web-seed1", 7);
      for (let n = 0; n < 1_100; n++) {
        const payload = {
          vm_uuid: sim.world.other.vmUuid,
          app_id: sim.world.otherAppId,
          number: 9,
        };
        record(github, { environment: "preview", payload });
      }
      expect(ends(await run(7))).toEqual([0, "deleted", ""]);
      expect(left()).toEqual(["web"]);
    });
  });

  it("makes inactive what a killed step deleted and did not tell", async () => {
    await onStage({ liveInstances: 2 }, async ({ owns, run, sim, uuid, states }) => {
      const id = owns("web-seed1", 7);
      sim.remove(uuid("web-seed1"));
      expect(ends(await run(7))).toEqual([0, "unchanged", ""]);
      expect(states(id)).toEqual(["success", "inactive"]);
    });
  });

  it("takes nothing that another environment, another app or no payload names", async () => {
    await onStage({ liveInstances: 4 }, async ({ github, uuid, run, left, sim }) => {
      const payload = (name: string) => ({ vm_uuid: uuid(name), app_id: sim.appId, number: 7 });
      record(github, { environment: "Preview", payload: payload("web-seed1") });
      const elsewhere = { ...payload("web-seed2"), app_id: sim.world.otherAppId };
      record(github, { environment: "preview", payload: elsewhere });
      for (const odd of ["", "{", null, [], { vm_uuid: null, number: 7 }, "web-seed3"]) {
        record(github, { environment: "preview", payload: odd });
      }
      expect(ends(await run(7))).toEqual([0, "unchanged", ""]);
      expect(left()).toHaveLength(4);
    });
  });

  it("reads a payload that comes as text", async () => {
    await onStage({ liveInstances: 2 }, async ({ github, uuid, run, left, sim }) => {
      const payload = { vm_uuid: uuid("web-seed1"), app_id: sim.appId, number: 7 };
      record(github, { environment: "preview", payload: JSON.stringify(payload) });
      expect(ends(await run(7))).toEqual([0, "deleted", ""]);
      expect(left()).toEqual(["web"]);
    });
  });

  it("without a pull request takes all of the environment, with a second word", async () => {
    await onStage({ liveInstances: 3 }, async ({ owns, run, left }) => {
      owns("web-seed1", 7);
      owns("web-seed2", null);
      expect(ends(await run(null))).toEqual([1, "failed", "INPUT"]);
      expect(ends(await run(null, { name: "web-*" }))).toEqual([0, "deleted", ""]);
      expect(left()).toEqual(["web"]);
    });
  });

  it("with each of the other selectors takes only what both mean", async () => {
    await onStage({ liveInstances: 4, deadInstances: ["exited"] }, async ({ owns, run, uuid }) => {
      for (const name of ["web-seed1", "web-seed2", "web-seed4"]) owns(name, 7);
      const meant = async (inputs: Record<string, string>) => {
        const { exitCode, outputs } = await run(7, { dry_run: "true", ...inputs });
        const entries = JSON.parse(outputs.selected ?? "") as { name: string }[];
        return [exitCode, ...entries.map(({ name }) => name).sort()];
      };
      const uuids = JSON.stringify(["web-seed2", "web-seed3"].map(uuid));
      const both = await Promise.all([
        meant({ vm_uuids: uuids }),
        meant({ name: "web-seed1, web-seed3" }),
        meant({ status: "dead" }),
        meant({ older_than: "30d" }),
        meant({ vm_uuids: uuids, name: "web-seed1", status: "running", older_than: "1s" }),
      ]);
      expect(both).toEqual([[0, "web-seed2"], [0, "web-seed1"], [0, "web-seed4"], [0], [0]]);
    });
  });

  it("that may not be read is red, names the permission, and deletes nothing", async () => {
    await onStage({ liveInstances: 2 }, async ({ owns, run, left, github, sim }) => {
      owns("web-seed1", 7);
      github.permission = "none";
      const step = await run(7);
      expect(ends(step)).toEqual([1, "failed", "HTTP-403"]);
      expect(step.outputs.error_message).toMatch(
        /permissions: deployments: write.*Nothing was deleted/,
      );
      expect(annotations(step)).toEqual(["error"]);
      expect(left()).toHaveLength(2);
      expect(sim.requests.filter(({ method }) => method === "DELETE")).toEqual([]);
    });
  });

  it("whose state can't be read deletes nothing either", async () => {
    await onStage({ liveInstances: 2 }, async ({ owns, run, left, github }) => {
      owns("web-seed1", 7);
      github.onRequest = ({ path }) => {
        if (path.includes("/statuses")) github.faults.push({ status: 404 });
      };
      expect(ends(await run(7))).toEqual([1, "failed", "HTTP-404"]);
      expect(left()).toHaveLength(2);
    });
  });

  it("without a token is red", async () => {
    await onStage({ liveInstances: 1 }, async ({ run }) => {
      const step = await run(7, { github_token: "" });
      expect(ends(step)).toEqual([1, "failed", "INPUT"]);
      expect(step.outputs.error_message).toContain("github_token is empty");
    });
  });

  it("on an event that names no pull request is red", async () => {
    await onStage({ liveInstances: 2 }, async ({ owns, run, left }) => {
      owns("web-seed1", 7);
      expect(ends(await run(0))).toEqual([1, "failed", "INPUT"]);
      expect(left()).toHaveLength(2);
    });
  });

  it("that may be read and not written: deleted, with a warning", async () => {
    await onStage({ liveInstances: 2 }, async ({ owns, run, left, github }) => {
      owns("web-seed1", 7);
      github.permission = "read";
      const step = await run(7);
      expect(ends(step)).toEqual([0, "deleted", ""]);
      expect(annotations(step)).toEqual(["warning"]);
      expect(left()).toEqual(["web"]);
    });
  });
});

describe("deployments of what another word selected", () => {
  const byName = { deployment_environment: "unset", name: "web-seed1" };

  it("become inactive", async () => {
    await onStage({ liveInstances: 2 }, async ({ owns, run, states }) => {
      const id = owns("web-seed1", 7);
      expect(ends(await run(null, byName))).toEqual([0, "deleted", ""]);
      expect(states(id)).toEqual(["success", "inactive"]);
    });
  });

  it("stay, with a notice, where the permission is missing", async () => {
    await onStage({ liveInstances: 2 }, async ({ owns, run, states, github }) => {
      const id = owns("web-seed1", 7);
      github.permission = "none";
      const step = await run(null, byName);
      expect(ends(step)).toEqual([0, "deleted", ""]);
      expect(annotations(step)).toEqual(["notice"]);
      expect(states(id)).toEqual(["success"]);
    });
  });
});
