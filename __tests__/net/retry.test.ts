import { describe, expect, it } from "@jest/globals";
import type { Fault } from "../../src/net/fault.ts";
import {
  type Budget,
  COMMIT_BUDGET,
  CREATE_BUDGET,
  judgeRepeatable,
  nextTry,
  READ_BUDGET,
  type Verdict,
} from "../../src/net/retry.ts";
import { retryAfterMs } from "../../src/net/retry-after.ts";
import { judgeCommit, judgeCreate, judgePrepare } from "../../src/phala/tries.ts";
import { answer, network, unreadable } from "../support/rows.ts";

const NOW = Date.UTC(2026, 6, 2, 8, 0, 0);
const coded = { errorCode: "ERR-02-005" };
const busy = answer(400, { errorCode: "ERR-02-009" });
const timed = { retryAfter: "3" };

/** What a failed create says: of a create itself, of a prepare, and of a request that can be repeated. */
const VERDICTS: readonly [string, Fault, Verdict, Verdict, Verdict][] = [
  ["connection refused", network("refused"), "retry", "retry", "retry"],
  ["name not resolved", network("unresolved"), "retry", "retry", "retry"],
  ["no way to the host", network("unreachable"), "retry", "retry", "retry"],
  ["the proxy opens no tunnel", network("proxy"), "retry", "retry", "retry"],
  ["bad certificate", network("certificate"), "final", "final", "final"],
  ["reset", network("reset"), "uncertain", "retry", "retry"],
  ["cut off", network("cut-off"), "uncertain", "retry", "retry"],
  ["timeout", network("timeout"), "uncertain", "retry", "retry"],
  ["answer too large", network("too-large"), "uncertain", "retry", "final"],
  ["some other failure", network("other"), "uncertain", "retry", "retry"],
  ["cancelled", network("cancelled"), "uncertain", "final", "final"],
  ["unreadable 200", unreadable(), "uncertain", "uncertain", "retry"],
  ["unreadable 201", unreadable(201), "uncertain", "uncertain", "retry"],
  ["429", answer(429), "retry", "retry", "retry"],
  ["429 that names a time", answer(429, { ...coded, ...timed }), "retry", "retry", "retry"],
  ["409, bare", answer(409), "retry", "retry", "retry"],
  ["409 with a code", answer(409, coded), "final", "final", "final"],
  [
    "409 with a code that names a time",
    answer(409, { ...coded, ...timed }),
    "final",
    "final",
    "final",
  ],
  ["503, bare", answer(503), "uncertain", "retry", "retry"],
  ["503 that names seconds", answer(503, timed), "retry", "retry", "retry"],
  [
    "503 that names a date",
    answer(503, { retryAfter: "Thu, 02 Jul 2026 08:00:03 GMT" }),
    "retry",
    "retry",
    "retry",
  ],
  ["503 that names nonsense", answer(503, { retryAfter: "soon" }), "uncertain", "retry", "retry"],
  ["500", answer(500), "uncertain", "retry", "retry"],
  ["500 that names a time", answer(500, timed), "uncertain", "retry", "retry"],
  ["500 with a code", answer(500, coded), "uncertain", "retry", "retry"],
  ["502 that names a time", answer(502, timed), "uncertain", "retry", "retry"],
  ["504", answer(504), "uncertain", "retry", "retry"],
  ["599", answer(599), "uncertain", "retry", "retry"],
  ["408", answer(408), "uncertain", "retry", "retry"],
  ["400", answer(400), "final", "final", "final"],
  ["400 with a code", answer(400, coded), "final", "final", "final"],
  ["400 of an API that is busy with other creations", busy, "retry", "retry", "final"],
  ["400 that names a time", answer(400, timed), "final", "final", "final"],
  ["401", answer(401), "final", "final", "final"],
  ["403", answer(403), "final", "final", "final"],
  ["404", answer(404), "final", "final", "final"],
  ["422", answer(422), "final", "final", "final"],
  ["466", answer(466), "final", "final", "final"],
  ["467", answer(467), "final", "final", "final"],
  ["301", answer(301), "final", "final", "final"],
  ["307", answer(307), "final", "final", "final"],
];

describe("what a failure says", () => {
  it.each(VERDICTS)("%s", (_name, fault, create, prepare, repeatable) => {
    expect({
      create: judgeCreate(fault),
      prepare: judgePrepare(fault),
      repeatable: judgeRepeatable(fault),
    }).toEqual({ create, prepare, repeatable });
  });

  it("an API that is busy with other creations is tried again twice, whatever comes between", () => {
    const other = answer(429);
    expect(judgeCreate(busy, [busy])).toBe("retry");
    expect(judgeCreate(busy, [other, other, other])).toBe("retry");
    expect(judgeCreate(busy, [busy, other, busy])).toBe("final");
    expect(judgeCreate(other, [busy, busy])).toBe("retry");
  });

  it("a commit is judged as a create, but its transaction may be known a little later", () => {
    expect(judgeCommit(answer(467))).toBe("retry");
    expect(judgeCommit(answer(466))).toBe("final");
    expect(judgeCommit(answer(500))).toBe("uncertain");
    expect(judgeCommit(network("reset"))).toBe("uncertain");
  });
});

describe("Retry-After in ms", () => {
  it.each<[string, string | null, number | null, number | null]>([
    ["none", null, null, null],
    ["empty", "", null, null],
    ["blank", "  ", null, null],
    ["seconds", "7", null, 7_000],
    ["seconds with blanks", " 7 ", null, 7_000],
    ["0", "0", null, 0],
    ["a day", "86400", null, 86_400_000],
    ["negative", "-7", null, null],
    ["a fraction", "1.5", null, null],
    ["with a unit", "7s", null, null],
    ["words", "later", null, null],
    ["a date by our clock", "Thu, 02 Jul 2026 08:00:09 GMT", null, 9_000],
    ["a date by the server's clock", "Thu, 02 Jul 2026 11:00:09 GMT", NOW + 3 * 3_600_000, 9_000],
    ["a date that has passed", "Thu, 02 Jul 2026 07:00:00 GMT", null, 0],
    ["an old form of a date", "Thursday, 02-Jul-26 08:00:09 GMT", null, 9_000],
    ["a date of another form", "2026-07-02T08:00:09Z", null, null],
    ["a year alone", "2027", null, 2_027_000],
    ["no date after all", "Thu, the day after tomorrow", null, null],
  ])("%s", (_name, retryAfter, serverTime, expected) => {
    expect(retryAfterMs({ retryAfter, serverTime }, NOW)).toBe(expected);
  });
});

describe("when the next try follows", () => {
  const budget: Budget = { maxTries: 6, totalMs: 60_000 };

  it.each([
    [1, 250, 500],
    [2, 500, 1_000],
    [3, 1_000, 2_000],
    [4, 2_000, 4_000],
    [5, 4_000, 8_000],
  ])("try %i failed: from %i to %i ms by chance", (tries, least, most) => {
    const at = (random: number) => nextTry(answer(429), tries, 0, budget, NOW, random);
    expect(at(0)).toEqual({ again: true, waitMs: least });
    expect(at(0.5)).toEqual({ again: true, waitMs: (least + most) / 2 });
    expect(at(0.999_999)).toEqual({ again: true, waitMs: most });
  });

  it("never waits longer than 20 s of its own accord", () => {
    const many = { maxTries: 100, totalMs: 3_600_000 };
    expect(nextTry(answer(429), 50, 0, many, NOW, 0.999_999)).toEqual({
      again: true,
      waitMs: 20_000,
    });
  });

  it.each([
    ["seconds", "8", 0, 8_000],
    ["seconds, whatever chance says", "8", 0.999, 8_000],
    ["0 seconds: at once or a little later", "0", 0, 0],
    ["0 seconds: at once or a little later", "0", 0.5, 250],
    ["a date that has passed", "Thu, 02 Jul 2026 07:00:00 GMT", 0.5, 250],
  ])("does as the server says: %s", (_name, retryAfter, random, waitMs) => {
    expect(nextTry(answer(429, { retryAfter }), 1, 0, budget, NOW, random)).toEqual({
      again: true,
      waitMs,
    });
  });

  it.each([
    ["exactly as long as the budget", "60", 0, { again: true, waitMs: 60_000 }],
    ["a second more", "61", 0, { again: false, because: "asked-too-long", askedMs: 61_000 }],
    ["exactly what is left", "20", 40_000, { again: true, waitMs: 20_000 }],
    [
      "a ms more than what is left",
      "20",
      40_001,
      { again: false, because: "asked-too-long", askedMs: 20_000 },
    ],
    [
      "beyond all bounds",
      "9".repeat(400),
      0,
      { again: false, because: "asked-too-long", askedMs: Infinity },
    ],
  ])("asked for %s", (_name, retryAfter, elapsedMs, expected) => {
    expect(nextTry(answer(429, { retryAfter }), 1, elapsedMs, budget, NOW, 0)).toEqual(expected);
  });

  it.each([
    ["the last try", 6, 0, { again: false, because: "tries" }],
    ["the last but one", 5, 0, { again: true, waitMs: 4_000 }],
    ["what is left is just enough", 1, 59_750, { again: true, waitMs: 250 }],
    ["a ms too little is left", 1, 59_751, { again: false, because: "time" }],
    ["nothing is left", 1, 60_000, { again: false, because: "time" }],
    ["less than nothing is left", 2, 90_000, { again: false, because: "time" }],
  ])("%s", (_name, tries, elapsedMs, expected) => {
    expect(nextTry(answer(429), tries, elapsedMs, budget, NOW, 0)).toEqual(expected);
  });

  it.each([
    ["longer than the backoff", null, 30_000],
    ["longer than what the server asks for", "8", 30_000],
    ["shorter than that", "45", 45_000],
  ])("waits at least as long as the budget says: %s", (_name, retryAfter, waitMs) => {
    const patient = { ...budget, leastWaitMs: () => 30_000 };
    expect(nextTry(answer(503, { retryAfter }), 1, 0, patient, NOW, 0)).toEqual({
      again: true,
      waitMs,
    });
    expect(nextTry(answer(503), 1, 30_001, patient, NOW, 0)).toEqual({
      again: false,
      because: "time",
    });
  });

  it("a try too many is not made up for by a wait that the server names", () => {
    expect(nextTry(answer(429, { retryAfter: "1" }), 6, 0, budget, NOW, 0)).toEqual({
      again: false,
      because: "tries",
    });
  });

  it("keeps every budget within 60 s", () => {
    for (const { totalMs, maxTries } of [CREATE_BUDGET, READ_BUDGET, COMMIT_BUDGET]) {
      expect(totalMs).toBe(60_000);
      expect(maxTries).toBeGreaterThan(1);
      expect(maxTries).toBeLessThanOrEqual(10);
    }
  });
});
