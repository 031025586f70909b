/** Inputs that the action does not have: slips are refused, others are told of. */
import { describe, expect, it } from "@jest/globals";
import { readCreateInputs } from "../../src/inputs/create.ts";
import { judgeUnknown, lettersOff } from "../../src/inputs/unknown.ts";
import { REPOSITORY } from "../support/repository.ts";
import { readManifest } from "../support/runner/manifest.ts";

const REQUIRED = {
  INPUT_API_KEY: "phak_key",
  INPUT_APP_ID: "ab".repeat(20),
  INPUT_VM_UUID: "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11",
};

/** What the action says of a step with these variables besides the required inputs. */
function said(more: Readonly<Record<string, string>>): { faults: string[]; notes: string[] } {
  const read = readCreateInputs({ ...REQUIRED, ...more });
  return "faults" in read
    ? { faults: [...read.faults], notes: [] }
    : { faults: [], notes: [...read.inputs.notes] };
}

const declared = Object.keys(readManifest(REPOSITORY).inputs);

describe("the action's own inputs", () => {
  it.each(declared)("%s is known", (name) => {
    const { faults, notes } = said({ [`INPUT_${name.toUpperCase()}`]: "true" });
    expect([...faults, ...notes].filter((text) => /no input/.test(text))).toEqual([]);
  });

  it("are no more than action.yml has", () => {
    const asked = new Set<string>();
    const env = new Proxy(REQUIRED, {
      get: (target, name) => {
        if (/^INPUT_/.test(String(name))) asked.add(String(name).slice(6).toLowerCase());
        return Reflect.get(target, name) as string;
      },
    });
    readCreateInputs(env);
    expect([...asked].sort()).toEqual([...declared].sort());
  });
});

describe("a slip", () => {
  it.each([
    ["hyphens", "NODE-ID", "node_id"],
    ["hyphens in all", "REQUEST-TIMEOUT", "request_timeout"],
    ["no underscore", "HEALTHCHECK", "health_check"],
    ["a plural", "VM_UUIDS", "vm_uuid"],
    ["a plural with a hyphen", "VM-UUIDS", "vm_uuid"],
    ["a letter missing", "COMPOSE_HAS", "compose_hash"],
    ["two letters missing", "COMPOSE_HA", "compose_hash"],
    ["two letters swapped", "CUONT", "count"],
    ["two letters wrong", "DXY_RUX", "dry_run"],
    ["a space", "DRY RUN", "dry_run"],
    ["a flag whose default is there too", "DRY-RUN", "dry_run"],
  ])("%s: refused, and the input is named that was meant", (_name, name, meant) => {
    const { faults } = said({ [`INPUT_${name}`]: "true", INPUT_DRY_RUN: "false" });
    expect(faults).toEqual([
      `${name.toLowerCase()} is no input of this action: did you mean ${meant}?`,
    ]);
  });

  it("is told together with all other faults, and never with its value", () => {
    const { faults } = said({ INPUT_COUNT: "0", "INPUT_API-KEY": "phak_secret" });
    expect(faults).toHaveLength(2);
    expect(faults.join()).not.toContain("secret");
  });

  it("that is blank is no more given than a known input would be", () => {
    expect(said({ "INPUT_NODE-ID": " \n" })).toEqual({ faults: [], notes: [] });
  });
});

describe("another name", () => {
  it("is a warning that names it, and not its value", () => {
    const { faults, notes } = said({ INPUT_REGION: "eu-west", INPUT_INSTANCE_TYPE: "tdx.small" });
    expect(faults).toEqual([]);
    expect(notes).toEqual([
      "The action has no input instance_type: it is ignored.",
      "The action has no input region: it is ignored.",
    ]);
  });

  it("three letters off is another", () => {
    expect(said({ INPUT_COMPOSE: "x" }).faults).toEqual([]);
    expect(said({ INPUT_WAIT_TIME: "1m" }).faults).toEqual([]);
  });

  it("that is too long to be a name is not shown", () => {
    const [note = ""] = said({ [`INPUT_${"X".repeat(81)}`]: "1" }).notes;
    expect(note).toBe("The action has no input of 81 characters: it is ignored.");
  });
});

describe("variables that are no inputs", () => {
  it.each([
    ["without the runner's capitals", { INPUT_node_ids: "1", input_count: "x" }],
    ["with another beginning", { INPUTRC: "/etc/inputrc", MY_INPUT_NODE_IDS: "1" }],
    ["with the beginning alone", { INPUT_: "1" }],
  ])("%s are left alone", (_name, more) => {
    expect(said(more)).toEqual({ faults: [], notes: [] });
  });

  const inside = { GITHUB_ACTION_PATH: "/home/runner/_actions/wrapper" };

  it("an enclosing action's own name for what it hands on is no fault", () => {
    const more = { "INPUT_NODE-ID": "26", INPUT_NODE_ID: "26" };
    expect(said({ ...inside, ...more })).toEqual({
      faults: [],
      notes: ["The action has no input node-id: it is ignored, and node_id is used."],
    });
    expect(said(more).faults).toHaveLength(1);
  });

  it("a slip inside a composite action is one all the same", () => {
    expect(said({ ...inside, "INPUT_NODE-ID": "26" }).faults).toHaveLength(1);
    expect(
      said({ ...inside, "INPUT_DRY-RUN": "true", INPUT_DRY_RUN: "false" }).faults,
    ).toHaveLength(1);
  });
});

describe("lettersOff", () => {
  it.each([
    ["same", "same", 0],
    ["vm_uuids", "vm_uuid", 1],
    ["wait", "wiat", 2],
    ["", "ab", 2],
    ["abc", "xyz", 3],
    ["a", "abcd", 3],
  ])("of %j and %j is %d", (one, other, expected) => {
    expect([lettersOff(one, other), lettersOff(other, one)]).toEqual([expected, expected]);
  });

  it("prefers the nearest of several", () => {
    const known = new Set(["ttl_of_a", "ttl_of_ab", "ttl_of_abc"]);
    const { faults } = judgeUnknown({ INPUT_TTL_OF_AX: "1" }, known);
    expect(faults).toEqual(["ttl_of_ax is no input of this action: did you mean ttl_of_a?"]);
  });
});
