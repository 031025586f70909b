import { describe, expect, it } from "@jest/globals";
import { retire } from "../../src/fleet/retire.ts";
import { Ledger, NO_PEN } from "../../src/ledger/ledger.ts";
import { blankReplica, NOBODY, type Replica } from "../../src/ledger/replica.ts";
import { blankRun } from "../../src/ledger/run-so-far.ts";
import type { HttpRequest } from "../../src/net/transport.ts";
import { failureOf } from "../../src/report/annotation/of-trouble.ts";
import { deletionLine } from "../../src/report/log/retiring.ts";
import {
  APP_ID,
  apiOf,
  type Bench,
  bench,
  row,
  type Script,
  thrown,
  uuid,
} from "../support/desk.ts";

const LIST = `GET /apps/${APP_ID}/cvms`;
/** As post deletes. */
const RULES = {
  absenceMs: 120_000,
  pollMs: 2_000,
  whyNot: null,
  listReadAt: null,
  atOnce: 8,
  witnesses: [uuid(9)],
  proof: "list",
} as const;

const made = (n: number): Replica => ({
  ...blankReplica(`new-${n}`),
  fate: "there",
  origin: "created",
  ident: { ...NOBODY, uuid: uuid(n), name: `web-${n}` },
});

/** A ledger that knows these, printed as post prints. */
function ledgerOf(b: Bench, replicas: readonly Replica[]): Ledger {
  const ledger = new Ledger(() => b.clock.now(), NO_PEN, { run: blankRun, replicas });
  ledger.subscribe((fact) => {
    const line = deletionLine(fact, ledger);
    if (line !== null) b.runner[line.as](line.text);
  }, thrown);
  return ledger;
}

/** Runs the deletion of these; why each that is not gone is not, by UUID. */
async function clean(b: Bench, ...all: (number | Replica)[]) {
  const replicas = all.map((one) => (typeof one === "number" ? made(one) : one));
  const ledger = ledgerOf(b, replicas);
  const keys = replicas.map(({ key }) => key);
  await b.clock.drive(retire({ ...b, ledger, appId: APP_ID }, keys, RULES));
  const place = { replica: null, workspaceSlug: null, appId: APP_ID };
  const left = ledger.replicas().filter(({ fate }) => fate !== "gone");
  return new Map(
    left.map(({ ident, trouble }) => [
      ident.uuid,
      trouble === null ? "" : failureOf(trouble, place).text,
    ]),
  );
}

const isDelete = ({ method }: HttpRequest) => method === "DELETE";
/** How many DELETEs came before this request. */
const times = (b: Bench, n: number) =>
  b.requests.filter((r) => isDelete(r) && r.url.endsWith(uuid(n))).length;

/** In the API's own words; without them it may be a proxy's. */
const UNKNOWN = { status: 404, body: { error_code: "ERR-03-001", message: "CVM not found" } };

/** An API that takes every DELETE, shows these rows in its list, and knows no other CVM. */
const showing =
  (...rows: object[]) =>
  (r: HttpRequest): Script => {
    if (isDelete(r)) return { status: 204 };
    return r.url.endsWith("/cvms") ? { status: 200, body: rows } : { status: 404 };
  };

describe("retire, as post uses it", () => {
  it("asks for each once, and proves by two looks at its own route what no list has shown", async () => {
    const b = bench(showing(row(9)));
    expect((await clean(b, 1, 2)).size).toBe(0);
    expect(b.calls()).toEqual([
      `DELETE /cvms/${uuid(1)}`,
      `DELETE /cvms/${uuid(2)}`,
      LIST,
      `GET /cvms/${uuid(1)}`,
      `GET /cvms/${uuid(2)}`,
      LIST,
      `GET /cvms/${uuid(1)}`,
      `GET /cvms/${uuid(2)}`,
    ]);
  });

  it("is not proved by an empty list, which lacks the source too", async () => {
    let looks = 0;
    const b = bench((r) => {
      if (isDelete(r)) return { status: 204 };
      if (!r.url.endsWith("/cvms")) return { status: 200, body: row(1, { status: "removing" }) };
      looks++;
      return { status: 200, body: looks === 1 ? [row(1), row(9)] : [] };
    });
    expect([...(await clean(b, 1)).keys()]).toEqual([uuid(1)]);
  });

  it("takes what was never listed but is still known for what it is: there", async () => {
    const b = bench((r) => {
      if (r.method === "GET" && r.url.endsWith(uuid(1))) return { status: 200, body: row(1) };
      return showing(row(9))(r);
    });
    expect([...(await clean(b, 1, 2)).keys()]).toEqual([uuid(1)]);
  });

  it("does nothing for nothing", async () => {
    const b = bench(() => ({ network: "other" }));
    expect((await clean(b)).size).toBe(0);
    expect(b.calls()).toEqual([]);
  });

  it("looks again until they are off the list", async () => {
    const b: Bench = bench((r) => {
      if (isDelete(r)) return { status: 204 };
      if (!r.url.endsWith("/cvms")) return UNKNOWN;
      const looks = b.requests.filter(({ url }) => url.endsWith("/cvms")).length;
      return { status: 200, body: looks < 4 ? [row(1, { status: "removing" }), row(9)] : [row(9)] };
    });
    expect((await clean(b, 1)).size).toBe(0);
    expect(b.calls().filter((call) => call === LIST)).toHaveLength(5);
    expect(b.runner.entries.at(-1)?.text).toBe(`web-1 (${uuid(1)}) is gone.`);
  });

  it.each<[string, number, Script]>([
    ["500", 10, { status: 500 }],
    ["503", 10, { status: 503 }],
    ["429", 10, { status: 429 }],
    ["423", 10, { status: 423 }],
    ["409 without a code", 10, { status: 409 }],
    ["409 with a code", 10, { status: 409, body: { error_code: "ERR-03-007", message: "no" } }],
    ["400", 10, { status: 400 }],
    ["a reset", 10, { network: "reset" }],
    ["a timeout", 10, { network: "timeout" }],
    ["401", 1, { status: 401 }],
    ["403", 1, { status: 403 }],
    ["a bad certificate", 1, { network: "certificate" }],
  ])(
    "%s for ever: tried %s times, the others gone, and it is reported",
    async (_n, tries, script) => {
      const b = bench((r) =>
        isDelete(r) && r.url.endsWith(uuid(1)) ? script : showing(row(1))(r),
      );
      const survivors = await clean(b, 1, 2);
      expect([...survivors.keys()]).toEqual([uuid(1)]);
      expect(survivors.get(uuid(1))).toMatch(/Could not delete it: /);
      const until = b.requests.findIndex(({ url }) => url.endsWith("/cvms"));
      const first = b.requests.slice(0, until).filter((r) => r.url.endsWith(uuid(1)));
      expect([first.length, times(b, 2)]).toEqual([tries, 1]);
      // What was refused for good is not asked for again.
      expect(times(b, 1) > tries).toBe(tries > 1);
    },
  );

  it("a 404 means that somebody else was quicker", async () => {
    const b = bench((r) => (isDelete(r) ? { status: 404 } : showing()(r)));
    expect((await clean(b, 1)).size).toBe(0);
    expect(times(b, 1)).toBe(1);
  });

  it.each<[string, Script[], number]>([
    ["a 500 in between", [{ status: 500 }, { status: 204 }], 2],
    [
      "a lost answer, then in progress, then gone",
      [{ network: "reset" }, { status: 409 }, { status: 404 }],
      3,
    ],
  ])("%s: gone", async (_name, scripts, tries) => {
    const b: Bench = bench((r) =>
      isDelete(r) ? (scripts[times(b, 1) - 1] as Script) : showing()(r),
    );
    expect((await clean(b, 1)).size).toBe(0);
    expect(times(b, 1)).toBe(tries);
  });

  it("a list that is not found proves nothing: each CVM is asked for", async () => {
    const b = bench((r) => {
      if (isDelete(r)) return { status: 204 };
      if (r.url.endsWith(uuid(1))) return UNKNOWN;
      if (r.url.endsWith(uuid(2))) return { status: 200, body: row(2, { status: "removing" }) };
      return { status: 404 };
    });
    const survivors = await clean(b, 1, 2);
    expect([...survivors.keys()]).toEqual([uuid(2)]);
  });

  it("nothing is called gone while the list can't be read", async () => {
    const b = bench((r) => (isDelete(r) ? { status: 204 } : { status: 500 }));
    const survivors = await clean(b, 1);
    expect(survivors.get(uuid(1))).toMatch(/could not be seen whether it is gone: HTTP 500/);
    expect(b.runner.entries.some(({ text }) => text.includes("is gone"))).toBe(false);
  });

  it("a list that is refused proves nothing either way: each CVM's own 404 does", async () => {
    const b = bench((r) => {
      if (isDelete(r)) return { status: 204 };
      return r.url.endsWith("/cvms") ? { status: 403 } : UNKNOWN;
    });
    expect((await clean(b, 1, 2)).size).toBe(0);
  });

  it.each<[string, Script]>([
    ["a page", { status: 404, body: "<html><title>404 Not Found</title></html>" }],
    ["a text", { status: 404, body: "default backend - 404" }],
    ["a number", { status: 404, body: "404" }],
    ["an answer that breaks off", { status: 404, body: '{"detail":"Not' }],
  ])("%s instead of the API's own 404 proves nothing, whatever the list says", async (_n, said) => {
    const b = bench((r) => (isDelete(r) ? { status: 204 } : said));
    expect([...(await clean(b, 1)).keys()]).toEqual([uuid(1)]);
    const listless = bench((r) => {
      if (isDelete(r)) return { status: 204 };
      return r.url.endsWith("/cvms") ? { status: 200, body: [row(9)] } : said;
    });
    expect([...(await clean(listless, 1)).keys()]).toEqual([uuid(1)]);
  });

  it("is asked for again after such a 404 to the DELETE itself", async () => {
    const b: Bench = bench((r) => {
      if (isDelete(r) && times(b, 1) === 1) return { status: 404, body: "default backend - 404" };
      return showing(row(9))(r);
    });
    expect((await clean(b, 1)).size).toBe(0);
    expect(times(b, 1)).toBe(2);
  });

  it("a 404 without a body counts beside a list that was read, and alone it does not", async () => {
    expect((await clean(bench(showing(row(9))), 1)).size).toBe(0);
    const b = bench((r) => (isDelete(r) ? { status: 204 } : { status: 404 }));
    expect([...(await clean(b, 1)).keys()]).toEqual([uuid(1)]);
  });

  it.each<[string, number, number, Script]>([
    ["the source, and showed it before", 0, 9, { status: 503 }],
    ["nothing that is known to be there", 1, 8, { status: 503 }],
    [
      "the source, and showed it before, but its own route shows it",
      1,
      9,
      { status: 200, body: row(1) },
    ],
  ])(
    "its own route can't be read, and two lists show %s: %i left",
    async (_n, left, other, own) => {
      const b: Bench = bench((r) => {
        if (isDelete(r)) return { status: 204 };
        const looks = b.requests.filter(({ url }) => url.endsWith("/cvms")).length;
        if (!r.url.endsWith("/cvms")) return own;
        return { status: 200, body: looks === 1 ? [row(1), row(other)] : [row(other)] };
      });
      const begun = b.clock.now();
      expect((await clean(b, 1)).size).toBe(left);
      if (left === 0) expect(b.clock.now() - begun).toBe(4_000);
    },
  );

  it("one look that shows it nowhere is not enough", async () => {
    const b: Bench = bench((r) => {
      if (isDelete(r)) return { status: 204 };
      const looks = b.requests.filter(({ url }) => url.endsWith("/cvms")).length;
      if (!r.url.endsWith("/cvms")) return UNKNOWN;
      return {
        status: 200,
        body: looks === 2 ? [row(9)] : [row(1, { status: "removing" }), row(9)],
      };
    });
    expect([...(await clean(b, 1)).keys()]).toEqual([uuid(1)]);
  });

  it("asks for several at once, and for each in the order given", async () => {
    let [under, most] = [0, 0];
    const b: Bench = bench((r) =>
      isDelete(r) ? { status: 204, tookMs: 3_000 } : showing(row(9))(r),
    );
    const transport = b.edges.transport;
    const counted = async (request: HttpRequest) => {
      most = Math.max(most, ++under);
      try {
        return await transport(request);
      } finally {
        under--;
      }
    };
    const api = apiOf(counted);
    const numbers = Array.from({ length: 20 }, (_, n) => n + 10);
    const begun = b.clock.now();
    const some = { ...b, edges: { ...b.edges, transport: counted }, api };
    expect((await clean(some, ...numbers)).size).toBe(0);
    expect(most).toBe(8);
    expect(b.clock.now() - begun).toBe(11_000);
    const asked = b.requests.filter(isDelete).map(({ url }) => url.slice(-36));
    expect(asked).toEqual(numbers.map(uuid));
  });

  it("asks again for what is still listed 20 s after it was asked for", async () => {
    const b: Bench = bench((r) => {
      if (isDelete(r)) return times(b, 1) === 1 ? { status: 404 } : { status: 204 };
      const there = times(b, 1) < 2 ? [row(1)] : [];
      return r.url.endsWith("/cvms") ? { status: 200, body: [...there, row(9)] } : { status: 404 };
    });
    const begun = b.clock.now();
    expect((await clean(b, 1)).size).toBe(0);
    expect(times(b, 1)).toBe(2);
    expect(b.clock.now() - begun).toBeGreaterThanOrEqual(20_000);
    expect(b.clock.now() - begun).toBeLessThan(25_000);
  });

  it("does not hurry what is on its way out, and says that it waits", async () => {
    const b = bench(showing(row(1, { status: "removing" }), row(9)));
    const survivors = await clean(b, 1);
    expect(survivors.get(uuid(1))).toMatch(/accepted, but it is still there/);
    expect(times(b, 1)).toBe(1);
    const waits = b.runner.entries.filter(({ text }) => text.startsWith("Waiting for web-1"));
    expect(waits.map(({ text }) => text)).toEqual([
      expect.stringContaining("30 s of at most 2 min"),
      expect.stringContaining("1 min of at most 2 min"),
      expect.stringContaining("1 min 30 s of at most 2 min"),
    ]);
  });

  it("one that the API knows nothing of just after its creation may come to light yet", async () => {
    const b = bench((r) => (isDelete(r) ? { status: 404 } : showing(row(9))(r)));
    const begun = b.clock.now();
    const young = { ...made(1), since: begun - 5_000 };
    expect((await clean(b, young)).size).toBe(0);
    expect(b.clock.now() - begun).toBeGreaterThanOrEqual(25_000);
  });

  it("ends at once when post is cancelled, and reports all that is not proved", async () => {
    const b = bench(showing(row(1), row(2)));
    const begun = b.clock.now();
    b.clock.after(5_000, b.cancel);
    const survivors = await clean(b, 1, 2);
    expect([...survivors.keys()]).toEqual([uuid(1), uuid(2)]);
    expect(b.clock.now() - begun).toBe(5_000);
  });
});
