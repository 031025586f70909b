/** One CVM a name, whatever servers, the network, strangers and the runner do. */
import { describe, expect, it } from "@jest/globals";
import { playSeed } from "./campaign.ts";

/** More by hand: script/simulate --of names --seeds 100000 */
const SEEDS = 150;
const TENTHS = 10;

describe("drawn worlds with names", () => {
  it.each(Array.from({ length: TENTHS }, (_, tenth) => tenth))(
    "tenth %d of the seeds breaks no rule",
    async (tenth) => {
      const problems: string[] = [];
      for (let seed = tenth; seed < SEEDS; seed += TENTHS) {
        const told = await playSeed(seed);
        problems.push(...told.problems.map((problem) => `seed ${seed}: ${problem}`));
      }
      expect(problems).toEqual([]);
    },
    300_000,
  );
});
