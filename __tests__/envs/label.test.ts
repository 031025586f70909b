import { describe, expect, it } from "@jest/globals";
import { labelLines } from "../../src/envs/label.ts";

// As a parser would answer that reads other forms than this one expects.
describe("labelLines, with a parser that skips lines", () => {
  const { heads, lost } = labelLines("A=1\n# c\nB: 2\n\nword\nC='\nD=3'");
  const [a, b, c, d] = heads.map(({ label }) => label);

  it("counts as lost what came back neither as a name nor in a value", () => {
    expect(lost(new Map())).toEqual([1, 3, 5, 6, 7]);
    expect(lost(new Map([[`${a}`, "1"]]))).toEqual([3, 5, 6, 7]);
    expect(
      lost(
        new Map([
          [`${a}`, "1"],
          [`${c}`, `\n${d}=3`],
        ]),
      ),
    ).toEqual([3, 5]);
    expect(
      lost(
        new Map([
          [`${b}`, "2"],
          ["D", "3"],
        ]),
      ),
    ).toEqual([1, 5, 6, 7]);
  });
});
