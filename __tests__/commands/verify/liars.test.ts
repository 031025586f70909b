/**
 * A world in which instances lie, by seeds: whatever the mix of liars, faults and inputs, `require` and green means
 * that each instance that counts is honest, and an honest world is green. `VERIFY_SEEDS=1000` plays more here;
 * for a campaign, `script/simulate --of liars --seeds 100000`.
 */
import { describe, expect, it } from "@jest/globals";
import { breaks } from "./liars.ts";

const SEEDS = Number(process.env.VERIFY_SEEDS ?? "50");

describe("a world in which instances lie", () => {
  it("require and green means honest", async () => {
    const broken: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      broken.push(...(await breaks(seed)).map((what) => `seed ${seed}: ${what}`));
    }
    expect(broken).toEqual([]);
  }, 3_600_000);
});
