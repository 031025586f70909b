/** No DELETE but what the inputs allow, whatever strangers, the network and the runner do. */
import { describe, expect, it, jest } from "@jest/globals";
import { playSeed, type Told } from "./campaign.ts";

// All work and no waiting, but the machine may be busy.
jest.setTimeout(600_000);

/** More by hand: DELETE_SEEDS=100000 script/test __tests__/commands/delete/campaign */
const SEEDS = Number(process.env.DELETE_SEEDS ?? 200);
const FIRST = Number(process.env.DELETE_FIRST ?? 1);

describe("a campaign of deletes", () => {
  it(`breaks no rule in ${SEEDS} stories`, async () => {
    const told: Told[] = [];
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) told.push(await playSeed(seed));
    expect(told.filter(({ broken }) => broken.length > 0)).toEqual([]);
    // The stories are about something.
    const outcomes = new Set(told.map(({ outcome }) => outcome));
    expect([...outcomes]).toEqual(
      expect.arrayContaining(["deleted", "unchanged", "partial", "failed", "cancelled"]),
    );
    expect(told.reduce((sum, { deletions }) => sum + deletions, 0)).toBeGreaterThan(SEEDS / 2);
  });
});
