/** The examples that lean on GitHub (pull requests, environments, secrets), and this repository's own e2e.yml. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { chainOf, mirror } from "../../simulator/evm/platform.ts";
import { accountOf } from "../../simulator/evm/raw.ts";
import { listenFor } from "../../simulator/evm/server.ts";
import type { Simulator } from "../../simulator/index.ts";
import { type Github, record, SHA, startGithub, TOKEN } from "../deployments/server.ts";
import { type ParsedWorkflow, parseWorkflows } from "../support/github-parse.ts";
import { REPOSITORY } from "../support/repository.ts";
import { type Needs, runWorkflow, type WorkflowSettings } from "../support/workflow.ts";
import { broken, conclusions, logs, replicas, runExample, settings } from "./running.ts";

describe("what leans on GitHub", () => {
  const pullRequest = (from: string, author = "mona", actor = author) => ({
    repository: "octo/web",
    actor,
    event: {
      repository: { name: "web" },
      pull_request: { number: 7, head: { repo: { full_name: from } }, user: { login: author } },
    },
  });

  /** A pull request, on a GitHub that takes deployments. */
  async function onGithub(
    sim: Simulator,
    eventName: "pull_request" | "pull_request_target",
    from: string,
    work: (github: Github, settings: WorkflowSettings) => Promise<void>,
  ): Promise<void> {
    const github: Github = await startGithub();
    const folder = mkdtempSync(join(tmpdir(), "event-"));
    const event = join(folder, "event.json");
    const given = pullRequest(from);
    writeFileSync(event, JSON.stringify(given.event));
    try {
      const { env, ...rest } = settings(sim, { github: given });
      await work(github, {
        ...rest,
        githubToken: TOKEN,
        env: {
          ...env,
          GITHUB_API_URL: github.apiUrl,
          GITHUB_REPOSITORY: "octo/web",
          GITHUB_SHA: SHA,
          GITHUB_EVENT_NAME: eventName,
          GITHUB_EVENT_PATH: event,
        },
      });
    } finally {
      rmSync(folder, { recursive: true });
      await github.close();
    }
  }

  const NAME = `web-pr-7-${SHA.slice(0, 7)}`;
  const hourAgo = (sim: Simulator) => sim.world.now() - 3_600_000;
  const namesLeft = (sim: Simulator) =>
    sim
      .cvms()
      .filter(({ deleted, appId }) => !deleted && appId === sim.appId)
      .map(({ name }) => name)
      .sort();

  runExample(
    "Preview",
    "is linked, tested, and lives on in the place of earlier pushes'",
    async (sim, workflow) => {
      for (const name of ["web-pr-7-0123456", "web-pr-71-0123456"])
        sim.addStranger({ name, createdAt: hourAgo(sim) });
      await onGithub(sim, "pull_request", "octo/web", async (github, given) => {
        const runs = await runWorkflow(workflow, given);
        expect(conclusions(runs)).toEqual(["preview success"]);
        expect(logs(runs)).toContain("ok");
        expect(namesLeft(sim)).toEqual(["web", NAME, "web-pr-71-0123456"].sort());
        expect(sim.requests.map(({ route }) => route)).toContain("scheduled-delete");
        const [states] = [...github.statuses.values()];
        expect(states?.map(({ state }) => state)).toEqual(["in_progress", "success"]);
        expect(github.seen[0]?.body).toMatchObject({ environment: "preview" });
        // Run again, it finds its preview by the name.
        expect(conclusions(await runWorkflow(workflow, given))).toEqual(["preview success"]);
        expect(sim.replicas()).toHaveLength(1);
      });
    },
  );

  runExample("Preview", "one that fails its test is gone", async (sim, workflow) => {
    await onGithub(sim, "pull_request", "octo/web", async (_github, given) => {
      const failing = broken(workflow, "curl --fail", "exit 1; curl --fail");
      expect(conclusions(await runWorkflow(failing, given))).toEqual(["preview failure"]);
      expect(namesLeft(sim)).toEqual(["web"]);
      expect(sim.replicas()).toHaveLength(1);
    });
  });

  runExample("Preview", "creates nothing for a fork", async (sim, workflow) => {
    const runs = await runWorkflow(workflow, settings(sim, { github: pullRequest("else/fork") }));
    expect(conclusions(runs)).toEqual(["preview skipped"]);
    expect(sim.requests).toEqual([]);
  });

  runExample(
    "Preview",
    "creates nothing for Dependabot, which gets no secrets",
    async (sim, workflow) => {
      const bot = "dependabot[bot]";
      for (const github of [pullRequest("octo/web", bot), pullRequest("octo/web", "mona", bot)]) {
        const runs = await runWorkflow(workflow, settings(sim, { github, secrets: {} }));
        expect(conclusions(runs)).toEqual(["preview skipped"]);
      }
      expect(sim.requests).toEqual([]);
    },
  );

  runExample(
    "Pull request closed",
    "deletes its previews, and nothing else, whoever made them",
    async (sim, workflow) => {
      const others = ["web-pr-71-0123456", "other-pr-7-0123456", "production"];
      const [mine] = [NAME, "web-pr-7-0123456", ...others].map((name) =>
        sim.addStranger({ name, createdAt: hourAgo(sim) }),
      );
      await onGithub(sim, "pull_request_target", "octo/web", async (github, given) => {
        const id = record(github, {
          environment: "preview",
          payload: { vm_uuid: mine?.vmUuid, app_id: sim.appId, number: 7, ref: "topic" },
        });
        expect(conclusions(await runWorkflow(workflow, given))).toEqual(["delete success"]);
        expect(namesLeft(sim)).toEqual(["web", ...others].sort());
        expect(github.statuses.get(id)?.at(-1)?.state).toBe("inactive");
        // Nothing is left to delete: still green.
        expect(conclusions(await runWorkflow(workflow, given))).toEqual(["delete success"]);
      });
    },
  );

  runExample("Pull request closed", "does nothing for a fork", async (sim, workflow) => {
    await onGithub(sim, "pull_request_target", "else/fork", async (_github, given) => {
      expect(conclusions(await runWorkflow(workflow, given))).toEqual(["delete skipped"]);
      expect(sim.requests).toEqual([]);
    });
  });

  const ON_CHAIN = { onChain: true, chainDevices: "none", chainHashes: "none" } as const;

  runExample(
    "Replicate with approval",
    "creates nothing until its reviewers have registered and approved",
    async (sim, workflow) => {
      const seen: Needs[] = [];
      const runs = await runWorkflow(workflow, {
        ...settings(sim),
        environments: {
          "on-chain-approval": {
            approve: (needs) => {
              seen.push(needs);
              expect(replicas(sim)).toEqual([]);
              const { compose_hash: composeHash = "", device_id: deviceId = "" } =
                needs.prepare?.outputs ?? {};
              sim.chain.register({ composeHash, deviceId });
            },
          },
        },
      });
      expect(seen).toHaveLength(1);
      expect(conclusions(runs)).toEqual(["prepare success", "commit success"]);
      expect(replicas(sim)).toHaveLength(1);
      expect(logs(runs)).toContain("ok from");
      // Both jobs said what they had to; neither said the token.
      const token = seen[0]?.prepare?.outputs.commit_token ?? "";
      expect(token).not.toBe("");
      const said = runs.flatMap(({ steps }) => steps.map(({ main }) => main?.stdout ?? ""));
      expect(said.join("\n")).not.toContain(token);
      expect(runs[0]?.steps[0]?.main?.summary).toContain(seen[0]?.prepare?.outputs.device_id);
    },
    ON_CHAIN,
  );

  runExample(
    "Replicate with approval",
    "creates nothing when it was approved without being registered",
    async (sim, workflow) => {
      const environments = { "on-chain-approval": {} };
      const runs = await runWorkflow(workflow, settings(sim, { environments }));
      expect(conclusions(runs)).toEqual(["prepare success", "commit failure"]);
      expect(sim.replicas()).toEqual([]);
    },
    ON_CHAIN,
  );

  runExample(
    "Replicate with approval",
    "would create nothing if the token got lost on its way",
    async (sim, workflow) => {
      const environments = { "on-chain-approval": {} };
      const wrong = broken(
        workflow,
        "needs.prepare.outputs.commit_token",
        "needs.prepare.outputs.t",
      );
      const runs = await runWorkflow(wrong, settings(sim, { environments }));
      expect(conclusions(runs)).toEqual(["prepare success", "commit failure"]);
      expect(runs[1]?.steps[0]?.outputs.error_code).toBe("INPUT");
      expect(sim.replicas()).toEqual([]);
    },
    ON_CHAIN,
  );

  runExample(
    "Replicate when approved",
    "waits until somebody has registered, and creates in the same step",
    async (sim, workflow) => {
      let asked = 0;
      sim.on("answered", "is-allowed", () => {
        if (++asked !== 2) return;
        expect(replicas(sim)).toEqual([]);
        for (const { deviceId } of sim.nodes) {
          sim.chain.register({ composeHash: sim.composeHash, deviceId });
        }
      });
      const runs = await runWorkflow(workflow, settings(sim));
      expect(conclusions(runs)).toEqual(["replicate success"]);
      expect(replicas(sim)).toHaveLength(1);
      expect(logs(runs)).toContain("ok from");
      expect(runs[0]?.steps[0]?.main?.summary).toContain("Waiting for on-chain approval");
    },
    ON_CHAIN,
  );

  const OWNER_KEY = "c0ffee".padEnd(64, "6");
  const signing = async (sim: Simulator, workflow: ParsedWorkflow, lie?: () => void) => {
    const owner = accountOf(Buffer.from(OWNER_KEY, "hex"));
    const evm = chainOf(sim.world, { owner, blockMs: 300 });
    const node = await listenFor(evm, () => sim.world.now());
    const sync = mirror(evm, sim.chain);
    sim.on("before-work", "*", () => sync());
    try {
      const { vars, ...rest } = settings(sim);
      const secrets = { APP_OWNER_KEY: OWNER_KEY, CHAIN_RPC_URL: node.url };
      const runs = await runWorkflow(workflow, {
        ...rest,
        vars: { ...vars, PHALA_NODE: sim.nodes[0]?.name ?? "" },
        environments: {
          "on-chain-signing": {
            secrets,
            approve: () => {
              // The job before had no key, and nothing was signed.
              expect(node.rpc.requests).toEqual([]);
              lie?.();
            },
          },
        },
      });
      return { runs, evm };
    } finally {
      await node.close();
    }
  };

  runExample(
    "Replicate and sign",
    "registers what was reviewed, and creates",
    async (sim, workflow) => {
      const { runs, evm } = await signing(sim, workflow);
      expect(conclusions(runs)).toEqual(["review success", "replicate success"]);
      expect(replicas(sim)).toHaveLength(1);
      expect(logs(runs)).toContain("ok from");
      expect(evm.mined().filter(({ ok }) => ok)).toHaveLength(2);
      const said = runs.flatMap(({ steps }) => steps.map(({ main }) => main?.stdout ?? ""));
      expect(said.join("\n").replaceAll(/^::add-mask::.*$/gm, "")).not.toContain(OWNER_KEY);
    },
    ON_CHAIN,
  );

  runExample(
    "Replicate and sign",
    "signs nothing where the API names another device by then",
    async (sim, workflow) => {
      const { runs, evm } = await signing(sim, workflow, () => {
        const details = [
          { field: "compose_hash", value: sim.composeHash },
          { field: "device_id", value: "ee".repeat(32) },
        ];
        const body = JSON.stringify({ error_code: "ERR-01-005", message: "m", details });
        sim.fault({ route: "create", kind: "status", when: "before", status: 465, body });
      });
      expect(conclusions(runs)).toEqual(["review success", "replicate failure"]);
      expect(runs[1]?.steps[0]?.outputs.error_code).toBe("REJECTED");
      expect([evm.mined(), sim.replicas()]).toEqual([[], []]);
    },
    ON_CHAIN,
  );

  runExample(
    "Create a replica with its own database",
    "the app gets what the secrets hold, and nobody else does",
    async (sim, workflow) => {
      const { secrets, ...rest } = settings(sim);
      const REPLICA_DATABASE_URL = "postgres://user:hidden word@db:5432/x?a=b#c";
      const REPLICA_TOKEN = 'line "one"\nline two';
      const runs = await runWorkflow(workflow, {
        ...rest,
        secrets: { ...secrets, REPLICA_DATABASE_URL, REPLICA_TOKEN },
      });
      expect(conclusions(runs)).toEqual(["job success"]);
      const [replica] = replicas(sim);
      expect(JSON.parse(sim.decryptEnv(replica?.vmUuid ?? "") ?? "")).toEqual({
        env: [
          { key: "DATABASE_URL", value: REPLICA_DATABASE_URL },
          { key: "TOKEN", value: REPLICA_TOKEN },
        ],
      });
      const main = runs[0]?.steps[0]?.main;
      expect(main?.log.map(({ text }) => text).join("\n")).not.toMatch(/hidden|line/);
      expect(JSON.stringify([main?.outputs, main?.state, main?.summary])).not.toMatch(
        /hidden|line two/,
      );
    },
  );

  it.concurrent("e2e.yml does on this machine what it is to do on GitHub's", async () => {
    const text = readFileSync(join(REPOSITORY, ".github", "workflows", "e2e.yml"), "utf8");
    const [workflow] = await parseWorkflows([text]);
    if (workflow === undefined) {
      throw new Error("no workflow");
    }
    // One system is enough: what differs between them can't be seen here.
    const [os] = JSON.stringify(workflow).match(/"os":\[[^\]]+\]/) ?? [""];
    const runs = await runWorkflow(broken(workflow, os, '"os":["here"]'), {
      secrets: {},
      vars: {},
      standIns: { "actions/checkout": {}, "actions/setup-node": {} },
      workspace: REPOSITORY,
    });
    const bad = runs.flatMap(({ steps }) =>
      steps.filter(({ outcome }) => outcome === "failure").map(({ keys, log }) => [keys.name, log]),
    );
    expect(bad).toEqual([["Create one that does not boot", expect.stringContaining("exited")]]);
    expect(conclusions(runs)).toEqual(["action success"]);
    const posts = runs[0]?.steps.flatMap(({ post }) => (post === undefined ? [] : [post.stdout]));
    expect(posts?.map((log) => /Cleaned up: 1 deleted/.test(log))).toEqual([true, false, true]);
  }, 480_000);
});
