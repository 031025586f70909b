/** What the inputs of delete may be, and what they are refused for. */
import { describe, expect, it } from "@jest/globals";
import { GUARDED, readDeleteInputs } from "../../../src/inputs/delete.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { readManifest, resolveInputs } from "../../support/runner/manifest.ts";

const UUID = "aaaaaaaa-0000-4000-8000-000000000001";
const manifest = readManifest(`${REPOSITORY}/delete`);

/** As the runner hands a step's `with` to the action. */
function read(given: Readonly<Record<string, string>>, more: Record<string, string> = {}) {
  const usual = { api_key: "phak_fortests", app_id: "ab".repeat(20) };
  const { env } = resolveInputs(manifest, { ...usual, ...given }, "ghs_fortests");
  return readDeleteInputs({ ...env, ...more });
}

function faults(given: Readonly<Record<string, string>>, more: Record<string, string> = {}) {
  const result = read(given, more);
  return "faults" in result ? result.faults : [];
}

describe("the inputs of delete", () => {
  it("have their defaults", () => {
    expect(read({ name: "web-1" })).toMatchObject({
      inputs: {
        vmUuids: null,
        deploymentEnvironment: null,
        status: null,
        olderThanMs: null,
        keep: [],
        leave: 0,
        keepAtLeast: 1,
        maxDeletions: 10,
        dryRun: false,
        wait: true,
        waitTimeoutMs: 600_000,
      },
    });
  });

  it("are told from left out where a runner hands on no variable at all", () => {
    const env = { INPUT_API_KEY: "phak_x", INPUT_APP_ID: "ab".repeat(20), INPUT_NAME: "web-1" };
    expect(readDeleteInputs(env)).toHaveProperty("inputs");
  });

  it.each(GUARDED.map((name) => [name]))("refuse %s that came out empty", (name) => {
    for (const empty of ["", "  \n "]) {
      const found = faults({ vm_uuids: UUID, [name]: empty });
      expect(found).toEqual([
        `${name} is empty: its expression came out empty; leave the line out to mean none.`,
      ]);
    }
  });

  it("fill GitHub's values into names, as create does", () => {
    const run = { GITHUB_RUN_ID: "77", GITHUB_REF: "refs/pull/12/merge", GITHUB_SHA: "abcdef0123" };
    expect(read({ name: "pr-{pr}-*, web-{run}", keep: "web-{sha}" }, run)).toMatchObject({
      inputs: {
        names: [{ text: "pr-12-*" }, { text: "web-77", exact: true }],
        keep: [{ text: "web-abcdef0" }],
      },
    });
  });

  it.each([
    [
      "pr-{pr}-*",
      { GITHUB_REF: "refs/heads/main", GITHUB_EVENT_NAME: "push" },
      /^name holds \{pr\}, which is empty in this run \(event "push"\)\.$/,
    ],
    ["web-{n}", {}, /^name holds "\{n\}": there are \{tag\}, .*\{run\}\.$/],
  ])("never select more because of a value that is missing: %s", (name, run, says) => {
    expect(faults({ name }, run)).toEqual([expect.stringMatching(says)]);
  });

  it.each([...GUARDED].map((name) => [name]))("have `unset` as the default of %s", (name) => {
    expect(manifest.inputs[name]?.default).toBe("unset");
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["no selector", {}, /nothing says what to delete/],
    ["an age alone", { older_than: "1d" }, /nothing says what to delete/],
    ["broken JSON", { vm_uuids: '["a' }, /^vm_uuids begins with \[ and is no JSON array.*"\[\\"a"/],
    ["a null", { vm_uuids: `["${UUID}",null]` }, /^vm_uuids begins with \[ and is no JSON array/],
    ["an array of an empty text", { vm_uuids: '[""]' }, /^vm_uuids has only empty entries/],
    ["commas alone", { vm_uuids: ", ," }, /^vm_uuids has only empty entries.*\[\] would mean none/],
    ["a name for a UUID", { vm_uuids: "web-1" }, /^vm_uuids has "web-1": it lists UUIDs, /],
    [
      "several names among UUIDs",
      { vm_uuids: `a1,${UUID},b2,c3,d4,e5` },
      /^vm_uuids has "a1", "b2", "c3" and 2 more: it lists UUIDs/,
    ],
    [
      "too many",
      { vm_uuids: Array.from({ length: 1_001 }, () => UUID).join() },
      /^vm_uuids has 1001 entries, and at most 1000 are taken/,
    ],
    ["an empty keep", { name: "a", keep: '["",""]' }, /^keep has only empty entries/],
    ["a name that nobody has", { name: "web_1" }, /^name has "web_1"/],
    ["a pattern of other marks", { name: "web-?" }, /^name has "web-\?"/],
    ["every name", { name: "*" }, /needs vm_uuids, status, older_than or max_deletions/],
    ["every name, twice starred", { name: "web-1,**" }, /fits every name/],
    ["an environment without a second word", { deployment_environment: "preview" }, /needs name/],
    ["an environment and every name", { deployment_environment: "p", name: "*" }, /every name/],
    [
      "an environment and no token",
      { deployment_environment: "p", name: "a", github_token: "" },
      /^github_token is empty/,
    ],
    ["a negative number", { name: "a", keep_at_least: "-1" }, /keep_at_least is/],
    ["a slip", { name: "a", vm_uuid: UUID }, /did you mean vm_uuids/],
    ["an odd status", { status: "dead;running" }, /^status has "dead;running"/],
    ["no age", { name: "a", older_than: "0" }, /older_than is/],
  ])("refuse %s", (_name, given, says) => {
    expect(faults(given).join("\n")).toMatch(says);
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["every name with a status", { name: "*", status: "dead" }, {}],
    ["every name with an age", { name: "*", older_than: "1d" }, {}],
    ["every name with a number", { name: "*", max_deletions: "10" }, {}],
    [
      "an environment on a pull request",
      { deployment_environment: "p" },
      { GITHUB_EVENT_NAME: "pull_request" },
    ],
    [
      "an environment on a pull_request_target",
      { deployment_environment: "p" },
      { GITHUB_EVENT_NAME: "pull_request_target" },
    ],
    ["an environment with a name", { deployment_environment: "p", name: "web-*" }, {}],
    ["an environment with an age", { deployment_environment: "p", older_than: "1d" }, {}],
    ["numbers as forms hand them on", { name: "a", keep_at_least: "0.0", leave: "2.0" }, {}],
    ["an empty array", { vm_uuids: "[]", keep: "[ ]" }, {}],
    ["an empty entry beside another", { vm_uuids: `["${UUID}",""]`, keep: "a,,b" }, {}],
  ])("take %s", (_name, given, more) => {
    expect(faults(given, more)).toEqual([]);
  });

  it("name all faults together", () => {
    expect(faults({ vm_uuids: "x", keep: "y_", status: "", leave: "z" })).toHaveLength(4);
  });
});
