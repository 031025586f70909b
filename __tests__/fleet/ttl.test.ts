import { describe, expect, it } from "@jest/globals";
import { setTtl } from "../../src/fleet/limit.ts";
import { type Birth, lifeEnd, timeToTell } from "../../src/fleet/plan/life.ts";
import { NOBODY } from "../../src/ledger/replica.ts";
import { failureOf } from "../../src/report/annotation/of-trouble.ts";
import { type Bench, bench, type Script, START_AT, uuid } from "../support/desk.ts";

const HOUR = 3_600_000;
const END = START_AT + HOUR;
const WEB = { ...NOBODY, uuid: uuid(1), name: "web-1" };
const LIMITED = { replica: WEB, endsAt: END, ttlMs: HOUR, withinMs: HOUR };
const PLACE = { replica: null, workspaceSlug: null, appId: null };

function set(b: Bench, over: Partial<typeof LIMITED> = {}) {
  return b.clock.drive(setTtl(b, { ...LIMITED, ...over }));
}

describe("setTtl", () => {
  it("tells the platform the moment, and the log", async () => {
    const b = bench(() => ({ status: 200, body: {} }));
    expect(await set(b)).toBeNull();
    expect(b.calls()).toEqual([`PATCH /cvms/${uuid(1)}/scheduled-delete`]);
    const at = "2026-07-02T09:00:00.000Z";
    expect(JSON.parse(b.requests[0]?.body ?? "")).toEqual({ scheduled_delete_at: at });
    expect(b.runner.entries.map(({ text }) => text)).toEqual([
      `The platform deletes web-1 at ${at} (ttl).`,
    ]);
  });

  it.each<[string, number, string, Script]>([
    ["500", 9, "HTTP-500", { status: 500 }],
    ["409 without a code", 9, "HTTP-409", { status: 409 }],
    ["409 with a code", 9, "ERR-03-007", { status: 409, body: { error_code: "ERR-03-007" } }],
    ["423", 9, "HTTP-423", { status: 423 }],
    ["400, while it starts", 9, "HTTP-400", { status: 400 }],
    ["a reset", 9, "NETWORK", { network: "reset" }],
    ["404, as just after the creation", 9, "HTTP-404", { status: 404 }],
    ["401", 1, "HTTP-401", { status: 401 }],
    ["403", 1, "HTTP-403", { status: 403 }],
    ["422", 1, "HTTP-422", { status: 422 }],
    ["a redirect", 1, "HTTP-307", { status: 307 }],
  ])(
    "%s for ever: %s tries, then a failure that says what it means",
    async (_n, tries, code, script) => {
      const b = bench(() => script);
      const trouble = await set(b);
      const failure = trouble === null ? null : failureOf(trouble, PLACE);
      expect(failure?.code).toBe(code);
      expect(failure?.text).toMatch(/the ttl \(1 h\) of web-1.*billed until somebody deletes it/);
      expect(b.requests).toHaveLength(tries);
      expect(b.clock.now() - START_AT).toBeLessThanOrEqual(60_000);
    },
  );

  it("a try that hangs leaves time for another, and each asks for the same moment", async () => {
    const b = bench((_r, index) => (index === 0 ? { network: "timeout" } : { status: 200 }));
    expect(await set(b)).toBeNull();
    expect(b.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 10_000]);
    expect(new Set(b.requests.map(({ body }) => body)).size).toBe(1);
  });
});

it("an end that is near is not told when it has passed", async () => {
  const b = bench(() => ({ status: 409 }));
  expect(await set(b, { withinMs: 5_000 })).not.toBeNull();
  expect(b.clock.now() - START_AT).toBeLessThanOrEqual(5_000);
});

describe("the end of a life", () => {
  /** Created by the platform's clock at noon; ours is `ourNoon` then. */
  const NOON = Date.UTC(2026, 6, 2, 12);
  const birth = (over: Partial<Birth>): Birth => ({
    createdAt: null,
    platformTime: null,
    seenAt: NOON,
    bornAt: NOON,
    ...over,
  });

  it.each<[string, Partial<Birth>, number, boolean]>([
    ["by created_at", { createdAt: NOON }, NOON + HOUR, false],
    [
      "by created_at, whatever our clock says",
      { createdAt: NOON, seenAt: 5, bornAt: 5 },
      NOON + HOUR,
      false,
    ],
    [
      "by created_at before Date",
      { createdAt: NOON, platformTime: NOON + 3_000 },
      NOON + HOUR,
      false,
    ],
    ["by Date", { platformTime: NOON, seenAt: 5, bornAt: 5 }, NOON + HOUR, false],
    [
      "by a Date of later",
      { platformTime: NOON + 7_000, seenAt: 10_000, bornAt: 3_000 },
      NOON + HOUR,
      false,
    ],
    ["by our clock", { bornAt: 3_000 }, 3_000 + HOUR, true],
    [
      "by our clock where the others are no times",
      { createdAt: 8.64e15, platformTime: 8.64e15 },
      NOON + HOUR,
      true,
    ],
    [
      "by Date where created_at is no time",
      { createdAt: 8.64e15, platformTime: NOON },
      NOON + HOUR,
      false,
    ],
  ])("%s", (_name, over, at, guessed) => {
    expect(lifeEnd(birth(over), HOUR)).toEqual({ at, guessed });
  });

  it.each<[string, Partial<Birth>, number, boolean]>([
    ["ahead, by Date", { platformTime: NOON, seenAt: 0 }, HOUR - 12_001, false],
    ["reached, by Date", { platformTime: NOON, seenAt: 0 }, HOUR - 12_000, true],
    ["long past, by Date", { createdAt: NOON, platformTime: NOON + 2 * HOUR, seenAt: 0 }, 0, true],
    [
      "ahead, by what has passed since the creation",
      { createdAt: NOON, bornAt: 0 },
      HOUR - 12_001,
      false,
    ],
    [
      "past, by what has passed since the creation",
      { createdAt: NOON, bornAt: 0 },
      HOUR - 12_000,
      true,
    ],
    ["ahead, whatever our clock says", { createdAt: NOON, bornAt: 0 }, 1_000, false],
    ["past, by our clock alone", { bornAt: NOON }, NOON + HOUR, true],
  ])("is %s", (_name, over, now, past) => {
    expect(timeToTell(NOON + HOUR, birth(over), now) <= 0).toBe(past);
  });
});
