/** This repository's own workflows. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { lintDocuments } from "../support/github-lint.ts";
import { OTHER_ACTIONS } from "../support/other-actions.ts";
import type { Workflow } from "../support/readme.ts";
import { REPOSITORY } from "../support/runner.ts";

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
        const writes = Object.values(job.permissions ?? {}).includes("write");
        expect([path, name, writes]).toEqual([
          path,
          name,
          path.endsWith("release.yml") && name === "publish",
        ]);
        // Who may write runs nobody else's code.
        expect(writes && job.steps.some(({ uses }) => uses !== undefined)).toBe(false);
        for (const step of job.steps) {
          expect(step.run ?? "").not.toContain("${{");
          // A version to follow, or a commit hash that somebody has read; never a branch.
          expect(step.uses ?? "x@v1").toMatch(/@(v\d+|[0-9a-f]{40})$/);
        }
      }
    },
  );
});
