/** Reading JSON of unknown shape. */
import { describe, expect, it } from "@jest/globals";
import {
  arrayAt,
  booleanAt,
  fieldOf,
  idAt,
  isObject,
  numberAt,
  objectAt,
  parseJson,
  stringAt,
} from "../../src/text/json.ts";

const STRANGE: readonly unknown[] = [null, undefined, 7, "text", true, [], [1], () => 1];

describe("parseJson", () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ["null", null],
    [" [1] ", [1]],
    ["", undefined],
    ["{", undefined],
    ["NaN", undefined],
    ["[".repeat(100_000), undefined],
  ])("%.20j", (text, expected) => expect(parseJson(text)).toEqual(expected));
});

describe("accessors", () => {
  it.each(STRANGE.map((value) => [value]))("answer null or nothing for %p", (value) => {
    expect(objectAt(value, "a")).toBeNull();
    expect(stringAt(value, "length")).toBeNull();
    expect(numberAt(value, "length")).toBeNull();
    expect(booleanAt(value, "a")).toBeNull();
    expect(idAt(value, "length")).toBeNull();
    expect(arrayAt(value, "a")).toEqual([]);
    expect(fieldOf(value, "length")).toBeUndefined();
  });

  it("take only their own type", () => {
    const value = { o: { x: 1 }, a: [1], s: "t", e: "", n: 0, i: Number.NaN, b: false, z: null };
    expect(["o", "a", "s", "z", "no"].map((key) => objectAt(value, key))).toEqual([
      { x: 1 },
      null,
      null,
      null,
      null,
    ]);
    expect(["a", "o"].map((key) => arrayAt(value, key))).toEqual([[1], []]);
    expect(["s", "e", "n"].map((key) => stringAt(value, key))).toEqual(["t", null, null]);
    expect(["n", "i", "s"].map((key) => numberAt(value, key))).toEqual([0, null, null]);
    expect(["b", "n"].map((key) => booleanAt(value, key))).toEqual([false, null]);
    expect(["n", "s", "e", "b"].map((key) => idAt(value, key))).toEqual([0, "t", null, null]);
  });

  it("see nothing that was inherited", () => {
    for (const key of ["constructor", "toString", "__proto__"]) {
      expect(fieldOf({}, key)).toBeUndefined();
    }
    expect(stringAt(parseJson('{"__proto__":"x"}'), "__proto__")).toBe("x");
  });

  it("tell objects from lists and null", () => {
    expect(STRANGE.map(isObject)).toEqual(STRANGE.map(() => false));
    expect(isObject({})).toBe(true);
  });
});
