import { describe, expect, it } from "@jest/globals";
import { becomesHealthy, healthUrl } from "../../src/fleet/follow/health.ts";
import type { HealthProblem } from "../../src/ledger/terms.ts";
import { healthText } from "../../src/report/words/health.ts";
import { bench, type Script } from "../support/desk.ts";

describe("healthUrl", () => {
  const REMOTE = "https://api.unit.invalid/api/v1";

  it.each([
    ["https://i-8080.gw.invalid", "/healthz", "https://i-8080.gw.invalid/healthz"],
    ["https://i-8080.gw.invalid/", "/healthz", "https://i-8080.gw.invalid/healthz"],
    ["https://i.invalid:8443", "/", "https://i.invalid:8443/"],
    ["https://i.invalid/base", "/healthz", "https://i.invalid/base/healthz"],
    ["https://i.invalid/base//", "/healthz", "https://i.invalid/base/healthz"],
    ["https://i.invalid/?a=1#b", "/healthz?c=2", "https://i.invalid/healthz?c=2"],
    ["HTTPS://I.INVALID", "/healthz", "https://i.invalid/healthz"],
    ["", "/healthz", null],
    ["not a URL", "/healthz", null],
    ["//i.invalid", "/healthz", null],
    ["http://i.invalid", "/healthz", null],
    ["http://169.254.169.254", "/latest/meta-data", null],
    ["http://127.0.0.1:4000", "/healthz", null],
    ["https://localhost", "/healthz", null],
    ["ftp://i.invalid", "/healthz", null],
    ["file:///etc/passwd", "/healthz", null],
    ["javascript:alert(1)", "/healthz", null],
    ["https://user:password@i.invalid", "/healthz", null],
    ["https://user@i.invalid", "/healthz", null],
  ])("%j and %j: %j", (base, path, url) => {
    expect(healthUrl(base, path, REMOTE)).toBe(url);
  });

  it.each([
    ["http://127.0.0.1:4000/x", "http://127.0.0.1:4000/x/healthz"],
    ["https://localhost:4000", "https://localhost:4000/healthz"],
    ["http://i.invalid", null],
  ])("on this machine only where the API is on it too: %j is %j", (base, url) => {
    expect(healthUrl(base, "/healthz", "http://127.0.0.1:4000/api/v1")).toBe(url);
  });
});

const URL_OF_IT = "https://i.invalid/healthz";

/** What a check has where nothing more than 2xx is asked for. */
const PLAIN = {
  url: URL_OF_IT,
  expect: null,
  holdMs: 0,
  redact: (text: string) => text,
  onHold: () => undefined,
};

/** Checks until it is healthy, at most 60 s, with a pause of 2 s. */
async function check(
  scripts: readonly Script[],
  limitMs = 60_000,
  more: { readonly expect?: string; readonly holdMs?: number } = {},
) {
  const b = bench((_request, index) => scripts[index % scripts.length] as Script);
  const problems: string[] = [];
  const begun = b.clock.now();
  const target = {
    ...PLAIN,
    ...more,
    intervalMs: 2_000,
    deadline: begun + limitMs,
    onProblem: (problem: HealthProblem) => problems.push(healthText(problem)),
  };
  const end = await b.clock.drive(becomesHealthy(b.edges, target, b.edges.cancel));
  return {
    end,
    healthy: end === "healthy",
    problems,
    tookMs: b.clock.now() - begun,
    requests: b.requests,
  };
}

describe("becomesHealthy", () => {
  it.each<[string, Script[], { expect?: string; holdMs?: number }, string, number]>([
    ["the text in both answers", [{ status: 200, body: "v1.2" }], { expect: "v1.2" }, "healthy", 2],
    [
      "the text in one of them",
      [
        { status: 200, body: "v1.2" },
        { status: 200, body: "v1.1" },
        { status: 200, body: "v1.2" },
        { status: 200, body: "v1.2" },
      ],
      { expect: "v1.2" },
      "healthy",
      4,
    ],
    ["another text", [{ status: 200, body: "v1.1" }], { expect: "v1.2" }, "late", 30],
    // At 2 s healthy, then at 17 s, 32 s and 42 s.
    ["healthy for long", [{ status: 200 }], { holdMs: 40_000 }, "healthy", 5],
    [
      "one bad answer while it has to stay so",
      [200, 200, 500, 200].map((status) => ({ status })),
      { holdMs: 20_000 },
      "healthy",
      5,
    ],
    [
      "two bad ones",
      [200, 200, 500, 500].map((status) => ({ status })),
      { holdMs: 20_000 },
      "fell-ill",
      4,
    ],
  ])("%s: %j", async (_name, scripts, more, end, asked) => {
    const checked = await check(scripts, 60_000, more);
    expect([checked.end, checked.requests.length]).toEqual([end, asked]);
  });

  it("shows the status and the body's beginning, without what is secret", async () => {
    const body = `gone\u0007 ${"x".repeat(300)}.`;
    const { problems } = await check([{ status: 503, body }], 1_000);
    expect(problems[0]).toMatch(/^it answered HTTP 503: gone x{150,200}…?$/);
  });

  it.each([
    ["two good answers", [200, 200], 2],
    ["any 2xx", [201, 299], 2],
    ["one good, one bad, two good", [200, 500, 200, 204], 4],
    ["good and bad in turn, then two good", [200, 503, 200, 503, 200, 200], 6],
  ])("%s", async (_name, statuses, asked) => {
    const { healthy, requests, tookMs } = await check(statuses.map((status) => ({ status })));
    expect({ healthy, asked: requests.length, tookMs }).toEqual({
      healthy: true,
      asked,
      tookMs: (asked - 1) * 2_000,
    });
  });

  it.each<[string, Script[], RegExp]>([
    ["good and bad in turn", [{ status: 200 }, { status: 500 }], /HTTP 500/],
    ["a redirect", [{ status: 301 }], /HTTP 301/],
    ["1xx has no meaning here", [{ status: 199 }], /HTTP 199/],
    ["forbidden", [{ status: 403 }], /HTTP 403/],
    ["a certificate", [{ network: "certificate" }], /certificate is not trusted/],
    ["refused", [{ network: "refused" }], /connection was refused/],
    ["no such host", [{ network: "unresolved" }], /does not resolve/],
    ["a reset", [{ network: "reset" }], /connection broke/],
    ["cut off", [{ network: "cut-off" }], /middle of the answer/],
  ])("%s: not before the deadline", async (_name, scripts, problem) => {
    const { healthy, problems, tookMs } = await check(scripts);
    expect({ healthy, tookMs }).toEqual({ healthy: false, tookMs: 60_000 });
    expect(problems.at(-1)).toMatch(problem);
  });

  it("asks with nothing but the path: no header, no body", async () => {
    const { requests } = await check([{ status: 200 }]);
    for (const { method, url, headers, body } of requests) {
      expect({ method, url, headers, body }).toEqual({
        method: "GET",
        url: URL_OF_IT,
        headers: {},
        body: undefined,
      });
    }
  });

  it("gives one request ten seconds, and never more than is left", async () => {
    const { requests } = await check([{ status: 500 }], 11_000);
    expect(requests.map(({ timeoutMs }) => timeoutMs)).toEqual([
      10_000, 9_000, 7_000, 5_000, 3_000, 1_000,
    ]);
  });

  it("asks nothing after the deadline or the cancel", async () => {
    expect(await check([{ status: 200 }], 0)).toMatchObject({ healthy: false, requests: [] });
    const b = bench(() => ({ status: 200 }));
    b.cancel();
    const target = {
      ...PLAIN,
      intervalMs: 1,
      deadline: Number.POSITIVE_INFINITY,
      onProblem: () => undefined,
    };
    expect(await becomesHealthy(b.edges, target, b.edges.cancel)).toBe("late");
    expect(b.requests).toEqual([]);
  });

  it("is not healthy by an answer that comes after the cancel", async () => {
    const b = bench(() => ({ status: 200, tookMs: 100 }));
    b.clock.after(2_150, b.cancel);
    const target = {
      ...PLAIN,
      intervalMs: 2_000,
      deadline: b.clock.now() + 60_000,
      onProblem: () => undefined,
    };
    expect(await b.clock.drive(becomesHealthy(b.edges, target, b.edges.cancel))).toBe("late");
    expect(b.requests).toHaveLength(2);
  });
});
