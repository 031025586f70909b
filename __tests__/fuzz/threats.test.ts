/** The threat model in SECURITY.md: every test that it names exists, and what no other test holds. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { startSimulator } from "../../simulator/index.ts";
import { type Workflow, yamlExamples } from "../support/readme.ts";
import { REPOSITORY } from "../support/repository.ts";
import "../support/retry.ts";
import { runPost, runStep } from "../support/runner.ts";

const read = (path: string): string => readFileSync(join(REPOSITORY, path), "utf8");

/** `__tests__/some.test.ts` "a name": what the threat model says of a measure's test. */
const NAMED = /`(__tests__\/[^`]+\.ts)`((?:,? (?:and )?"[^"]+")+)/g;

interface Reference {
  readonly path: string;
  readonly names: readonly string[];
}

function referencesIn(text: string): Reference[] {
  return [...text.matchAll(NAMED)].map(([, path = "", names = ""]) => ({
    path,
    names: [...names.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name),
  }));
}

/** Names that do not stand in the file as the text of a test or of a group of tests. */
function missing({ path, names }: Reference): string[] {
  if (!existsSync(join(REPOSITORY, path))) return [path];
  const text = read(path);
  return names.filter(
    (name) => !text.includes(JSON.stringify(name)) && !text.includes(`\`${name}\``),
  );
}

describe("the threat model", () => {
  const [, section = ""] =
    /^## Threat model\n(.*?)(?=^## |$(?![\s\S]))/ms.exec(read("SECURITY.md")) ?? [];
  const threats = section.split(/^### /m).slice(1);

  it("speaks of each of those who could do harm", () => {
    expect(threats.map((text) => text.split("\n")[0])).toEqual([
      "A hostile or broken API answer",
      "A platform that lies about what runs",
      "A hostile address: app, instance or redirect",
      "A hostile pull request",
      "A mistake in what to delete",
      "A bad revision, or a rollout in the wrong hands",
      "A stolen log, artifact or state",
      "Someone else in the workspace",
      "A dependency, or a release of this action",
      "A node of the chain that lies, or a key in the wrong hands",
      "A runner that is used again",
      "A network in between",
    ]);
  });

  it.each(threats.map((text) => [text.split("\n")[0] ?? "", text]))(
    "%s: each measure names tests that exist",
    (_title, text) => {
      const measures = text.split(/^- /m).slice(1);
      expect(measures.length).toBeGreaterThan(0);
      for (const measure of measures) expect(referencesIn(measure)).not.toEqual([]);
      expect(referencesIn(text).flatMap(missing)).toEqual([]);
    },
  );

  it("would be caught naming a test that does not exist", () => {
    expect(missing({ path: "__tests__/fuzz/nowhere.test.ts", names: ["x"] })).toHaveLength(1);
    const path = "__tests__/fuzz/threats.test.ts";
    expect(missing({ path, names: [["no such", "test"].join(" ")] })).toHaveLength(1);
  });
});

/** Every workflow of this repository and of its documents, by where it stands. */
function workflows(): [string, Workflow, string][] {
  const files = [".github/workflows", "examples"].flatMap((folder) =>
    existsSync(join(REPOSITORY, folder))
      ? readdirSync(join(REPOSITORY, folder)).map((name) => `${folder}/${name}`)
      : [],
  );
  const documents = [
    "README.md",
    ...readdirSync(join(REPOSITORY, "docs"), { recursive: true }).map((name) => `docs/${name}`),
  ];
  return [
    ...files
      .filter((path) => /\.ya?ml$/.test(path))
      .map((path): [string, Workflow, string] => [path, parse(read(path)) as Workflow, read(path)]),
    ...documents
      .filter((path) => path.endsWith(".md"))
      .flatMap((path) => yamlExamples(read(path)).map((example) => ({ path, ...example })))
      .filter(({ whole }) => whole)
      .map(({ path, workflow, text }): [string, Workflow, string] => [
        `${path} ${workflow.name}`,
        workflow,
        text,
      ]),
  ];
}

describe("workflows, ours and the examples", () => {
  const all = workflows();
  it("are found", () => expect(all.length).toBeGreaterThan(4));

  it.each(all)("%s is not for pull_request_target", (path, workflow, text) => {
    if (!/pr-closed\.yml$|Pull request closed$/.test(path)) {
      expect(JSON.stringify(workflow.on)).not.toContain("pull_request_target");
      return;
    }
    // It deletes what a closed pull request leaves, and has nothing of it on the machine.
    expect(workflow.on).toEqual({ pull_request_target: { types: ["closed"] } });
    expect(text.match(/^\s*(?:- )?(?:uses|run):.*$/gm)).toEqual([
      expect.stringContaining("uses: your-org/cvm-replica-action/delete@"),
    ]);
  });

  it.each(all)("%s asks for no right that nothing in it needs", (path, workflow, text) => {
    expect(workflow.permissions).toEqual(expect.any(Object));
    const asked = [
      workflow.permissions,
      ...Object.values(workflow.jobs).map((job) => job.permissions),
    ];
    const writes = asked.flatMap((rights) =>
      Object.entries(rights ?? {}).flatMap(([name, right]) => (right === "write" ? [name] : [])),
    );
    const needed = [
      // Of what is deleted, the deployments become inactive.
      ...(/deployment_environment:|\/delete@/.test(text) ? ["deployments"] : []),
      // A release is published, and what is in it attested.
      ...(path.endsWith("workflows/release.yml") ? ["contents", "id-token", "attestations"] : []),
      // What these find is shown on the Security tab; a scorecard that is published is signed.
      ...(path.endsWith("workflows/codeql.yml") ? ["security-events"] : []),
      ...(text.includes("gh issue create") ? ["issues"] : []),
      ...(path.endsWith("workflows/scorecard.yml") ? ["security-events", "id-token"] : []),
    ];
    expect(writes.filter((name) => !needed.includes(name))).toEqual([]);
  });
});

describe("the bundle as a process", () => {
  const LIMIT_MS = 60_000;

  it(
    "a workspace full of traps changes nothing: no code, environment or setting is read from it",
    async () => {
      const cwd = mkdtempSync(join(tmpdir(), "traps-"));
      const sim = await startSimulator();
      try {
        const trap = `require("node:fs").writeFileSync(${JSON.stringify(join(cwd, "SPRUNG"))}, "");`;
        for (const name of ["@actions/core", "@actions/http-client", "dotenv", "undici"]) {
          mkdirSync(join(cwd, "node_modules", name), { recursive: true });
          writeFileSync(join(cwd, "node_modules", name, "index.js"), trap);
        }
        writeFileSync(join(cwd, "main.js"), trap);
        writeFileSync(join(cwd, "package.json"), '{"type":"commonjs","main":"main.js"}');
        const settings =
          "https_proxy=http://127.0.0.1:1\nINPUT_API_URL=http://127.0.0.1:1\nPHALA_CLOUD_API_KEY=other";
        for (const name of [".env", ".npmrc", ".netrc"]) writeFileSync(join(cwd, name), settings);
        const before = readdirSync(cwd).sort();
        const main = await runStep({
          api: sim,
          cwd,
          inputs: { app_id: sim.appId, vm_uuid: sim.vmUuid, wait: "false", cleanup: "always" },
        });
        const post = await runPost(main);
        expect([main.exitCode, post.exitCode]).toEqual([0, 0]);
        expect(sim.requests.every(({ headers }) => headers["x-api-key"] === sim.apiKey)).toBe(true);
        expect(readdirSync(cwd).sort()).toEqual(before);
      } finally {
        await sim.close();
        rmSync(cwd, { recursive: true });
      }
    },
    LIMIT_MS,
  );

  it(
    "a runner that is used again finds no file of the step",
    async () => {
      const sim = await startSimulator();
      try {
        const main = await runStep({
          api: sim,
          inputs: {
            app_id: sim.appId,
            vm_uuid: sim.vmUuid,
            wait: "false",
            envs: "TOKEN=S3cretOfThisStep",
            cleanup: "always",
          },
        });
        const post = await runPost(main);
        expect([main.exitCode, post.exitCode]).toEqual([0, 0]);
        expect({ ...main.written, ...post.written }).toEqual({});
        expect({ ...main.exported, ...post.exported }).toEqual({});
      } finally {
        await sim.close();
      }
    },
    LIMIT_MS,
  );

  it(
    "a health check carries nothing but its path",
    async () => {
      const sim = await startSimulator();
      try {
        const main = await runStep({
          api: sim,
          inputs: { app_id: sim.appId, vm_uuid: sim.vmUuid, health_check: "/healthz" },
        });
        expect(main.exitCode).toBe(0);
        expect(sim.gatewayRequests.length).toBeGreaterThan(1);
        for (const { method, headers } of sim.gatewayRequests) {
          expect(method).toBe("GET");
          expect(Object.keys(headers).sort()).toEqual(["connection", "host", "user-agent"]);
        }
      } finally {
        await sim.close();
      }
    },
    LIMIT_MS,
  );

  it(
    "a pull request of a fork, which gets no secret, sends nothing",
    async () => {
      const sim = await startSimulator();
      try {
        const main = await runStep({
          inputs: { api_url: sim.apiUrl, api_key: "", app_id: sim.appId, vm_uuid: sim.vmUuid },
        });
        expect([main.exitCode, main.outputs.error_code]).toEqual([1, "INPUT"]);
        expect(main.annotations.map(({ message }) => message).join()).toContain("forks");
        expect(sim.requests).toEqual([]);
      } finally {
        await sim.close();
      }
    },
    LIMIT_MS,
  );
});
