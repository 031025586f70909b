/** rollout/action.yml: valid by GitHub's own measure, and what the interface promises. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { ROLLOUT_ARRAYS } from "../../src/report/outputs/rollout.ts";
import { lintDocuments } from "../support/github-lint.ts";
import { REPOSITORY } from "../support/repository.ts";
import { readManifest } from "../support/runner/manifest.ts";

jest.setTimeout(60_000);

const folder = join(REPOSITORY, "rollout");
const manifest = readManifest(folder);

/** Written down apart from action.yml. Changing it but by adding needs a new major version. */
const INPUTS: Readonly<Record<string, string | undefined>> = {
  api_key: undefined,
  api_url: undefined,
  app_id: undefined,
  source: "unset",
  compose_hash: "unset",
  vm_uuids: "unset",
  name: "unset",
  max_unavailable: "1",
  on_failure: "unset",
  envs: undefined,
  envs_plain: undefined,
  encrypted_env: undefined,
  port: undefined,
  health_check: undefined,
  health_expect: "unset",
  health_for: "0s",
  verify: "unset",
  expected_os: "unset",
  allowed_tcb: "UpToDate",
  collateral_url: undefined,
  approval_timeout: "0s",
  device_id: undefined,
  private_key: "unset",
  rpc_url: undefined,
  max_fee: undefined,
  instance_timeout: "15m",
  wait_timeout: undefined,
  poll_interval: "2s",
  request_timeout: "60s",
  dry_run: "unset",
  summary: "true",
  deployment_environment: undefined,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's
  github_token: "${{ github.token }}",
};
const OUTPUTS = [
  "outcome",
  "error_code",
  "error_message",
  ...ROLLOUT_ARRAYS,
  "compose_hash",
  "previous_compose_hash",
  "is_allowed",
  "device_id",
  "commit_token",
  "commit_url",
  "api_commit_url",
  "onchain_status",
  "kms_info",
];

describe("rollout/action.yml", () => {
  it("is valid", async () => {
    const text = readFileSync(join(folder, "action.yml"), "utf8");
    expect(await lintDocuments([{ path: "action.yml", text }])).toEqual([]);
  });

  it("runs entries of the one bundle, and always its post", () => {
    expect(manifest.runs).toEqual({
      using: "node24",
      main: "../dist/rollout.js",
      post: "../dist/rollout-post.js",
      "post-if": "always()",
    });
    for (const entry of ["rollout", "rollout-post"]) {
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
