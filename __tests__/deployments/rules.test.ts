import { describe, expect, it } from "@jest/globals";
import { lastWord } from "../../src/deployments/close.ts";
import {
  description,
  endOf,
  isTransient,
  publicUrl,
  stateOf,
  UNSEEN,
} from "../../src/deployments/end.ts";
import { readDeployments, saveDeployment } from "../../src/deployments/saved.ts";
import { judge } from "../../src/deployments/verdict.ts";
import { readWorkflow, refOf } from "../../src/deployments/workflow.ts";
import type { Trouble } from "../../src/ledger/trouble.ts";
import type { NetworkKind } from "../../src/net/transport.ts";
import { parseEnvironment } from "../../src/text/environment.ts";
import { newReplica } from "../support/replicas.ts";
import {
  DOWN,
  failedRequest,
  LATE,
  LOST,
  NO_URL,
  refused,
  UNASKED,
  UNHEALTHY,
} from "../support/troubles.ts";
import { HEAD_SHA, SHA } from "./server.ts";
import { runnerEnv, runningReplica, UUIDS, withGithub } from "./support.ts";

const plain = (text: string) => text;

const NETWORK: Trouble = {
  ...failedRequest(),
  fault: { kind: "network", network: "refused", detail: "ECONNREFUSED" },
};
const SILENCE: Trouble = {
  ...failedRequest(),
  fault: { kind: "network", network: "timeout", detail: "no answer" },
};

describe("the commit of a deployment", () => {
  const pullRequest = { pull_request: { head: { sha: HEAD_SHA, ref: "topic" } } };
  const before = { workflow_run: { head_sha: HEAD_SHA } };
  it.each([
    { name: "a push", env: {}, event: {}, ref: SHA },
    {
      name: "a tag",
      env: { GITHUB_REF: "refs/tags/v1.2.3", GITHUB_EVENT_NAME: "release" },
      event: {},
      ref: SHA,
    },
    {
      name: "a pull request",
      env: { GITHUB_REF: "refs/pull/12/merge", GITHUB_HEAD_REF: "topic" },
      event: pullRequest,
      ref: HEAD_SHA,
    },
    {
      name: "a pull_request_target",
      env: { GITHUB_EVENT_NAME: "pull_request_target", GITHUB_HEAD_REF: "topic" },
      event: pullRequest,
      ref: HEAD_SHA,
    },
    {
      name: "a pull request whose event can't be read",
      env: { GITHUB_HEAD_REF: "topic" },
      event: undefined,
      ref: "topic",
    },
    {
      name: "an event that tells no commit but something else",
      env: {},
      event: { pull_request: { head: { sha: "refs/heads/evil" } } },
      ref: SHA,
    },
    {
      name: "a workflow_run",
      env: { GITHUB_EVENT_NAME: "workflow_run" },
      event: before,
      ref: HEAD_SHA,
    },
    { name: "another event that holds a run", env: {}, event: before, ref: SHA },
    { name: "no SHA", env: { GITHUB_SHA: "" }, event: {}, ref: "refs/heads/main" },
    { name: "nothing", env: { GITHUB_SHA: "", GITHUB_REF: "" }, event: {}, ref: null },
  ])("of $name", ({ env, event, ref }) => {
    expect(refOf({ ...runnerEnv("https://api.github.example"), ...env }, event)).toBe(ref);
  });
});

describe("the runner's variables", () => {
  const env = runnerEnv("https://api.github.example");

  it("tell all that is needed", () => {
    expect(readWorkflow(env, {})).toEqual({
      workflow: {
        apiUrl: "https://api.github.example",
        owner: "octo",
        repo: "web",
        ref: SHA,
        label: "main",
        pullRequest: null,
        logUrl: "https://github.example/octo/web/actions/runs/4711",
      },
    });
  });

  it.each([
    ["https://ghes.example/api/v3", "https://ghes.example/api/v3"],
    ["https://ghes.example:8443/api/v3//", "https://ghes.example:8443/api/v3"],
  ])("name the API %s", (given, apiUrl) => {
    expect(readWorkflow({ ...env, GITHUB_API_URL: given }, {})).toMatchObject({
      workflow: { apiUrl },
    });
  });

  it.each([
    { name: "GITHUB_API_URL", value: undefined },
    { name: "GITHUB_API_URL", value: "file:///etc" },
    { name: "GITHUB_API_URL", value: "https://user:pw@api.github.example" },
    { name: "GITHUB_REPOSITORY", value: "web" },
    { name: "GITHUB_REPOSITORY", value: "octo/../web" },
    { name: "GITHUB_REPOSITORY", value: "octo/.." },
  ])("are refused with $name=$value", ({ name, value }) => {
    expect(readWorkflow({ ...env, [name]: value }, {})).toEqual({
      problem: expect.stringContaining(name),
    });
  });

  it.each([
    { name: "GITHUB_SERVER_URL", value: "" },
    { name: "GITHUB_RUN_ID", value: "x/../y" },
  ])("may lack the run's page ($name=$value)", ({ name, value }) => {
    expect(readWorkflow({ ...env, [name]: value }, {})).toMatchObject({
      workflow: { logUrl: null },
    });
  });
});

describe("how a deployment ended", () => {
  const waits = { wait: true, healthCheck: null };
  const checks = { wait: true, healthCheck: "/healthz" };
  const url = "https://web-2.example/";
  it.each([
    {
      name: "runs",
      replica: runningReplica(0),
      asked: waits,
      end: { state: "success", description: "The replica runs.", environmentUrl: url },
    },
    {
      name: "healthy",
      replica: runningReplica(0, { times: { running: 1, healthy: 2 } }),
      asked: checks,
      end: {
        state: "success",
        description: "The replica runs and is healthy.",
        environmentUrl: url,
      },
    },
    { name: "runs, health not seen", replica: runningReplica(0), asked: checks, end: null },
    {
      name: "not waited for",
      replica: { ...newReplica(null), origin: "created" as const },
      asked: { wait: false, healthCheck: null },
      end: {
        state: "success",
        description: "Created; its boot was not waited for.",
        environmentUrl: null,
      },
    },
    {
      name: "waited for, never seen to run",
      replica: { ...newReplica(null), origin: "created" as const },
      asked: waits,
      end: null,
    },
    {
      name: "failed after it ran",
      replica: runningReplica(0, { trouble: DOWN }),
      asked: waits,
      end: { state: "failure", description: "It failed (boot).", environmentUrl: null },
    },
    {
      name: "never created",
      replica: { ...newReplica(null), trouble: NETWORK },
      asked: waits,
      end: { state: "error", description: "It failed (request).", environmentUrl: null },
    },
    { name: "not asked for", replica: newReplica(null), asked: waits, end: null },
    {
      name: "not asked for, nor waited for",
      replica: newReplica(null),
      asked: { wait: false, healthCheck: null },
      end: null,
    },
  ])("$name", ({ replica, asked, end }) => {
    expect(endOf(replica, asked, ({ kind }) => `It failed (${kind}).`)).toEqual(end);
  });

  it.each<[string, Trouble, "failure" | "error"]>([
    ["a boot that came to nothing", DOWN, "failure"],
    ["a health check", UNHEALTHY, "failure"],
    ["the end of the time", LATE, "failure"],
    ["a code of the API", refused({ errorCode: "ERR-02-002", status: 503 }), "failure"],
    ["a 422", refused({ status: 422 }), "failure"],
    ["a 502", refused({ status: 502 }), "error"],
    ["no connection", NETWORK, "error"],
    ["an answer that did not come in time", SILENCE, "failure"],
    ["an unclear end", LOST, "error"],
    ["a problem of our own", { kind: "internal", what: "bug", detail: "x" }, "error"],
    ["one that was not asked for", UNASKED, "error"],
    ["a ttl beside a missing URL", { kind: "both", first: NO_URL, ttl: NETWORK }, "error"],
    ["a ttl beside a boot", { kind: "both", first: DOWN, ttl: NETWORK }, "failure"],
  ])("tells %s as %s", (_name, trouble, state) => {
    expect(stateOf(trouble)).toBe(state);
  });

  it.each([
    ["never", null, false],
    ["on_failure", null, false],
    ["always", null, true],
    ["never", 60_000, true],
  ] as const)("cleanup %s and ttl %s: transient %s", (cleanup, ttlMs, transient) => {
    expect(isTransient({ cleanup, ttlMs })).toBe(transient);
  });
});

describe("words for everybody", () => {
  it("are cut to 140 characters after secrets are taken out", () => {
    const redact = (text: string) => text.replaceAll("secretsecret", "***");
    expect(description(`${"x".repeat(134)} secretsecret`, redact)).toBe(`${"x".repeat(134)} ***`);
    expect(description("x".repeat(141), plain)).toBe(`${"x".repeat(139)}…`);
    expect(description("x".repeat(140), plain)).toBe("x".repeat(140));
  });

  it.each([
    ["https://web.example/", "https://web.example/"],
    ["http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"],
    ["javascript:alert(1)", null],
    ["https://user:pw@web.example/", null],
    ["web.example", null],
    [null, null],
  ])("hold the address %s as %s", (text, url) => {
    expect(publicUrl(text, plain)).toBe(url);
  });

  it.each([
    ["production", true],
    ["preview/pr-12 (ä)", true],
    ["x".repeat(255), true],
    ["x".repeat(256), false],
    ["two\nlines", false],
    ["", false],
  ])("name the environment %j: %s", (text, good) => {
    expect(parseEnvironment(text)).toBe(good ? text : null);
  });
});

describe("another try", () => {
  const answer = (status: number, retryAfter: string | null = null) => ({
    kind: "answer" as const,
    status,
    retryAfter,
    errorCode: null,
    reason: null,
    suggestions: [],
    links: [],
    page: false,
    form: "json" as const,
    requestId: null,
    serverTime: null,
    location: null,
  });
  it.each([
    { fault: answer(500), deployment: "uncertain", status: "retry" },
    { fault: answer(502), deployment: "uncertain", status: "retry" },
    { fault: answer(503), deployment: "retry", status: "retry" },
    { fault: answer(403), deployment: "final", status: "final" },
    { fault: answer(403, "60"), deployment: "retry", status: "retry" },
    { fault: answer(429, "1"), deployment: "retry", status: "retry" },
    { fault: answer(404), deployment: "final", status: "final" },
    { fault: answer(307), deployment: "final", status: "final" },
    ...lost("refused", "retry", "retry"),
    ...lost("unresolved", "retry", "retry"),
    ...lost("unreachable", "retry", "retry"),
    ...lost("proxy", "retry", "retry"),
    ...lost("certificate", "final", "final"),
    ...lost("cancelled", "final", "final"),
    ...lost("timeout", "uncertain", "retry"),
    ...lost("reset", "uncertain", "retry"),
    ...lost("other", "uncertain", "retry"),
  ])("$fault.kind $fault.status $fault.network", ({ fault, deployment, status }) => {
    expect(judge("deployment", fault)).toBe(deployment);
    expect(judge("status", fault)).toBe(status);
  });

  function lost(network: NetworkKind, deployment: string, status: string) {
    return [{ fault: { kind: "network" as const, network, detail: "x" }, deployment, status }];
  }
});

describe("what post tells", () => {
  const end = { state: "success", description: "The replica runs.", environmentUrl: null } as const;
  const saved = { id: 101, vmUuid: UUIDS[0], end, told: true };
  const gone = new Set([UUIDS[0]]);
  it.each([
    { name: "told, and still there", saved, gone: new Set<string>(), word: null },
    { name: "told, and gone", saved, gone, word: "inactive" },
    { name: "another is gone", saved: { ...saved, vmUuid: UUIDS[1] }, gone, word: null },
    { name: "not told", saved: { ...saved, told: false }, gone: new Set<string>(), word: end },
    { name: "not told, and gone", saved: { ...saved, told: false }, gone, word: "inactive" },
    {
      name: "never known",
      saved: { ...saved, end: null, told: false },
      gone: new Set<string>(),
      word: UNSEEN,
    },
    {
      name: "never created, not told",
      saved: { ...saved, vmUuid: null, told: false },
      gone,
      word: end,
    },
  ])("$name", ({ saved: one, gone: uuids, word }) => {
    expect(lastWord(one, uuids)).toEqual(word);
  });

  it("survives the way through the state, and skips what is not of its form", async () => {
    const state: Record<string, string> = {
      deployment_x: "{",
      deployment_0: '{"id":0}',
      replica_0: '{"id":5}',
    };
    await withGithub({ state }, async ({ edges }) => {
      const other = { id: 9, vmUuid: null, end: null, told: false };
      saveDeployment(edges.runner, saved);
      saveDeployment(edges.runner, other);
      expect(readDeployments(edges.runner)).toEqual([other, saved]);
    });
  });
});
