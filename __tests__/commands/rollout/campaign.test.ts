/** Whatever befalls a rollout: never too many away, nothing needless, and what it tells is true. */
import { describe, expect, it, jest } from "@jest/globals";
import { playSeed, type Told } from "./campaign.ts";

// All work and no waiting, but the machine may be busy.
jest.setTimeout(600_000);

/** More by hand: ROLLOUT_SEEDS=100000 script/rollouts */
const SEEDS = Number(process.env.ROLLOUT_SEEDS ?? 80);
const FIRST = Number(process.env.ROLLOUT_FIRST ?? 1);

describe("a campaign of rollouts", () => {
  it(`breaks no rule in ${SEEDS} stories`, async () => {
    const told: Told[] = [];
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) told.push(await playSeed(seed));
    expect(told.filter(({ broken }) => broken.length > 0)).toEqual([]);
    // The stories are about something.
    const outcomes = new Set(told.flatMap((one) => one.outcomes));
    expect([...outcomes]).toEqual(
      expect.arrayContaining(["killed", "cancelled", "rolled_out", "partial", "rolled_back"]),
    );
    expect(told.reduce((sum, { updates }) => sum + updates, 0)).toBeGreaterThan(SEEDS);
  });
});
