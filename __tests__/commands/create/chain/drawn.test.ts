/** 120 drawn worlds of chains; `script/simulate --of chains --seeds 20000` plays more. */
import { describe, expect, it } from "@jest/globals";
import { broken, endOf, story } from "./drawn.ts";

const SEEDS = 120;

describe("drawn worlds of chains", () => {
  it("have one replica, one transaction a registration, two functions, within the bound, no secret", async () => {
    const ends = new Map<string, number>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const played = await story(seed);
      expect(broken(played).map((what) => `seed ${seed}: ${what}`)).toEqual([]);
      const end = endOf(played);
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    // The draw is worth something: much goes well, and what can go wrong does.
    expect(ends.get("created") ?? 0).toBeGreaterThan(SEEDS / 3);
    for (const end of [
      "unchanged",
      "pending_approval ERR-01-005",
      "failed CHAIN",
      "failed REJECTED",
    ]) {
      expect([end, ends.has(end)]).toEqual([end, true]);
    }
  }, 120_000);
});
