import { describe, expect, it } from "@jest/globals";
import type { Clock } from "../../src/net/clock.ts";
import type { Attempt, Fault } from "../../src/net/fault.ts";
import { type Persisted, persist } from "../../src/net/persist.ts";
import { type Budget, judgeRepeatable } from "../../src/net/retry.ts";
import { judgeCreate } from "../../src/phala/tries.ts";
import { answer, network } from "../support/rows.ts";

const BUDGET: Budget = { maxTries: 100, totalMs: 60_000 };

/** A clock that moves only when something waits. */
class HandClock implements Clock {
  time = Date.UTC(2026, 6, 2);
  readonly sleeps: number[] = [];
  now(): number {
    return this.time;
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    this.sleeps.push(ms);
    this.time += ms;
  }
}

interface Played {
  readonly result: Persisted<string>;
  readonly tries: number;
  readonly sleeps: readonly number[];
  readonly tookMs: number;
  readonly told: readonly (readonly [number, number])[];
  /** What was left of the budget at each try. */
  readonly left: readonly number[];
}

interface Play {
  /** What each try brings; the last one is repeated. */
  readonly results: readonly (Fault | string)[];
  readonly eachTakesMs?: number;
  readonly budget?: Budget;
  readonly random?: number;
  readonly judge?: typeof judgeCreate;
  readonly signal?: AbortSignal;
  readonly onTry?: (tries: number) => void;
}

async function play(given: Play): Promise<Played> {
  const { results, eachTakesMs = 0, budget = BUDGET, random = 0, judge = judgeCreate } = given;
  const clock = new HandClock();
  const begun = clock.now();
  const told: (readonly [number, number])[] = [];
  const left: number[] = [];
  const result = await persist<string>(
    { clock, random: () => random },
    {
      budget,
      judge,
      ...(given.signal === undefined ? {} : { signal: given.signal }),
      onWait: (_fault, waitMs, next) => told.push([waitMs, next]),
    },
    async (leftMs): Promise<Attempt<string>> => {
      left.push(leftMs);
      given.onTry?.(left.length);
      clock.time += eachTakesMs;
      const next = results[Math.min(left.length, results.length) - 1] ?? "";
      return typeof next === "string" ? { ok: true, value: next } : { ok: false, fault: next };
    },
  );
  const { sleeps } = clock;
  return { result, tries: left.length, sleeps, tookMs: clock.now() - begun, told, left };
}

const busy = answer(429);

describe("trying again", () => {
  it("ends with the first success, each wait told before it", async () => {
    const played = await play({ results: [busy, network("refused"), "made"] });
    expect(played.result).toEqual({ ok: true, value: "made" });
    expect([played.tries, played.sleeps]).toEqual([3, [250, 500]]);
    expect(played.told).toEqual([
      [250, 2],
      [500, 3],
    ]);
  });

  it.each([
    ["uncertain", network("reset")],
    ["uncertain", answer(500)],
    ["final", answer(400)],
    ["final", network("certificate")],
  ])("does not begin after a failure that is %s", async (_name, fault) => {
    const played = await play({ results: [fault, "made"] });
    expect(played.result).toMatchObject({ ok: false, fault, gaveUp: null, earlier: [] });
    expect([played.tries, played.sleeps]).toEqual([1, []]);
  });

  it("stops at an uncertain failure that follows certain ones, and keeps those", async () => {
    const lost = network("timeout");
    const played = await play({ results: [busy, answer(409), lost, "made"] });
    expect(played.result).toMatchObject({ ok: false, fault: lost, gaveUp: null });
    expect(played.result).toMatchObject({ earlier: [busy, answer(409)] });
    expect(played.tries).toBe(3);
  });

  it("goes by the rules that it is given", async () => {
    const played = await play({ results: [answer(500), "read"], judge: judgeRepeatable });
    expect(played.result).toEqual({ ok: true, value: "read" });
  });
});

describe("the budget", () => {
  it("of tries is kept", async () => {
    const played = await play({ results: [busy], budget: { maxTries: 4, totalMs: 60_000 } });
    expect(played.result).toMatchObject({ gaveUp: { because: "tries", tries: 4 } });
    expect([played.tries, played.sleeps.length]).toEqual([4, 3]);
  });

  it.each([0, 0.25, 0.5, 0.999])(
    "of 60 s is never overdrawn by waits (chance %d)",
    async (random) => {
      const played = await play({ results: [busy], random });
      expect(played.result).toMatchObject({ gaveUp: { because: "time" } });
      expect(played.tookMs).toBeLessThanOrEqual(60_000);
      // Another wait would not have fitted in.
      expect(played.tookMs).toBeGreaterThan(60_000 - 20_000);
    },
  );

  it.each([1_000, 7_000, 25_000, 59_000, 61_000])(
    "no try begins after it when each takes %i ms",
    async (eachTakesMs) => {
      const played = await play({ results: [busy], eachTakesMs });
      expect(played.tookMs - eachTakesMs).toBeLessThanOrEqual(60_000);
      expect(played.result).toMatchObject({ ok: false });
      expect(Math.min(...played.left)).toBeGreaterThan(0);
    },
  );

  it("is used up to its last ms where the server says so", async () => {
    const asked = answer(429, { retryAfter: "20" });
    const played = await play({ results: [asked] });
    expect(played.sleeps).toEqual([20_000, 20_000, 20_000]);
    expect(played.tookMs).toBe(60_000);
    expect(played.result).toMatchObject({
      gaveUp: { because: "asked-too-long", askedMs: 20_000, tries: 4 },
    });
  });

  it("is not even begun when the server asks for more", async () => {
    const played = await play({ results: [answer(429, { retryAfter: "3600" })] });
    expect([played.tries, played.sleeps]).toEqual([1, []]);
    expect(played.result).toMatchObject({
      gaveUp: { because: "asked-too-long", askedMs: 3_600_000, tries: 1 },
    });
  });

  it("each try is told what is left of it", async () => {
    const played = await play({ results: [busy, busy, "made"], eachTakesMs: 10_000 });
    expect(played.left).toEqual([60_000, 60_000 - 10_250, 60_000 - 20_750]);
  });
});

describe("a cancel", () => {
  it("while a try is under way: no wait, the try's failure is the result", async () => {
    const cancel = new AbortController();
    const played = await play({
      results: [busy, "made"],
      signal: cancel.signal,
      onTry: () => cancel.abort(),
    });
    expect(played.result).toMatchObject({ ok: false, fault: busy, gaveUp: null });
    expect([played.tries, played.told]).toEqual([1, []]);
  });

  it("while it waits: no further try", async () => {
    const cancel = new AbortController();
    let tries = 0;
    const clock: Clock = {
      now: () => 0,
      sleep: async () => cancel.abort(),
    };
    const result = await persist<string>(
      { clock, random: () => 0 },
      { budget: BUDGET, judge: judgeCreate, signal: cancel.signal, onWait: () => undefined },
      async () => {
        tries += 1;
        return { ok: false, fault: busy };
      },
    );
    expect([tries, result.ok]).toEqual([1, false]);
  });

  it("does not spoil a success that came with it", async () => {
    const cancel = new AbortController();
    const played = await play({
      results: ["made"],
      signal: cancel.signal,
      onTry: () => cancel.abort(),
    });
    expect(played.result).toEqual({ ok: true, value: "made" });
  });
});

describe("a pause of its own", () => {
  const unanswered = answer(503, { retryAfter: "1" });

  async function paused(pause: (waitMs: number, clock: HandClock) => boolean) {
    const clock = new HandClock();
    const begun = clock.now();
    const asked: number[] = [];
    let tries = 0;
    const result = await persist<string>(
      { clock, random: () => 0 },
      {
        budget: BUDGET,
        judge: judgeCreate,
        onWait: () => undefined,
        pause: async (_fault, waitMs) => {
          asked.push(waitMs);
          return pause(waitMs, clock);
        },
      },
      async () => {
        tries += 1;
        return tries > 2 ? { ok: true, value: "made" } : { ok: false, fault: unanswered };
      },
    );
    return { result, tries, asked, sleeps: clock.sleeps, tookMs: clock.now() - begun };
  }

  it("takes the place of the sleep, and is told how long it is to be", async () => {
    const played = await paused((waitMs, clock) => {
      clock.time += waitMs;
      return true;
    });
    expect(played.result).toEqual({ ok: true, value: "made" });
    expect([played.asked, played.sleeps]).toEqual([[1_000, 1_000], []]);
  });

  it("that says no ends it, and the last failure is the result", async () => {
    const played = await paused(() => false);
    expect(played.result).toMatchObject({ ok: false, fault: unanswered, gaveUp: null });
    expect(played.tries).toBe(1);
  });

  it("that takes longer than the budget leaves no time for another try", async () => {
    const played = await paused((_waitMs, clock) => {
      clock.time += 60_001;
      return true;
    });
    expect(played.result).toMatchObject({ gaveUp: { because: "time", tries: 1 } });
    expect(played.tries).toBe(1);
  });
});
