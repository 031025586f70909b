/** The inputs of the action verify: what is no list of what it is to hold is told, never a smaller choice. */
import { describe, expect, it } from "@jest/globals";
import { readVerifyInputs } from "../../src/inputs/verify.ts";

const UUID = "8c1f3c2a-6f0e-4b9a-9d51-0a7d3f1b2c44";

function read(inputs: Readonly<Record<string, string>>) {
  const all = { api_key: "key", app_id: "a".repeat(40), source: UUID, ...inputs };
  return readVerifyInputs(
    Object.fromEntries(
      Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    ),
  );
}

function faultsOf(inputs: Readonly<Record<string, string>>): readonly string[] {
  const result = read(inputs);
  return "faults" in result ? result.faults : [];
}

describe("lists of verify", () => {
  it("are read by comma, line or as JSON, each UUID once", () => {
    expect(read({ vm_uuids: `${UUID},\n${UUID}`, name: '["web-*"]' })).toMatchObject({
      inputs: { vmUuids: [UUID], names: [{ text: "web-*" }] },
    });
  });

  it("hold GitHub's values, and are refused where one is empty", () => {
    expect(faultsOf({ name: "web-{tag}" })).toEqual([expect.stringMatching(/^name holds \{tag\}/)]);
  });

  it("may be an empty array, which is a list of nothing", () => {
    expect(read({ vm_uuids: "[ ]" })).toMatchObject({ inputs: { vmUuids: [] } });
  });

  it.each([
    ["vm_uuids", ","],
    ["vm_uuids", '["", ""]'],
    ["vm_uuids", `["${UUID}", null]`],
    ["vm_uuids", `["${UUID}"`],
    ["name", ", ,"],
    ["name", '[""]'],
    ["name", "web_1"],
  ])("%s: %s is told", (name, text) => {
    expect(faultsOf({ [name]: text })).toEqual([
      expect.stringMatching(new RegExp(`^${name} (is|has|begins) `)),
    ]);
  });

  it("are told where they are longer than anybody's", () => {
    const many = Array.from({ length: 1_001 }, (_, index) => `web-${index}`).join();
    expect(faultsOf({ name: many })).toHaveLength(1);
  });
});
