/** README's examples, run as they stand on the bundle against the simulator. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Simulator, startSimulator } from "../../simulator/index.ts";
import { readmeText, type Workflow, yamlExamples } from "../support/readme.ts";
import { type JobRun, runWorkflow, type WorkflowSettings } from "../support/workflow.ts";

const examples = yamlExamples(readmeText());
const SLOW = 60_000;

function example(name: string): Workflow {
  const found = examples.find(({ workflow }) => workflow.name === name);
  if (found === undefined) {
    throw new Error(`README.md has no example called ${name}`);
  }
  return found.workflow;
}

let sim: Simulator;
beforeEach(async () => {
  sim = await startSimulator({});
});
afterEach(() => sim.close());

function settings(over: Partial<WorkflowSettings> = {}): WorkflowSettings {
  return {
    secrets: { PHALA_CLOUD_API_KEY: sim.apiKey },
    vars: { PHALA_APP_ID: sim.appId, PHALA_VM_UUID: sim.vmUuid },
    env: { PHALA_CLOUD_API_PREFIX: sim.apiUrl },
    ...over,
  };
}

/** What the app has now, without the source. */
function replicas(): readonly { readonly vmUuid: string }[] {
  return sim.cvms().filter(({ origin, deleted }) => origin === "replica" && !deleted);
}

function conclusions(runs: readonly JobRun[]): string[] {
  return runs.map(({ name, conclusion }) => `${name} ${conclusion}`);
}

/** The logs of all `run` steps. */
function logs(runs: readonly JobRun[]): string {
  return runs
    .flatMap(({ steps }) => steps.filter(({ step }) => step.run).map(({ log }) => log))
    .join("\n");
}

describe("README's examples", () => {
  it(
    "Release creates a replica, which the next step reaches",
    async () => {
      const runs = await runWorkflow(example("Release"), settings());
      expect(conclusions(runs)).toEqual(["replicate success"]);
      expect(replicas()).toHaveLength(1);
      expect(logs(runs)).toContain("ok from");
    },
    SLOW,
  );

  it(
    "would fail with an output that does not exist",
    async () => {
      const text = JSON.stringify(example("Release")).replace(
        "outputs.instance_url",
        "outputs.url",
      );
      const runs = await runWorkflow(JSON.parse(text) as Workflow, settings());
      expect(conclusions(runs)).toEqual(["replicate failure"]);
    },
    SLOW,
  );

  it(
    "the steps of the first chain say where the replica is",
    async () => {
      const runs = await runWorkflow(example("Steps"), settings());
      expect(conclusions(runs)).toEqual(["job success"]);
      expect(logs(runs)).toContain(`Replica ${replicas()[0]?.vmUuid} serves at http`);
    },
    SLOW,
  );

  it(
    "Check every replica runs one job for each",
    async () => {
      const runs = await runWorkflow(example("Check every replica"), settings());
      expect(conclusions(runs)).toEqual(["replicate success", "check success", "check success"]);
      const checked = runs.slice(1).map(({ matrix }) => matrix.replica);
      expect(checked).toEqual(
        replicas().map(({ vmUuid }) =>
          expect.objectContaining({ vm_uuid: vmUuid, outcome: "created" }),
        ),
      );
    },
    SLOW,
  );

  it(
    "an id kept in a secret does not reach the next job, as README says",
    async () => {
      const secrets = { PHALA_CLOUD_API_KEY: sim.apiKey, PHALA_APP_ID: sim.appId };
      const runs = await runWorkflow(example("Check every replica"), settings({ secrets })).catch(
        String,
      );
      // `fromJSON` of a job output that the runner dropped.
      expect(runs).toContain("empty input");
    },
    SLOW,
  );

  it(
    "Deploy replicates what was deployed, and tests it",
    async () => {
      const standIns = {
        "actions/checkout": {},
        "Phala-Network/phala-deploy-action": {
          "app-id": sim.appId,
          "vm-uuid": sim.vmUuid,
          "compose-hash": sim.composeHash,
        },
      };
      const runs = await runWorkflow(example("Deploy"), settings({ standIns }));
      expect(conclusions(runs)).toEqual(["deploy success"]);
      expect(sim.cvms().filter(({ origin }) => origin === "replica")).toEqual([
        expect.objectContaining({ composeHash: sim.composeHash, deleted: false }),
      ]);
    },
    SLOW,
  );

  const pullRequest = (from: string) => ({
    repository: "octo-org/octo-repo",
    event: { pull_request: { number: 7, head: { repo: { full_name: from } } } },
  });

  it(
    "Preview is gone when the job is over",
    async () => {
      const github = pullRequest("octo-org/octo-repo");
      const runs = await runWorkflow(example("Preview"), settings({ github }));
      expect(conclusions(runs)).toEqual(["preview success"]);
      expect(logs(runs)).toContain("ok");
      expect(sim.cvms().filter(({ origin }) => origin === "replica")).toHaveLength(1);
      expect(replicas()).toEqual([]);
      expect(sim.requests.map(({ route }) => route)).toContain("scheduled-delete");
    },
    SLOW,
  );

  it(
    "Preview creates nothing for a fork",
    async () => {
      const runs = await runWorkflow(
        example("Preview"),
        settings({ github: pullRequest("else/fork") }),
      );
      expect(conclusions(runs)).toEqual(["preview skipped"]);
      expect(sim.requests).toEqual([]);
    },
    SLOW,
  );

  it(
    "Canary goes on when the canary answers",
    async () => {
      const inputs = { compose_hash: sim.composeHash };
      const runs = await runWorkflow(example("Canary"), settings({ inputs }));
      expect(conclusions(runs)).toEqual(["canary success"]);
      expect(replicas()).toHaveLength(3);
    },
    SLOW,
  );

  it(
    "Keep three instances creates two, and nothing the second time",
    async () => {
      const outcomes: string[] = [];
      for (let round = 0; round < 2; round += 1) {
        const runs = await runWorkflow(example("Keep three instances"), settings());
        expect(conclusions(runs)).toEqual(["scale success"]);
        outcomes.push(logs(runs).trim());
        expect(replicas()).toHaveLength(2);
      }
      expect(outcomes).toEqual(["Outcome created", "Outcome unchanged"]);
    },
    SLOW,
  );

  it("has a test for each example", () => {
    expect(examples.map(({ workflow }) => workflow.name).sort()).toEqual([
      "Canary",
      "Check every replica",
      "Deploy",
      "Keep three instances",
      "Preview",
      "Release",
      "Steps",
    ]);
  });
});
