import { describe, expect, it } from "@jest/globals";
import { setTtl } from "../../../src/replicas/ttl.ts";
import { type Bench, bench, type Script, START_AT, uuid } from "./support.ts";

const MADE = { vmUuid: uuid(1), name: "web-1" };

function set(b: Bench, ttlMs: number, clockOffsetMs: number | null = 0) {
  return b.clock.drive(setTtl(b.edges, b.api, MADE, { ttlMs, clockOffsetMs }));
}

describe("setTtl", () => {
  it.each([
    [60_000, 0, "2026-07-02T08:01:00.000Z"],
    [5_400_000, 0, "2026-07-02T09:30:00.000Z"],
    [86_400_000, 0, "2026-07-03T08:00:00.000Z"],
    [60_000, 30_000, "2026-07-02T08:01:30.000Z"],
    [60_000, -30_000, "2026-07-02T08:00:30.000Z"],
    [60_000, null, "2026-07-02T08:01:00.000Z"],
  ])("%s ms from now, server ahead by %s ms: %s", async (ttlMs, offset, at) => {
    const b = bench(() => ({ status: 200, body: {} }));
    expect(await set(b, ttlMs, offset)).toBeNull();
    expect(b.calls()).toEqual([`PATCH /cvms/${uuid(1)}/scheduled-delete`]);
    expect(JSON.parse(b.requests[0]?.body ?? "")).toEqual({ scheduled_delete_at: at });
    expect(b.runner.entries.map(({ text }) => text).join()).toContain("web-1");
    expect(b.clock.now()).toBe(START_AT);
  });

  it.each<[string, number, string, Script]>([
    ["500", 5, "HTTP-500", { status: 500 }],
    ["409 without a code", 5, "HTTP-409", { status: 409 }],
    ["a reset", 5, "NETWORK", { network: "reset" }],
    ["403", 1, "HTTP-403", { status: 403 }],
    ["404, as just after the creation", 5, "HTTP-404", { status: 404 }],
    ["422", 1, "HTTP-422", { status: 422 }],
  ])(
    "%s for ever: %s tries, then a failure that says what it means",
    async (_n, tries, code, script) => {
      const b = bench(() => script);
      const failure = await set(b, 3_600_000);
      expect(failure?.code).toBe(code);
      expect(failure?.text).toMatch(/the ttl \(1 h\) of web-1.*billed until somebody deletes it/);
      expect(b.requests).toHaveLength(tries);
      expect(b.clock.now() - START_AT).toBeLessThanOrEqual(30_000);
    },
  );

  it("a try that hangs leaves time for another", async () => {
    const b = bench((_r, index) => (index === 0 ? { network: "timeout" } : { status: 200 }));
    expect(await set(b, 60_000)).toBeNull();
    expect(b.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 10_000]);
  });

  it("the same moment is asked for at each try", async () => {
    const b = bench((_r, index) => (index < 2 ? { status: 500 } : { status: 200, body: {} }));
    expect(await set(b, 60_000)).toBeNull();
    expect(new Set(b.requests.map(({ body }) => body)).size).toBe(1);
  });
});
