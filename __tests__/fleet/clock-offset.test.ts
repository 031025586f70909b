import { expect, it } from "@jest/globals";
import { clockOffset } from "../../src/fleet/look.ts";

const NOW = Date.UTC(2026, 6, 2, 8, 0, 0);
const DAY = 86_400_000;

it.each([
  ["not told", null, null],
  ["the same", NOW, 0],
  ["an hour ahead", NOW + 3_600_000, 3_600_000],
  ["a day behind", NOW - DAY, -DAY],
  ["more than a day ahead", NOW + DAY + 1, null],
  ["at the end of all dates", 8.64e15, null],
])("the server's clock: %s", (_name, serverTime, expected) => {
  expect(clockOffset(serverTime, NOW)).toBe(expected);
});
