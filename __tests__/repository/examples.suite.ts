/** The examples that need no more than an API key, run as they stand on the bundle against the simulator. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../simulator/index.ts";
import { APP_ID, clockAt, GOOD_DAY, genuineCloud, OS_LINE } from "../commands/verify/genuine.ts";
import { runWorkflow } from "../support/workflow.ts";
import {
  broken,
  conclusions,
  exampleNames,
  logs,
  replicas,
  runExample,
  settings,
} from "./running.ts";

describe("the examples", () => {
  it("are all run by a test", () => {
    const tests = ["examples.suite.ts", "examples-github.suite.ts"].map((name) =>
      readFileSync(new URL(name, import.meta.url), "utf8"),
    );
    const run = tests.flatMap((text) => [...text.matchAll(/runExample\(\s*"([^"]+)"/g)]);
    expect(new Set(run.map(([, name]) => name))).toEqual(new Set(exampleNames));
  });

  runExample("Release", "creates a replica, which the next step reaches", async (sim, workflow) => {
    const runs = await runWorkflow(workflow, settings(sim));
    expect(conclusions(runs)).toEqual(["replicate success"]);
    expect(replicas(sim)).toHaveLength(1);
    expect(logs(runs)).toContain("ok from");
  });

  runExample("Release", "would fail with an output that does not exist", async (sim, workflow) => {
    const wrong = broken(workflow, "outputs.instance_url", "outputs.url");
    const runs = await runWorkflow(wrong, settings(sim));
    expect(conclusions(runs)).toEqual(["replicate failure"]);
  });

  runExample(
    "Nightly sweep",
    "deletes old previews and dead ones, and by hand only says so",
    async (sim, workflow) => {
      const day = 86_400_000;
      const now = sim.world.now();
      sim.addStranger({ name: "shop-pr-7-old", createdAt: now - day - 60_000 });
      sim.addStranger({ name: "shop-pr-7-young", createdAt: now - 60_000 });
      sim.addStranger({ name: "shop-pr-8-dead", createdAt: now - 60_000, status: "error" });
      sim.addStranger({ name: "production", createdAt: now - 9 * day });
      const left = () =>
        sim
          .cvms()
          .filter(({ deleted, appId }) => !deleted && appId === sim.appId)
          .map(({ name }) => name)
          .sort();
      const all = left();
      const byHand = await runWorkflow(workflow, settings(sim, { inputs: { dry_run: "true" } }));
      expect(conclusions(byHand)).toEqual(["sweep success"]);
      expect(left()).toEqual(all);
      const runs = await runWorkflow(workflow, settings(sim, { inputs: { dry_run: "" } }));
      expect(conclusions(runs)).toEqual(["sweep success"]);
      expect(left()).toEqual(["production", "shop-pr-7-young", "web"]);
    },
  );

  const namesOf = (sim: Simulator) =>
    sim
      .cvms()
      .filter(({ deleted, appId }) => !deleted && appId === sim.appId)
      .map(({ name }) => name)
      .sort();

  runExample("Scale down", "leaves so many, the oldest, by name", async (sim, workflow) => {
    const now = sim.world.now();
    for (const [age, name] of ["web-a-1", "web-b-1", "web-c-1", "other"].entries()) {
      sim.addStranger({ name, createdAt: now - (9 - age) * 3_600_000 });
    }
    const all = namesOf(sim);
    const inputs = { leave: "2", dry_run: "true" };
    await runWorkflow(workflow, settings(sim, { inputs }));
    expect(namesOf(sim)).toEqual(all);
    const runs = await runWorkflow(
      workflow,
      settings(sim, { inputs: { ...inputs, dry_run: "false" } }),
    );
    expect(conclusions(runs)).toEqual(["scale-down success"]);
    expect(namesOf(sim)).toEqual(["other", "web", "web-a-1", "web-b-1"]);
    expect(logs(runs)).toContain("web-c-1");
  });

  const tagged = (sim: Simulator, tag: string) => {
    const { env, vars, ...rest } = settings(sim);
    return {
      ...rest,
      vars: { ...vars, PHALA_NODES: '["sim-prod5", "sim-prod9"]' },
      env: { ...env, GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: tag },
    };
  };

  runExample(
    "Release on each node",
    "the new replica first, then the old one goes, node by node",
    async (sim, workflow) => {
      const releases = async (tag: string) =>
        conclusions(await runWorkflow(workflow, tagged(sim, tag)));
      expect(await releases("v1.0")).toEqual(["release success", "release success"]);
      expect(await releases("v1.1")).toEqual(["release success", "release success"]);
      const now = ["web", "web-sim-prod5-v1-1", "web-sim-prod9-v1-1"];
      expect(namesOf(sim)).toEqual(now);
      // Each was created before what it takes the place of was deleted.
      const work = sim.requests.filter(({ method }) => ["POST", "DELETE"].includes(method));
      const order = work
        .map(({ route }) => route)
        .filter((route) => /instances|delete/.test(route));
      expect(order.slice(2)).toEqual(["instances", "delete", "instances", "delete"]);
      // Run again, nothing is created or deleted.
      expect(await releases("v1.1")).toEqual(["release success", "release success"]);
      expect(namesOf(sim)).toEqual(now);
    },
  );

  runExample(
    "Release on each node",
    "a node that fails keeps what it had",
    async (sim, workflow) => {
      await runWorkflow(workflow, tagged(sim, "v1.0"));
      sim.fault({ route: "instances", nth: 1, kind: "status", when: "before", status: 400 });
      const runs = await runWorkflow(workflow, tagged(sim, "v1.1"));
      expect(conclusions(runs)).toEqual(["release failure", "release success"]);
      expect(namesOf(sim)).toEqual(["web", "web-sim-prod5-v1-0", "web-sim-prod9-v1-1"]);
    },
  );

  runExample("Create a replica", "the next step knows where it is", async (sim, workflow) => {
    const runs = await runWorkflow(workflow, settings(sim));
    expect(conclusions(runs)).toEqual(["job success"]);
    expect(logs(runs)).toContain(`Replica ${replicas(sim)[0]?.vmUuid} serves at http`);
  });

  runExample("Check every replica", "runs one job for each", async (sim, workflow) => {
    const runs = await runWorkflow(workflow, settings(sim));
    expect(conclusions(runs)).toEqual(["replicate success", "check success", "check success"]);
    const checked = runs.slice(1).map(({ matrix }) => matrix.replica);
    expect(checked).toEqual(
      replicas(sim).map(({ vmUuid }) =>
        expect.objectContaining({ vm_uuid: vmUuid, outcome: "created" }),
      ),
    );
  });

  runExample(
    "Check every replica",
    "an id kept in a secret does not reach the next job, as the recipes say",
    async (sim, workflow) => {
      const secrets = { PHALA_CLOUD_API_KEY: sim.apiKey, PHALA_APP_ID: sim.appId };
      const runs = await runWorkflow(workflow, settings(sim, { secrets })).catch(String);
      // `fromJSON` of a job output that the runner dropped.
      expect(runs).toContain("empty input");
    },
  );

  const deployed = (sim: Simulator, status = "success") => ({
    "actions/checkout": {},
    "Phala-Network/phala-deploy-action": {
      status,
      "app-id": sim.appId,
      "vm-uuid": sim.vmUuid,
      "compose-hash": sim.composeHash,
    },
  });

  runExample(
    "Deploy",
    "replicates what was deployed, tests it, and leaves nothing",
    async (sim, workflow) => {
      const runs = await runWorkflow(workflow, settings(sim, { standIns: deployed(sim) }));
      expect(conclusions(runs)).toEqual(["deploy success"]);
      expect(logs(runs)).toContain("ok from");
      const { composeHash } = sim;
      expect(sim.replicas()).toEqual([expect.objectContaining({ composeHash })]);
      expect(replicas(sim)).toEqual([]);
      expect(sim.requests.map(({ route }) => route)).toContain("scheduled-delete");
    },
  );

  runExample(
    "Deploy",
    "replicates nothing while the deployment waits for an approval",
    async (sim, workflow) => {
      const standIns = deployed(sim, "pending_approval");
      const runs = await runWorkflow(workflow, settings(sim, { standIns }));
      expect(conclusions(runs)).toEqual(["deploy failure"]);
      expect(logs(runs)).toContain("status is 'pending_approval'");
      expect(sim.requests).toEqual([]);
    },
  );

  runExample("Deploy", "leaves nothing when the smoke test fails", async (sim, workflow) => {
    const failing = broken(workflow, "--max-time 30", "--no-such-option");
    const runs = await runWorkflow(failing, settings(sim, { standIns: deployed(sim) }));
    expect(conclusions(runs)).toEqual(["deploy failure"]);
    expect(sim.replicas()).toHaveLength(1);
    expect(replicas(sim)).toEqual([]);
  });

  runExample("One on each node", "creates, collects and calls them", async (sim, workflow) => {
    const nodes = sim.nodes.filter(({ slots }) => slots > 0).slice(0, 2);
    const { vars, ...rest } = settings(sim);
    const PHALA_NODES = JSON.stringify(nodes.map(({ name }) => name));
    const runs = await runWorkflow(workflow, { ...rest, vars: { ...vars, PHALA_NODES } });
    expect(conclusions(runs)).toEqual([
      "replicate success",
      "replicate success",
      "collect success",
    ]);
    expect(replicas(sim).map(({ nodeId }) => nodeId)).toEqual(nodes.map(({ id }) => id));
    const summary = runs.at(-1)?.steps.at(-1)?.summary.trim().split("\n");
    expect(summary?.map((line) => line.replace(/: http.*/, "")).sort()).toEqual(
      nodes.map(({ name }) => `- ${name}`).sort(),
    );
    expect(logs(runs).match(/ok from/g)).toHaveLength(2);
  });

  runExample(
    "One on each node",
    "would fail with an output that does not exist",
    async (sim, workflow) => {
      const { vars, ...rest } = settings(sim);
      const all = { ...rest, vars: { ...vars, PHALA_NODES: '["sim-prod9"]' } };
      const wrong = broken(workflow, "outputs.instance_url", "outputs.url");
      expect(conclusions(await runWorkflow(wrong, all))).toEqual([
        "replicate success",
        "collect failure",
      ]);
    },
  );

  runExample("Canary", "goes on when the canary answers", async (sim, workflow) => {
    const inputs = { compose_hash: sim.composeHash };
    const runs = await runWorkflow(workflow, settings(sim, { inputs }));
    expect(conclusions(runs)).toEqual(["canary success"]);
    expect(replicas(sim)).toHaveLength(3);
  });

  runExample(
    "Canary",
    "stops, and leaves nothing, when the canary does not boot",
    async (sim, workflow) => {
      const inputs = { compose_hash: sim.composeHash };
      const runs = await runWorkflow(workflow, settings(sim, { inputs }));
      expect(conclusions(runs)).toEqual(["canary failure"]);
      expect(sim.replicas()).toHaveLength(1);
      expect(replicas(sim)).toEqual([]);
    },
    { replicaPlans: [{ steps: [{ atMs: 0, status: "exited" }] }] },
  );

  runExample(
    "Canary",
    "leaves nothing when trying it fails, as its recipe says",
    async (sim, workflow) => {
      const inputs = { compose_hash: sim.composeHash };
      const failing = broken(workflow, "--max-time 30", "--no-such-option");
      const runs = await runWorkflow(failing, settings(sim, { inputs }));
      expect(conclusions(runs)).toEqual(["canary failure"]);
      expect(sim.replicas()).toHaveLength(1);
      expect(replicas(sim)).toEqual([]);
    },
  );

  runExample(
    "Blue and green",
    "brings new ones beside the old, then deletes these; run again it changes nothing",
    async (sim, workflow) => {
      const there = () =>
        sim
          .cvms()
          .filter(({ appId, deleted }) => appId === sim.appId && !deleted)
          .map(({ name }) => name);
      expect(there()).toEqual(["web", "web-seed1", "web-seed2"]);
      const inputs = { compose_hash: sim.composeHash };
      for (let round = 0; round < 2; round += 1) {
        const runs = await runWorkflow(workflow, settings(sim, { inputs }));
        expect(conclusions(runs)).toEqual(["blue-green success"]);
        const [first, ...green] = there();
        expect([first, green.length]).toEqual(["web", 2]);
      }
      expect(replicas(sim)).toHaveLength(2);
    },
    { liveInstances: 3 },
  );

  runExample(
    "Blue and green",
    "leaves the old ones, and none of the new, where trying them fails",
    async (sim, workflow) => {
      const inputs = { compose_hash: sim.composeHash };
      const failing = broken(workflow, "--max-time 30", "--no-such-option");
      const runs = await runWorkflow(failing, settings(sim, { inputs }));
      expect(conclusions(runs)).toEqual(["blue-green failure"]);
      expect(replicas(sim)).toEqual([]);
      expect(
        sim.cvms().filter(({ appId, deleted }) => appId === sim.appId && !deleted),
      ).toHaveLength(3);
    },
    { liveInstances: 3 },
  );

  runExample(
    "Scale",
    "creates what is missing, and nothing the second time",
    async (sim, workflow) => {
      const outcomes: string[] = [];
      for (let round = 0; round < 2; round += 1) {
        const runs = await runWorkflow(workflow, settings(sim));
        expect(conclusions(runs)).toEqual(["scale success"]);
        outcomes.push(logs(runs).trim());
        expect(replicas(sim)).toHaveLength(2);
      }
      expect(outcomes).toEqual(["Outcome created", "Outcome unchanged"]);
    },
  );

  runExample("Scale", "takes another number by hand", async (sim, workflow) => {
    const runs = await runWorkflow(workflow, settings(sim, { inputs: { instances: "2" } }));
    expect(conclusions(runs)).toEqual(["scale success"]);
    expect(replicas(sim)).toHaveLength(1);
  });

  const THREE = { liveInstances: 3, updateMs: 1_500 };
  /** The deploy step brings the source to a new revision, an hour ago for the simulator. */
  const deploysAnew = (sim: Simulator) => {
    const before = sim.composeHash;
    const composeHash = "77ab".repeat(16);
    const { source } = sim.world;
    const at = sim.world.now() - 3_600_000;
    source.composeHash = composeHash;
    source.booted = [...source.booted, { at, composeHash }];
    sim.world.revisions.note(source, "update", at);
    return { before, after: composeHash };
  };
  const hashes = (sim: Simulator) =>
    sim
      .cvms()
      .filter(({ appId }) => appId === sim.appId)
      .map(({ composeHash }) => composeHash);

  runExample(
    "Roll out",
    "brings the others along, and calls each",
    async (sim, workflow) => {
      const { after } = deploysAnew(sim);
      const runs = await runWorkflow(workflow, settings(sim, { standIns: deployed(sim) }));
      expect(conclusions(runs)).toEqual(["rollout success"]);
      expect(hashes(sim)).toEqual([after, after, after]);
      expect(logs(runs).match(/ok from/g)).toHaveLength(3);
    },
    THREE,
  );

  runExample(
    "Roll out",
    "goes back as a whole when the smoke test fails",
    async (sim, workflow) => {
      const { before } = deploysAnew(sim);
      const failing = broken(workflow, "--max-time 30", "--no-such-option");
      const runs = await runWorkflow(failing, settings(sim, { standIns: deployed(sim) }));
      expect(conclusions(runs)).toEqual(["rollout failure"]);
      expect(hashes(sim)).toEqual([before, before, before]);
    },
    THREE,
  );

  runExample("Two named replicas", "are two however often it runs", async (sim, workflow) => {
    const named = () => replicas(sim).map(({ name }) => name);
    const here = broken(workflow, "prod5 | prod9", "sim-prod5 | sim-prod9");
    for (const _run of [1, 2]) {
      const runs = await runWorkflow(here, settings(sim));
      expect(conclusions(runs)).toEqual(["job success"]);
      expect(named().sort()).toEqual(["shop-eu-1", "shop-eu-2"]);
    }
    expect(sim.replicas()).toHaveLength(2);
  });

  runExample(
    "Bring the others along",
    "to the revision of the source",
    async (sim, workflow) => {
      const { after } = deploysAnew(sim);
      expect(conclusions(await runWorkflow(workflow, settings(sim)))).toEqual(["job success"]);
      expect(hashes(sim)).toEqual([after, after, after]);
    },
    THREE,
  );

  // The bundle trusts Intel alone, and the simulated cloud is none of Intel's.
  runExample("Verify what runs", "is red where it is not genuine", async (sim, workflow) => {
    const runs = await runWorkflow(workflow, settings(sim));
    expect(runs[0]?.steps[0]?.outputs.error_code).toBe("UNVERIFIED");
  });

  runExample("Delete old previews", "and leave the young ones", async (sim, workflow) => {
    const now = sim.world.now();
    const createdAt = now - 86_460_000;
    const old = sim.addStranger({ name: "shop-pr-1", createdAt });
    const kept = [
      sim.addStranger({ name: "shop-pr-2", createdAt: now - 60_000 }),
      sim.addStranger({ name: "shop", createdAt }),
    ];
    expect(conclusions(await runWorkflow(workflow, settings(sim)))).toEqual(["job success"]);
    const left = sim.cvms().filter(({ deleted }) => !deleted);
    expect(left.map(({ vmUuid }) => vmUuid)).not.toContain(old.vmUuid);
    for (const { vmUuid } of kept) expect(left.map((cvm) => cvm.vmUuid)).toContain(vmUuid);
  });

  runExample(
    "Create a replica or clean up",
    "tells the on-call why, and deletes the replica",
    async (sim, workflow) => {
      const runs = await runWorkflow(workflow, settings(sim));
      expect(conclusions(runs)).toEqual(["job failure"]);
      expect(logs(runs)).toMatch(/No replica \(BOOT\), see https:\/\/cloud\.phala\.com\/\S+/);
      expect(sim.replicas()).toHaveLength(1);
      expect(replicas(sim)).toEqual([]);
    },
    { replicaPlans: [{ steps: [{ atMs: 0, status: "error" }] }] },
  );

  runExample(
    "Create a replica or clean up",
    "is silent when all is well",
    async (sim, workflow) => {
      const runs = await runWorkflow(workflow, settings(sim));
      expect(conclusions(runs)).toEqual(["job success"]);
      expect(logs(runs)).toBe("");
      expect(replicas(sim)).toHaveLength(1);
    },
  );

  const LINE = ["a", "b", "c"].map((digit) => digit.repeat(96)).join(" ");

  // The bundle trusts Intel alone, and the simulated cloud is none of Intel's.
  runExample(
    "Release, verified",
    "creates nothing where the source is not proven",
    async (sim, workflow) => {
      const { vars, ...rest } = settings(sim);
      const PHALA_COLLATERAL_URL = sim.apiUrl;
      const runs = await runWorkflow(workflow, {
        ...rest,
        vars: { ...vars, PHALA_COLLATERAL_URL },
      });
      expect(conclusions(runs)).toEqual(["replicate failure"]);
      expect(runs[0]?.steps[0]?.outputs.error_code).toBe("UNVERIFIED");
      expect(sim.replicas()).toEqual([]);
    },
  );

  runExample("Verify every night", "opens an issue that says why", async (sim, workflow) => {
    const { vars, ...rest } = settings(sim);
    const more = { PHALA_EXPECTED_OS: LINE, PHALA_COLLATERAL_URL: sim.apiUrl };
    const runs = await runWorkflow(workflow, { ...rest, vars: { ...vars, ...more } });
    expect(conclusions(runs)).toEqual(["verify failure"]);
    expect(logs(runs)).toMatch(
      /gh issue create --title Instances are not verified --body .*UNVERIFIED/s,
    );
  });

  runExample("Verify every night", "is silent where all is genuine", async (sim, workflow) => {
    const cloud = await genuineCloud();
    try {
      const runs = await runWorkflow(workflow, {
        ...settings(sim),
        vars: { PHALA_APP_ID: APP_ID, PHALA_EXPECTED_OS: OS_LINE, PHALA_COLLATERAL_URL: cloud.url },
        env: { PHALA_CLOUD_API_PREFIX: `${cloud.url}/api/v1`, ...clockAt(GOOD_DAY) },
        // Its clock is set when a process starts.
        inThisProcess: false,
      });
      expect(conclusions(runs)).toEqual(["verify success"]);
      expect(logs(runs)).toBe("");
    } finally {
      await new Promise((resolve) => cloud.server.close(resolve));
    }
  });
});
