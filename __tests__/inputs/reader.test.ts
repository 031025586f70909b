/** How the runner hands inputs over. */
import { describe, expect, it } from "@jest/globals";
import { InputReader, rawInput } from "../../src/inputs/reader.ts";

describe("rawInput", () => {
  it.each([
    [{ INPUT_NODE_ID: " 26\n" }, "26"],
    [{ INPUT_NODE_ID: "" }, null],
    [{ INPUT_NODE_ID: " \t\r\n\u00a0" }, null],
    [{}, null],
    [{ INPUT_NODE_ID: undefined }, null],
    [{ node_id: "26" }, null],
  ])("of %j is %j", (env, expected) => expect(rawInput(env, "node_id")).toBe(expected));
});

describe("InputReader", () => {
  const digits = (text: string) => (/^\d+$/.test(text) ? Number(text) : null);

  it("tells value and form of a fault, and goes on", () => {
    const read = new InputReader({ INPUT_A: "x", INPUT_B: "5" });
    expect(read.optional("a", "digits", digits)).toBeNull();
    expect(read.optional("b", "digits", digits)).toBe(5);
    expect(read.optional("c", "digits", digits)).toBeNull();
    expect(read.required("d", "digits", digits)).toBeNull();
    expect(read.withDefault("e", 7, "digits", digits)).toBe(7);
    expect(read.faults).toEqual(['a is "x": it must be digits.', "d is missing: give digits."]);
  });

  it("takes a zero for a value", () => {
    expect(new InputReader({ INPUT_A: "0" }).withDefault("a", 7, "digits", digits)).toBe(0);
  });

  it("keeps a secret's value to itself", () => {
    const read = new InputReader({ INPUT_A: "hidden" });
    expect(read.secret("a", "digits", digits)).toBeNull();
    expect(read.faults.join()).not.toContain("hidden");
  });
});
