/** A line of requests that may be tried several times. */
import { describe, expect, it } from "@jest/globals";
import type { Attempt } from "../../src/net/fault.ts";
import { type Line, lineOf } from "../../src/net/line.ts";
import { persist } from "../../src/net/persist.ts";
import { judgeRepeatable } from "../../src/net/retry.ts";
import { answer } from "../support/rows.ts";
import { SimulatedClock } from "../support/simulated/clock.ts";

const budget = { maxTries: 20, totalMs: 80_000, tryMs: 15_000 };

/** One request, each try of which takes this long; the first `bad` tries are refused. */
function request(clock: SimulatedClock, line: Line, bad: number, tookMs: number) {
  const left: number[] = [];
  const rules = { budget, judge: judgeRepeatable, onWait: () => {}, place: line.join() };
  const result = persist(
    { clock, random: () => 0.5 },
    rules,
    async (ms): Promise<Attempt<true>> => {
      left.push(ms);
      await clock.sleep(Math.min(ms, tookMs));
      return left.length <= bad ? { ok: false, fault: answer(503) } : { ok: true, value: true };
    },
  );
  return { left, result };
}

async function play(bad: readonly number[], tookMs: number) {
  const clock = new SimulatedClock(0);
  const line = lineOf(clock, 1);
  const all = bad.map((tries) => request(clock, line, tries, tookMs));
  const results = await clock.drive(Promise.all(all.map(({ result }) => result)));
  return { left: all.map(({ left }) => left), results, endedAt: clock.now() };
}

describe("a line", () => {
  it("leaves the last one as much time as the first", async () => {
    const some = Array.from({ length: 20 }, () => 0);
    for (const [index] of some.entries()) {
      const { results, left } = await play(
        some.map((_, n) => (n === index ? 1 : 0)),
        10_000,
      );
      expect(results.every(({ ok }) => ok)).toBe(true);
      expect(left[index]).toHaveLength(2);
    }
  });

  it("ends 80 s after the last one had its first turn: what waits by then is not sent", async () => {
    const { results, left, endedAt } = await play([99, 99, 99, 99, 99, 99, 99, 99, 99, 99], 15_000);
    expect(left.map(([first]) => first)).toEqual(Array.from({ length: 10 }, () => 15_000));
    expect(endedAt).toBeLessThanOrEqual(9 * 15_000 + 80_000);
    for (const result of results) {
      expect(result).toMatchObject({ ok: false, gaveUp: { again: false, because: "time" } });
    }
    const gaveUp = results.map((one) => (one.ok ? 0 : (one.gaveUp?.tries ?? 0)));
    expect(gaveUp).toEqual(left.map(({ length }) => length));
  });

  it("lets so many at once, in the order in which they came", async () => {
    const clock = new SimulatedClock(0);
    const line = lineOf(clock, 2);
    const begun: [number, number][] = [];
    const all = [1, 2, 3, 4, 5].map((n) =>
      line.join().turn(async () => {
        begun.push([n, clock.now()]);
        await clock.sleep(1_000);
      }),
    );
    await clock.drive(Promise.all(all));
    expect(begun).toEqual([
      [1, 0],
      [2, 0],
      [3, 1_000],
      [4, 1_000],
      [5, 2_000],
    ]);
  });
});
