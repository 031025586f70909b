/** delete/action.yml: valid by GitHub's own measure, and what the interface promises. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { DELETE_ARRAYS } from "../../src/report/outputs/delete.ts";
import { lintDocuments } from "../support/github-lint.ts";
import { REPOSITORY } from "../support/repository.ts";
import { readManifest } from "../support/runner/manifest.ts";

jest.setTimeout(60_000);

const folder = join(REPOSITORY, "delete");
const manifest = readManifest(folder);

/** Written down apart from action.yml. Changing it but by adding needs a new major version. */
const INPUTS: Readonly<Record<string, string | undefined>> = {
  api_key: undefined,
  api_url: undefined,
  app_id: undefined,
  vm_uuids: "unset",
  name: "unset",
  deployment_environment: "unset",
  status: "unset",
  older_than: "unset",
  keep: "unset",
  leave: "unset",
  keep_at_least: "unset",
  max_deletions: "unset",
  dry_run: "unset",
  wait: "true",
  wait_timeout: "10m",
  poll_interval: "2s",
  request_timeout: "60s",
  github_token: `\${{ github.token }}`,
  summary: "true",
};
const OUTPUTS = ["outcome", "error_code", "error_message", ...DELETE_ARRAYS];

describe("delete/action.yml", () => {
  it("is valid", async () => {
    const text = readFileSync(join(folder, "action.yml"), "utf8");
    expect(await lintDocuments([{ path: "action.yml", text }])).toEqual([]);
  });

  it("runs entries of the one bundle, and always its post", () => {
    expect(manifest.runs).toEqual({
      using: "node24",
      main: "../dist/delete.js",
      post: "../dist/delete-post.js",
      "post-if": "always()",
    });
    for (const entry of ["delete", "delete-post"]) {
      expect(existsSync(join(REPOSITORY, `src/${entry}.cjs`))).toBe(true);
    }
  });

  it("has the promised inputs, with the promised defaults", () => {
    const actual = Object.entries(manifest.inputs).map(([name, input]) => [name, input.default]);
    expect(Object.fromEntries(actual)).toEqual(INPUTS);
    const required = Object.entries(manifest.inputs).filter(([, input]) => input.required);
    expect(required.map(([name]) => name)).toEqual(["app_id"]);
  });

  it("has the promised outputs", () => {
    expect(Object.keys(manifest.outputs).sort()).toEqual([...OUTPUTS].sort());
  });

  it.each(Object.entries({ ...manifest.inputs, ...manifest.outputs }))(
    "describes %s",
    (_name, { description = "" }) => expect(description).toMatch(/^[A-Z`].{10,}\.$/s),
  );
});
