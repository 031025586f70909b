import { describe, expect, it } from "@jest/globals";
import {
  LAST_LOOK_MS,
  type LastLook,
  nextLook,
  pauseBefore,
} from "../../src/fleet/plan/next-look.ts";

describe("the pause before a look", () => {
  it.each([
    ["far from the deadline", 60_000, 2_000, true, 2_000],
    ["longer than what is left: one last look, just before the end", 5_000, 10_000, true, 4_000],
    ["just as long as what is left", 2_000, 2_000, true, 1_000],
    ["after the last look: up to the deadline", LAST_LOOK_MS, 2_000, true, LAST_LOOK_MS],
    ["no time for a pause, and nothing was looked at", LAST_LOOK_MS, 2_000, false, 0],
    ["a short pause within the last second", 900, 100, true, 100],
  ])("%s", (_name, leftMs, pollMs, looked, expected) => {
    expect(pauseBefore(leftMs, pollMs, looked)).toBe(expected);
  });
});

describe("what the next look is at", () => {
  const last = (over: Partial<LastLook>): LastLook => ({
    kind: "batch",
    someRan: false,
    poor: false,
    ...over,
  });
  it.each<[string, number, number, boolean, LastLook, boolean, boolean]>([
    ["nothing runs yet", 2, 0, false, last({ kind: "none" }), false, false],
    ["one of two runs: its row, after a pause", 2, 1, false, last({ someRan: true }), true, false],
    ["the last one runs: its row, at once", 1, 1, false, last({ someRan: true }), true, true],
    ["it ran at an earlier look", 1, 1, false, last({}), true, false],
    ["health is asked for: at once", 2, 1, true, last({ someRan: true }), true, true],
    [
      "the rows were just looked at",
      1,
      1,
      false,
      last({ kind: "rows", someRan: true }),
      false,
      false,
    ],
    [
      "the batch failed, or did not show all: the list",
      2,
      0,
      false,
      last({ poor: true }),
      true,
      false,
    ],
    ["the list failed: the batch", 2, 0, false, last({ kind: "rows", poor: true }), false, false],
  ])("%s", (_name, pending, lacking, health, before, rows, atOnce) => {
    expect(nextLook(pending, lacking, health, before)).toEqual({ rows, atOnce });
  });
});
