/** When the platform is asked whether somebody has approved. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { nextAsk } from "../../src/chain/allowed.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** All times of asking, in ms since the beginning, where the answer is always no and takes `tookMs`. */
function times(timeoutMs: number, tookMs = 0): number[] {
  const asked: number[] = [];
  let [now, askedAt]: [number, number | null] = [0, null];
  for (;;) {
    const next = nextAsk({ now, begunAt: 0, until: timeoutMs, askedAt, notBefore: null });
    if (next.do === "out-of-time") return asked;
    if (next.do === "wait") now += next.ms;
    else {
      asked.push(now);
      askedAt = now;
      now += tookMs;
    }
  }
}

describe("waiting for an approval", () => {
  it("asks at once, every few seconds, slower with time, and at the very end", () => {
    const asked = times(6 * HOUR);
    expect(asked.slice(0, 4)).toEqual([0, 3_000, 6_000, 9_000]);
    const gapAt = (ms: number) => {
      const index = asked.findIndex((time) => time >= ms);
      return (asked[index + 1] as number) - (asked[index] as number);
    };
    expect([2 * MINUTE, 20 * MINUTE, 2 * HOUR].map(gapAt)).toEqual([5_000, 15_000, MINUTE]);
    expect(asked.at(-1)).toBe(6 * HOUR);
    expect(asked.length).toBeLessThan(700);
  });

  it("asks once where there is no time", () => expect(times(0)).toEqual([0]));

  it("asks a last time at the end, however short the rest", () => {
    expect(times(4_000)).toEqual([0, 3_000, 4_000]);
  });

  it("leaves the platform alone for as long as it says, and gives up where that is too long", () => {
    const world = { now: 10_000, begunAt: 0, until: MINUTE, askedAt: 10_000 };
    expect(nextAsk({ ...world, notBefore: 40_000 })).toEqual({ do: "wait", ms: 30_000 });
    expect(nextAsk({ ...world, notBefore: MINUTE + 1 })).toEqual({ do: "out-of-time" });
  });

  it("comes to an end, whatever the times", () => {
    const durations = fc.integer({ min: 0, max: 6 * HOUR });
    fc.assert(
      fc.property(durations, fc.integer({ min: 0, max: 30_000 }), (timeoutMs, tookMs) => {
        const asked = times(timeoutMs, tookMs);
        expect(asked.every((time, i) => i === 0 || time > (asked[i - 1] as number))).toBe(true);
        // An answer that takes beyond the end is the last.
        expect(asked.every((time) => time <= timeoutMs + tookMs)).toBe(true);
      }),
    );
  });
});
