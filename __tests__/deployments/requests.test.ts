import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { VERSION } from "../../src/text/version.ts";
import { HEAD_SHA, SHA, TOKEN } from "./server.ts";
import { SECRET, TARGET, UUIDS, warnings, withGithub } from "./support.ts";

const RUN = "https://github.example/octo/web/actions/runs/4711";

describe("a deployment", () => {
  it.each([
    { server: "github.com", base: "" },
    { server: "an Enterprise Server", base: "/api/v3" },
  ])("goes through its states on $server", async ({ base }) => {
    await withGithub({ base }, async (desk) => {
      const { github, deployments } = desk;
      const started = await deployments.start(TARGET);
      expect(started).toEqual({ id: 101, done: true, warning: null });
      const end = {
        state: "success",
        description: "The replica runs.",
        environmentUrl: "https://web-2.example/",
      } as const;
      expect(await deployments.finish(101, end)).toEqual({ done: true, warning: null });
      expect(await deployments.deactivate(101)).toEqual({ done: true, warning: null });

      const statuses = `${base}/repos/octo/web/deployments/101/statuses`;
      expect(github.seen.map(({ method, path, body }) => [method, path, body])).toEqual([
        [
          "POST",
          `${base}/repos/octo/web/deployments`,
          {
            ref: SHA,
            environment: "preview",
            description: "CVM replica web-2 (main)",
            payload: { vm_uuid: UUIDS[0], app_id: TARGET.appId, number: null, ref: "main" },
            required_contexts: [],
            auto_merge: false,
            transient_environment: false,
          },
        ],
        [
          "POST",
          statuses,
          {
            state: "in_progress",
            description: "The replica was created and boots.",
            log_url: RUN,
            auto_inactive: false,
          },
        ],
        [
          "POST",
          statuses,
          {
            state: "success",
            description: "The replica runs.",
            environment_url: "https://web-2.example/",
            log_url: RUN,
            auto_inactive: false,
          },
        ],
        [
          "POST",
          statuses,
          {
            state: "inactive",
            description: "The replica was deleted.",
            log_url: RUN,
            auto_inactive: false,
          },
        ],
      ]);
      expect(warnings(desk)).toEqual([]);
    });
  });

  it("carries the token and the action's name with every request", async () => {
    await withGithub({}, async ({ github, deployments }) => {
      await deployments.start(TARGET);
      expect(github.seen).toHaveLength(2);
      for (const { headers } of github.seen) {
        expect(headers.authorization).toBe(`token ${TOKEN}`);
        expect(headers["user-agent"]).toBe(`cvm-replica-action/${VERSION}`);
      }
    });
  });

  it("is told one request at a time, in the order asked for", async () => {
    await withGithub({}, async ({ github, deployments }) => {
      const names = ["web-2", "web-3", "web-4"];
      const all = names.map((replicaName) => deployments.start({ ...TARGET, replicaName }));
      expect((await Promise.all(all)).map(({ id }) => id)).toEqual([101, 102, 103]);
      expect(
        github.seen.map(({ path }) => path.replace("/repos/octo/web/deployments", "")),
      ).toEqual(["", "/101/statuses", "", "/102/statuses", "", "/103/statuses"]);
    });
  });

  it("of a replica that never was is not set in progress", async () => {
    await withGithub({}, async ({ github, deployments }) => {
      expect(await deployments.start({ ...TARGET, vmUuid: null })).toMatchObject({ id: 101 });
      expect(github.statuses.get(101)).toEqual([]);
      expect(github.seen[0]?.body.payload).toEqual({
        vm_uuid: null,
        app_id: TARGET.appId,
        number: null,
        ref: "main",
      });
    });
  });

  it("of a transient replica is transient", async () => {
    await withGithub({}, async ({ github, deployments }) => {
      await deployments.start({ ...TARGET, transient: true });
      expect(github.seen[0]?.body.transient_environment).toBe(true);
    });
  });

  it("of a pull request is of its head commit", async () => {
    const event = join(tmpdir(), `event-${process.pid}.json`);
    await writeFile(event, JSON.stringify({ pull_request: { head: { sha: HEAD_SHA } } }));
    const env = {
      GITHUB_EVENT_PATH: event,
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_REF: "refs/pull/12/merge",
      GITHUB_REF_NAME: "12/merge",
      GITHUB_HEAD_REF: "topic",
    };
    try {
      expect(await readFile(event, "utf8")).toContain(HEAD_SHA);
      await withGithub({ env }, async ({ github, deployments }) => {
        await deployments.start(TARGET);
        expect(github.seen[0]?.body).toMatchObject({
          ref: HEAD_SHA,
          description: "CVM replica web-2 (topic)",
        });
      });
    } finally {
      await rm(event, { force: true });
    }
  });

  it("is recorded where the event can't be read and the run has no page", async () => {
    const env = { GITHUB_EVENT_PATH: join(tmpdir(), "no", "event.json"), GITHUB_RUN_ID: undefined };
    await withGithub({ env }, async ({ github, deployments }) => {
      expect(await deployments.start(TARGET)).toMatchObject({ id: 101, warning: null });
      expect(github.seen[0]?.body.ref).toBe(SHA);
      expect(github.seen[1]?.body).not.toHaveProperty("log_url");
    });
  });
});

describe("what is told to GitHub", () => {
  it("holds no secret, and at most 140 characters of a reason", async () => {
    await withGithub({}, async ({ github, deployments }) => {
      const replicaName = `web ${SECRET}`;
      await deployments.start({ ...TARGET, replicaName });
      const cut = `${"x".repeat(130)} ${SECRET}`;
      await deployments.finish(101, { state: "failure", description: cut, environmentUrl: null });
      await deployments.finish(101, {
        state: "success",
        description: "It runs.\n::error::no",
        environmentUrl: `https://web-2.example/?key=${SECRET}`,
      });
      expect(JSON.stringify(github.seen.map(({ body }) => body))).not.toContain("phak_");
      const [, failure, success] = github.statuses.get(101) ?? [];
      expect(failure?.description).toBe(`${"x".repeat(130)} ***`);
      expect(success).toMatchObject({ description: "It runs. ::error::no" });
      expect(success).not.toHaveProperty("environment_url");
    });
  });
});
