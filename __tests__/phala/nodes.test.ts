/** The list of nodes. */
import { describe, expect, it } from "@jest/globals";
import { readNodes } from "../../src/phala/nodes.ts";

describe("readNodes", () => {
  it("takes number and name of each", () => {
    const nodes = [
      { teepod_id: 26, name: "prod9", listed: true },
      { teepod_id: 0, name: "zero" },
    ];
    expect(readNodes({ tier: "pro", nodes, kms_list: [] })).toEqual([
      { id: 26, name: "prod9" },
      { id: 0, name: "zero" },
    ]);
  });

  it("leaves out what has no number or no name", () => {
    const nodes = [
      null,
      "x",
      { teepod_id: 1 },
      { name: "a" },
      { teepod_id: "2", name: "b" },
      { id: 3, name: "c" },
    ];
    expect(readNodes({ nodes })).toEqual([]);
  });

  it.each([[null], [[]], ["x"], [{}], [{ nodes: {} }], [{ nodes: null }]])(
    "does not take %j for a list of nodes",
    (value) => expect(readNodes(value)).toBeNull(),
  );
});
