import { expect, it } from "@jest/globals";
import { lookToRollOut } from "../../src/fleet/look-to-roll-out.ts";
import { clockOffset } from "../../src/fleet/rows.ts";
import { APP_ID, bench, row, START_AT } from "../support/desk.ts";

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

it("the clocks are compared when the list comes, however long the revisions take beside it", async () => {
  const headers = { date: new Date(START_AT + 7_000).toUTCString() };
  const b = bench(({ url }, index) => {
    if (url.includes("/revisions")) {
      return index < 3 ? { status: 503 } : { status: 200, body: { revisions: [], total_pages: 1 } };
    }
    return { status: 200, body: [row(1)], headers };
  });
  const looked = await b.clock.drive(lookToRollOut({ ...b, appId: APP_ID }));
  expect(b.clock.now()).toBeGreaterThan(START_AT);
  expect(looked).toMatchObject({ ok: true, seen: { clockOffsetMs: 7_000 } });
});
