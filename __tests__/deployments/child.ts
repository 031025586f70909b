/**
 * A process of its own that records one deployment, or with `--idle` only gets ready to. Its last line tells
 * whether octokit was loaded, and what came of it. Its environment is the runner's; it never waits.
 */
import { registerHooks } from "node:module";
import process from "node:process";

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});

const { openDeployments } = await import("../../src/deployments/deployments.ts");
const { Recording } = await import("../../src/deployments/subscriber.ts");
const { closeDeployments } = await import("../../src/deployments/close.ts");
const { DEPLOYMENT_WORDS } = await import("../../src/commands/telling-github.ts");
const { Ledger, NO_PEN } = await import("../../src/ledger/ledger.ts");
const { createTransport } = await import("../../src/net/http.ts");
const { USER_AGENT } = await import("../../src/text/version.ts");
const { GithubRunner } = await import("../../src/action/runner.ts");
// Main and post as a whole, as far as they are wired to deployments.
await import("../../src/index.ts");

const token = process.env.INPUT_GITHUB_TOKEN ?? null;
const edges = {
  env: process.env,
  clock: { now: () => 0, sleep: async () => {} },
  transport: createTransport(USER_AGENT),
  random: Math.random,
  runner: new GithubRunner(process.env),
  trustRoot: async () => Buffer.alloc(0),
  cancel: new AbortController().signal,
};
const deployments = openDeployments(edges, { token }, DEPLOYMENT_WORDS);
const inputs = {
  appId: null,
  deploymentEnvironment: "preview",
  githubToken: token,
  cleanup: "never",
  ttlMs: null,
  wait: true,
  healthCheck: null,
} as const;
new Recording(edges, inputs, new Ledger(() => 0, NO_PEN), {
  ...DEPLOYMENT_WORDS,
  describe: () => "",
});
await closeDeployments(edges, { token }, new Set(), DEPLOYMENT_WORDS);

const NOBODY = { vmUuid: null, appId: null };
const target = { environment: "preview", transient: false, replicaName: "web-2", ...NOBODY };
const started = process.argv.includes("--idle") ? null : await deployments.start(target);
console.log(JSON.stringify({ started, octokit: loaded.some((url) => url.includes("@octokit")) }));
