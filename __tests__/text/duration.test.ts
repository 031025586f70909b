/** Spans of time as people say them. */
import { describe, expect, it } from "@jest/globals";
import { duration } from "../../src/text/duration.ts";

describe("duration", () => {
  it.each([
    [0, "0 ms"],
    [0.4, "0 ms"],
    [999, "999 ms"],
    [1_000, "1 s"],
    [1_250, "1.3 s"],
    [9_000, "9 s"],
    [59_400, "59 s"],
    [59_600, "1 min"],
    [60_000, "1 min"],
    [90_000, "1 min 30 s"],
    [3_599_600, "1 h"],
    [3_600_000, "1 h"],
    [5_400_000, "1 h 30 min"],
    [86_400_000, "24 h"],
  ])("%d ms is %s", (ms, expected) => expect(duration(ms)).toBe(expected));

  it.each([9_960, 9_999, 59_500, 59_999])("%d ms has no odd rounding", (ms) => {
    expect(["10.0 s", "60 s"]).not.toContain(duration(ms));
  });
});
