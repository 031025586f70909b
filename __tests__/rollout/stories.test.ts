/** Rollouts in bad worlds, killed and run again. */
import { describe, expect, it } from "@jest/globals";
import { tell } from "./story.ts";

const SEEDS = Number(process.env.ROLLOUT_SEEDS ?? 30);
const FIRST = Number(process.env.ROLLOUT_FIRST ?? 1);

describe("rollouts in bad worlds", () => {
  it("never take too many away, update none twice, and end as they say", async () => {
    const outcomes: Record<string, number> = {};
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const { broken, runs } = await tell(seed);
      expect({ seed, broken }).toEqual({ seed, broken: [] });
      for (const { runner } of runs) {
        const word = runner.outputs.outcome ?? "killed";
        outcomes[word] = (outcomes[word] ?? 0) + 1;
      }
    }
    expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(["killed", "rolled_out"]));
  }, 600_000);
});
