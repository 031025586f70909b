/** What a pattern selects, and what it protects: the second by any name, however odd. */
import { describe, expect, it } from "@jest/globals";
import { fitsPattern, parsePattern, protectsName } from "../../src/text/pattern.ts";

function both(text: string, name: string | null): [selects: boolean, protects: boolean] {
  const pattern = parsePattern(text);
  if (pattern === null) throw new Error(`${text} is no pattern`);
  return [fitsPattern(pattern, name), protectsName(pattern, name)];
}

describe("a pattern", () => {
  it.each([
    ["web-1", "web-1"],
    ["web-*", "web-1"],
    ["*-1", "web-1"],
    ["w*b-*1", "web-1"],
    ["*", "web-1"],
    ["a*a", "aa"],
  ])("%s selects and protects %s", (text, name) => {
    expect(both(text, name)).toEqual([true, true]);
  });

  it.each([
    ["web-1", "WEB-1"],
    ["web-*", "Web-1"],
    ["web-1", "web-11"],
    ["a*a", "a"],
    ["w*b*b", "web"],
    ["web-*", null],
    ["web", null],
  ])("%s means nothing of %s", (text, name) => {
    expect(both(text, name)).toEqual([false, false]);
  });

  it.each([
    ["1st-*", "1st-db"],
    ["1st-db", "1st-db"],
    ["prod*", "prod_db"],
    ["prod*", "prod.db"],
    ["prod*", "prod db"],
    ["prod*", `prod-${"x".repeat(80)}`],
    ["*db", "prоd-db"],
    ["*", ""],
    ["*", null],
  ])("%s protects %j and does not select it", (text, name) => {
    expect(both(text, name)).toEqual([false, true]);
  });
});
