import { describe, expect, it } from "@jest/globals";
import type { HttpRequest } from "../../../src/phala/transport.ts";
import { deleteAll } from "../../../src/replicas/cleanup.ts";
import { APP_ID, type Bench, bench, row, type Script, uuid } from "./support.ts";

const LIST = `GET /apps/${APP_ID}/cvms`;
/** CVM 9 is the source. */
const APP = { appId: APP_ID, vmUuid: uuid(9) };
const made = (...numbers: number[]) =>
  numbers.map((n) => ({ vmUuid: uuid(n), name: `web-${n}`, ttlSet: false }));

/** Runs the deletion of these; the result by UUID. */
async function clean(b: Bench, ...numbers: number[]) {
  const work = deleteAll(b.edges, b.api, APP, made(...numbers));
  const survivors = await b.clock.drive(work);
  return new Map(survivors.map(({ vmUuid, why }) => [vmUuid, why]));
}

const isDelete = ({ method }: HttpRequest) => method === "DELETE";
/** How many DELETEs came before this request. */
const times = (b: Bench, n: number) =>
  b.requests.filter((r) => isDelete(r) && r.url.endsWith(uuid(n))).length;

/** An API that takes every DELETE, shows these rows in its list, and knows no other CVM. */
const showing =
  (...rows: object[]) =>
  (r: HttpRequest): Script => {
    if (isDelete(r)) return { status: 204 };
    return r.url.endsWith("/cvms") ? { status: 200, body: rows } : { status: 404 };
  };

describe("deleteAll", () => {
  it("asks for each once, and proves by its own 404 what no list has shown", async () => {
    const b = bench(showing(row(9)));
    expect((await clean(b, 1, 2)).size).toBe(0);
    expect(b.calls()).toEqual([
      `DELETE /cvms/${uuid(1)}`,
      `DELETE /cvms/${uuid(2)}`,
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
      const looks = b.requests.filter((one) => !isDelete(one)).length;
      return { status: 200, body: looks < 4 ? [row(1, { status: "removing" }), row(9)] : [row(9)] };
    });
    expect((await clean(b, 1)).size).toBe(0);
    expect(b.calls().filter((call) => call === LIST)).toHaveLength(4);
    expect(b.runner.entries.at(-1)?.text).toBe(`web-1 (${uuid(1)}) is gone.`);
  });

  it.each<[string, number, Script]>([
    ["500", 6, { status: 500 }],
    ["503", 6, { status: 503 }],
    ["429", 6, { status: 429 }],
    ["409 without a code", 6, { status: 409 }],
    ["a reset", 6, { network: "reset" }],
    ["a timeout", 6, { network: "timeout" }],
    ["400", 1, { status: 400 }],
    ["401", 1, { status: 401 }],
    ["403", 1, { status: 403 }],
    ["409 with a code", 1, { status: 409, body: { error_code: "ERR-03-007", message: "no" } }],
  ])(
    "%s for ever: tried %s times, the others gone, and it is reported",
    async (_n, tries, script) => {
      const b = bench((r) =>
        isDelete(r) && r.url.endsWith(uuid(1)) ? script : showing(row(1))(r),
      );
      const survivors = await clean(b, 1, 2);
      expect([...survivors.keys()]).toEqual([uuid(1)]);
      expect(survivors.get(uuid(1))).toMatch(/Could not delete web-1/);
      expect([times(b, 1), times(b, 2)]).toEqual([tries, 1]);
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
      if (r.url.endsWith(uuid(1))) return { status: 404 };
      if (r.url.endsWith(uuid(2))) return { status: 200, body: row(2, { status: "removing" }) };
      return { status: 404 };
    });
    const survivors = await clean(b, 1, 2);
    expect([...survivors.keys()]).toEqual([uuid(2)]);
  });

  it("nothing is called gone while the list can't be read", async () => {
    const b = bench((r) => (isDelete(r) ? { status: 204 } : { status: 500 }));
    const survivors = await clean(b, 1);
    expect(survivors.get(uuid(1))).toMatch(/Could not see whether it is gone: HTTP 500/);
    expect(b.runner.entries.some(({ text }) => text.includes("is gone"))).toBe(false);
  });

  it("ends at once when post is cancelled, and reports all that is not proved", async () => {
    const b = bench(showing(row(1), row(2)));
    const begun = b.clock.now();
    b.clock.after(5_000, b.cancel);
    const survivors = await clean(b, 1, 2);
    expect([...survivors.keys()]).toEqual([uuid(1), uuid(2)]);
    expect(b.clock.now() - begun).toBe(5_000);
    for (const why of survivors.values()) expect(why).not.toBe("");
  });
});
