/** Names, what fills them in, and the inputs that came with them. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readCreateInputs } from "../../src/inputs/create.ts";
import { PLACEHOLDERS, placeholderValue } from "../../src/inputs/placeholders.ts";
import type { Inputs } from "../../src/inputs/types.ts";

const REQUIRED = { api_key: "phak_test", app_id: "3c".repeat(20) };

type Given = Readonly<Record<string, string>>;

function handed(given: Given, more: Given = {}) {
  const env = Object.entries({ ...REQUIRED, ...given }).map(([name, value]) => [
    `INPUT_${name.toUpperCase()}`,
    value,
  ]);
  return readCreateInputs({ ...Object.fromEntries(env), ...more });
}

function read(given: Given, more: Given = {}): Inputs {
  const result = handed(given, more);
  if ("faults" in result) throw new Error(result.faults.join(" "));
  return result.inputs;
}

function faults(given: Given, more: Given = {}): readonly string[] {
  const result = handed(given, more);
  return "faults" in result ? result.faults : [];
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "names-"));
  writeFileSync(join(folder, "compose.yml"), "services: {}\n");
  writeFileSync(join(folder, "empty.yml"), " \n");
  writeFileSync(join(folder, "large.yml"), "x".repeat(300_000));
  symlinkSync("/etc/hostname", join(folder, "link.yml"));
  const event = { pull_request: { number: 7, head: { sha: "abcdef0123456789" } } };
  writeFileSync(join(folder, "event.json"), JSON.stringify(event));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("names", () => {
  it.each<[Given, readonly string[] | null]>([
    [{}, null],
    [{ name: "unset" }, null],
    [{ name: "web-eu-1" }, ["web-eu-1"]],
    [{ name: "web-eu-1, web-eu-2\nweb-eu-3" }, ["web-eu-1", "web-eu-2", "web-eu-3"]],
    [{ name: '["web-eu-1","web-eu-2"]' }, ["web-eu-1", "web-eu-2"]],
    [{ name: "web-{n}-eu", count: "3" }, ["web-1-eu", "web-2-eu", "web-3-eu"]],
    [{ name: "web-eu-1,web-eu-2", count: "2.0" }, ["web-eu-1", "web-eu-2"]],
  ])("%j are %j", (given, names) => {
    const inputs = read(given);
    expect(inputs.names).toEqual(names);
    expect(inputs.count).toBe(names?.length ?? 1);
    expect(inputs.vmUuid).toBeNull();
  });

  it.each<[Given, RegExp]>([
    [{ name: "" }, /^name is empty: its expression came out empty/],
    [{ name: "," }, /^name is ","/],
    [{ name: "web" }, /^name is "web": it must be 5 to 63/],
    [{ name: "1web-eu" }, /^name is "1web-eu"/],
    [{ name: "web--eu" }, /^name is "web--eu"/],
    [{ name: "web-eu-" }, /^name is "web-eu-"/],
    [{ name: "web_eu_1" }, /^name is "web_eu_1"/],
    [{ name: "a".repeat(64) }, /^name is/],
    [{ name: "web-eu-1,WEB-eu-1" }, /^name lists WEB-eu-1 twice/],
    [{ name: "web-eu-1", count: "2" }, /^name lists 1, and count is 2/],
    [{ name: "web-eu-{n}" }, /^name holds \{n\}, so count must say/],
    [{ name: "web-eu-{n},other", count: "2" }, /^name lists several with \{n\}/],
    [{ name: "web-{foo}-1" }, /^name holds "\{foo\}": there are \{n\}, \{tag\}/],
    [{ name: "web-{tag}-1" }, /^name holds \{tag\}, which is empty in this run/],
    [{ name: "web-eu-1", instances: "2" }, /^name can't be combined with instances/],
    [{ name: "web-eu-1", node_id: "26,31" }, /^node_id lists 2 nodes for 1 named/],
    [{ name: "web-eu-1,web-eu-2", prepare_only: "true" }, /^prepare_only prepares one replica/],
    [{ name: "web-eu-1,web-eu-2", commit_token: "a-token-of-a-step" }, /commits one replica/],
    [{ compose_file: "compose.yml" }, /^compose_file needs name/],
    [{ name: "web-eu-1", compose_file: "empty.yml" }, /"empty.yml" in the workspace is empty/],
    [{ name: "web-eu-1", compose_file: "large.yml" }, /has 300000 bytes, at most/],
    [{ name: "web-eu-1", compose_file: "../other" }, /can't be read|lies outside/],
    [{ name: "web-eu-1", compose_file: "link.yml" }, /lies outside of it/],
    [{ name: "web-eu-1", compose_file: "none.yml" }, /can't be read/],
    [
      { name: "web-eu-1", compose_file: "compose.yml", compose_hash: "ab".repeat(32) },
      /^compose_file can't be combined with compose_hash/,
    ],
    [{ health_expect: "v1" }, /^health_expect belongs to health_check/],
    [{ health_for: "1m" }, /^health_for belongs to health_check/],
    [
      { health_check: "/healthz", health_for: "15m" },
      /^health_for must be shorter than wait_timeout/,
    ],
    [{ port: "0" }, /^port is "0"/],
    [{ port: "65536" }, /^port is "65536"/],
    [{ max_instances: "0" }, /^max_instances is "0"/],
    [{ max_instances: " " }, /^max_instances is empty/],
    [{ health_expect: "" }, /^health_expect is empty/],
    [{ dry_run: "" }, /^dry_run is empty/],
    [{ prepare_only: " " }, /^prepare_only is empty/],
    [{ capacity_wait: "soon" }, /^capacity_wait is "soon"/],
    [{ node_id: "any | 26" }, /^node_id is "any \| 26"/],
    [{ node_id: "26 | " }, /^node_id is "26 \|"/],
    [{ commit_token: "a-token-of-a-step", app_id: "", name: "web-eu-1" }, /^app_id is missing/],
  ])("%j is a fault", (given, expected) => {
    const found = faults(given, { GITHUB_WORKSPACE: folder });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it("a compose file is read from the workspace", () => {
    const given = { name: "web-eu-1", compose_file: "compose.yml" };
    expect(read(given, { GITHUB_WORKSPACE: folder }).composeFile).toBe("services: {}\n");
  });

  it("alternatives for a node", () => {
    expect(read({ node_id: "prod5 | 31 | Any, 26" }).nodes).toEqual([
      { kind: "name", name: "prod5", or: [{ kind: "id", id: 31 }, { kind: "any" }] },
      { kind: "id", id: 26 },
    ]);
  });
});

describe("what fills a name in", () => {
  it("is GitHub's, with other characters as dashes; the event tells a pull request's head", () => {
    const more = {
      GITHUB_EVENT_PATH: join(folder, "event.json"),
      GITHUB_HEAD_REF: "feature/Ünder_way--now",
      GITHUB_REF_NAME: "7/merge",
      GITHUB_SHA: "f".repeat(40),
      GITHUB_RUN_ID: "123456",
    };
    expect(read({ name: "pr-{pr}-{sha}-{ref}-{run}" }, more).names).toEqual([
      "pr-7-abcdef0-feature-nder-way-now-123456",
    ]);
  });

  it.each<[string, Given, unknown, string]>([
    ["tag", { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1.2.3" }, null, "v1-2-3"],
    ["tag", { GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "main" }, null, ""],
    ["ref", { GITHUB_REF_NAME: "release/2" }, null, "release-2"],
    ["sha", { GITHUB_SHA: "0123456789" }, null, "0123456"],
    ["pr", { GITHUB_REF: "refs/pull/12/merge" }, {}, "12"],
    ["pr", {}, { issue: { number: 9, pull_request: {} } }, "9"],
    ["pr", {}, { issue: { number: 9 } }, ""],
    ["run", {}, null, ""],
  ])("{%s} in %j and %j is %j", (name, env, event, expected) => {
    const known = PLACEHOLDERS.find((one) => one === name) ?? "run";
    expect(placeholderValue(known, env, event)).toBe(expected);
  });
});
