/** The live run as a process against the simulator: what it creates, what it asks, what it tells, what it leaves. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator/index.ts";
import { parseWorkflows } from "../support/github-parse.ts";
import { REPOSITORY } from "../support/repository.ts";
import { runWorkflow } from "../support/workflow.ts";

// Processes take long on a busy machine.
jest.setTimeout(120_000);

const ENV_OF = (sim: Simulator) => ({
  PHALA_CLOUD_API_PREFIX: sim.apiUrl,
  PHALA_APP_ID: sim.appId,
  PHALA_VM_UUID: sim.vmUuid,
  GITHUB_RUN_ID: "4242",
  LIVE_POLL_MS: "100",
  LIVE_PATIENCE_MS: "20000",
});

interface Live {
  readonly sim: Simulator;
  readonly temp: string;
  start(args?: readonly string[], env?: Readonly<Record<string, string>>): ReturnType<typeof spawn>;
  run(
    args?: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ code: number | null; text: string }>;
  report(): string;
  /** Names of the replicas that are there. */
  left(): string[];
}

async function live(options: SimulatorOptions, body: (live: Live) => Promise<void>): Promise<void> {
  const sim = await startSimulator(options);
  const temp = mkdtempSync(join(tmpdir(), "live-"));
  const start: Live["start"] = (args = [], env = {}) =>
    spawn(process.execPath, [join(REPOSITORY, "script/live/main.ts"), ...args], {
      // A group of its own, so that it can be killed with its children, as a runner does.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH,
        // Its sources are read once for all of these runs.
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        HOME: temp,
        RUNNER_TEMP: temp,
        PHALA_CLOUD_API_KEY: sim.apiKey,
        GITHUB_STEP_SUMMARY: join(temp, "summary"),
        ...ENV_OF(sim),
        ...env,
      },
    });
  const run: Live["run"] = async (args, env) => {
    const child = start(args, env);
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
    }
    const [code] = (await once(child, "close")) as [number | null];
    return { code, text };
  };
  try {
    await body({
      sim,
      temp,
      start,
      run,
      report: () => readFileSync(join(temp, "live", "live-report.md"), "utf8"),
      left: () => sim.replicas().flatMap(({ deleted, name }) => (deleted ? [] : [name])),
    });
  } finally {
    await sim.close();
    rmSync(temp, { recursive: true });
  }
}

/** The requests of the run itself, without those of the action. */
const own = (sim: Simulator) =>
  sim.requests.filter(({ headers }) => headers["user-agent"]?.includes("live run"));

describe("the live run", () => {
  it.concurrent("creates one, reads each route once, deletes it, and tells what was seen and nothing else", async () => {
    const odd: SimulatorOptions = {
      bootMs: 1_500,
      removeMs: 600,
      removingStatus: "deleting",
      listLagMs: 400,
      replicaPlans: [{ instanceIdNull: true, endpointsLagMs: 500 }],
      appRows: "full",
    };
    await live(odd, async ({ sim, temp, run, report, left }) => {
      const { code, text } = await run();
      expect([code, text]).toEqual([0, expect.any(String)]);
      expect(sim.replicas()).toHaveLength(1);
      expect(left()).toEqual([]);
      const creates = sim.requests.filter(({ route }) => ["create", "instances"].includes(route));
      expect(creates).toHaveLength(1);
      // The platform deletes it itself if nobody else does.
      expect(sim.requests.map(({ route }) => route)).toContain("scheduled-delete");

      const asked = own(sim);
      expect(asked.length).toBeGreaterThan(30);
      const posts = asked.filter(({ method }) => method !== "GET").map(({ route }) => route);
      expect(posts.sort()).toEqual(["batch", "is-allowed"]);

      const told = report();
      expect(readFileSync(join(temp, "summary"), "utf8")).toBe(told);
      expect(told).toContain("✅ Created, looked at and deleted.");
      expect(told).toMatch(/About 0\.\d{4} USD: it lived \d.* at 0\.058 USD per hour/);
      expect(told).toMatch(/\| 3 \|.*`starting.*`running.*while it was deleted: .*`deleting/);
      expect(told).toMatch(/\| 13 \|.*a newcomer showed [1-9\d.]+ s after/);
      expect(told).toMatch(/\| 14 \|.*a version of 2099: HTTP 400/);
      expect(told).toMatch(/\| 17 \|.*told the instance id never; its event log did/);
      expect(told).toMatch(/\| 20 \|.*`cvms`: list of/);
      expect(told).toMatch(/`batch` \| HTTP 200 \|.*\{‹key›: \{vm_uuid: UUID, status: text/);
      expect(told).toMatch(/own route: (\d+, then )*404/);
      for (let number = 1; number <= 20; number += 1) expect(told).toContain(`\n| ${number} | `);

      // No line of the action's is a command to the runner of this job.
      expect(text).not.toMatch(/^\s*::/m);
      const made = sim.replicas()[0];
      const secret = [sim.apiKey, sim.appId, sim.vmUuid, made?.vmUuid, made?.name, sim.composeHash];
      for (const value of secret.flatMap((one) => [one ?? "", (one ?? "").replaceAll("-", "")])) {
        expect(told).not.toContain(value);
        expect(text).not.toContain(value);
      }
    });
  });

  it.concurrent.each([
    ["an hour may cost too much", { LIVE_MAX_COST: "0.01" }, "more than the 0.01 USD allowed"],
    [
      "the key is not accepted",
      { PHALA_CLOUD_API_KEY: "another key".replace(" ", "-") },
      "the app's list was answered with 401",
    ],
  ])("creates nothing where %s, and says so", async (_what, env, reason) => {
    await live({}, async ({ sim, run, report }) => {
      const { code } = await run([], env);
      expect(code).toBe(1);
      expect(sim.requests.filter(({ method }) => method !== "GET")).toEqual([]);
      expect(report()).toContain(reason);
      expect(report()).toContain("not asked: nothing was created");
    });
  });

  it.concurrent("deletes what does not boot, and fails", async () => {
    const dead = { replicaPlans: [{ steps: [{ atMs: 300, status: "exited" }] }], bootMs: 60_000 };
    await live(dead, async ({ run, report, left }) => {
      expect((await run()).code).toBe(1);
      expect(left()).toEqual([]);
      expect(report()).toMatch(/create \| exit code 1, outcome `failed`, `BOOT`/);
    });
  });

  it.concurrent("deletes what a lost answer made", async () => {
    await live({ bootMs: 200 }, async ({ sim, run, report, left }) => {
      sim.fault({ route: "create", kind: "drop", when: "after" });
      sim.fault({ route: "instances", kind: "drop", when: "after" });
      const { code, text } = await run();
      expect([code, text]).toEqual([0, expect.any(String)]);
      expect(sim.replicas()).toHaveLength(1);
      expect(left()).toEqual([]);
      expect(report()).toContain("✅ Created, looked at and deleted.");
    });
  });

  it.concurrent("killed with all its children, leaves what the next step of the job deletes", async () => {
    await live({ bootMs: 60_000 }, async ({ sim, temp, start, run, left }) => {
      const child = start();
      const ended = once(child, "close");
      const made = new Promise<void>((done) => {
        const off = sim.on("answered", "batch", () => {
          off();
          done();
        });
      });
      // By then the action waits for the replica that was made.
      await made;
      expect(left()).toHaveLength(1);
      process.kill(-(child.pid ?? 0), "SIGKILL");
      await ended;
      expect(existsSync(join(temp, "live", "live-report.md"))).toBe(false);

      expect((await run(["--end"])).code).toBe(0);
      expect(left()).toEqual([]);
    });
  });

  it.concurrent("has nothing to end where nothing was begun, or all went well", async () => {
    await live({ bootMs: 50 }, async ({ sim, run }) => {
      expect((await run(["--end"])).code).toBe(0);
      expect(sim.requests).toEqual([]);
    });
  });
});

describe("live.yml", () => {
  it.concurrent("does on this machine what it is to do on GitHub's, once a reviewer has agreed", async () => {
    await live({ bootMs: 200, removeMs: 50 }, async ({ sim, left }) => {
      const text = readFileSync(join(REPOSITORY, ".github/workflows/live.yml"), "utf8");
      const [workflow] = await parseWorkflows([text]);
      if (workflow === undefined) throw new Error("no workflow");
      expect(Object.keys(workflow.keys.on as object)).toEqual(["workflow_dispatch"]);
      let agreed = 0;
      let kept = "";
      const { PHALA_APP_ID, PHALA_VM_UUID, ...env } = ENV_OF(sim);
      const runs = await runWorkflow(workflow, {
        secrets: {},
        vars: {},
        env,
        inputs: { max_cost: "0.10" },
        environments: {
          live: {
            secrets: { PHALA_CLOUD_API_KEY: sim.apiKey },
            vars: { PHALA_APP_ID, PHALA_VM_UUID },
            approve: () => {
              agreed += 1;
              expect(sim.requests).toEqual([]);
            },
          },
        },
        standIns: {
          "actions/checkout": {},
          "actions/setup-node": {},
          "actions/upload-artifact": ({ path = "" }) => {
            kept = readFileSync(path, "utf8");
            return {};
          },
        },
        workspace: REPOSITORY,
      });
      const logs = runs.flatMap(({ steps }) => steps.map(({ log }) => log)).join("\n");
      expect([runs.map(({ conclusion }) => conclusion), logs]).toEqual([
        ["success"],
        expect.any(String),
      ]);
      expect(agreed).toBe(1);
      expect(kept).toContain("✅ Created, looked at and deleted.");
      expect(sim.replicas()).toHaveLength(1);
      expect(left()).toEqual([]);
    });
  });
});
