import { describe, expect, it } from "@jest/globals";
import { Lookout } from "../../src/fleet/follow/lookout.ts";
import { APP_ID, type Bench, bench, row, type Script, uuid } from "../support/desk.ts";

const BATCH = "POST /status/batch";
const LIST = `GET /apps/${APP_ID}/cvms`;
const statusRow = (n: number, status = "starting") => ({
  [uuid(n)]: {
    vm_uuid: uuid(n),
    status,
    in_progress: true,
    boot_progress: "pre-launch",
    boot_error: "",
  },
});

function look({ api, edges }: Bench, lookout = new Lookout(api, APP_ID), rows = false) {
  return lookout.look([uuid(1), uuid(2)], rows, () => 5_000, edges.cancel);
}

describe("Lookout", () => {
  it("asks the status route once for all, and reads what it tells", async () => {
    const body = { ...statusRow(1), ...statusRow(2, "Running") };
    const b = bench(() => ({ status: 200, body }));
    const seen = await look(b);
    expect(b.calls()).toEqual([BATCH]);
    expect(JSON.parse(b.requests[0]?.body ?? "")).toEqual({ vm_uuids: [uuid(1), uuid(2)] });
    expect(seen).toMatchObject({ ok: true, value: { cvms: null, tellsAbsence: true } });
    const statuses = seen.ok ? seen.value.statuses : new Map();
    expect(statuses.get(uuid(1))).toEqual({
      detailed: true,
      status: "starting",
      inProgress: true,
      bootProgress: "pre-launch",
      bootError: null,
    });
    expect(statuses.get(uuid(2))?.status).toBe("running");
  });

  it("asks the list where rows are needed, and does not take its silence for absence", async () => {
    const b = bench(() => ({ status: 200, body: [row(1), row(2, { deleted_at: "2026-07-02" })] }));
    const seen = await look(b, undefined, true);
    expect(b.calls()).toEqual([LIST]);
    expect(seen).toMatchObject({ ok: true, value: { tellsAbsence: false } });
    const value = seen.ok ? seen.value : null;
    expect([...(value?.cvms?.keys() ?? [])]).toEqual([uuid(1)]);
    expect(value?.statuses.get(uuid(1))).toMatchObject({ detailed: false, status: "running" });
  });

  it.each([400, 404, 405, 410, 422, 501])("HTTP %s: the list from then on", async (status) => {
    const b = bench(({ url }) =>
      url.endsWith("/batch") ? { status } : { status: 200, body: [row(1)] },
    );
    const lookout = new Lookout(b.api, APP_ID);
    const first = await look(b, lookout);
    const second = await look(b, lookout);
    expect(b.calls()).toEqual([BATCH, LIST, LIST]);
    for (const seen of [first, second]) {
      expect(seen).toMatchObject({ ok: true, value: { tellsAbsence: true } });
    }
  });

  it.each<[string, Script]>([
    ["408", { status: 408 }],
    ["409", { status: 409 }],
    ["429", { status: 429 }],
    ["500", { status: 500 }],
    ["503", { status: 503 }],
    ["a reset", { network: "reset" }],
    ["text", { status: 200, body: "fine" }],
    ["an array", { status: 200, body: [] }],
    ["rows of something else", { status: 200, body: { ok: true } }],
  ])("%s: a failed look, and the status route is asked again", async (_name, script) => {
    const b = bench((_request, index) =>
      index === 0 ? script : { status: 200, body: statusRow(1) },
    );
    const lookout = new Lookout(b.api, APP_ID);
    expect((await look(b, lookout)).ok).toBe(false);
    expect((await look(b, lookout)).ok).toBe(true);
    expect(b.calls()).toEqual([BATCH, BATCH]);
  });

  it.each([401, 403])("HTTP %s: the list at once, and from the second time on", async (status) => {
    const b = bench(({ url }) =>
      url.endsWith("/batch") ? { status } : { status: 200, body: [row(1)] },
    );
    const lookout = new Lookout(b.api, APP_ID);
    const looks = [await look(b, lookout), await look(b, lookout), await look(b, lookout)];
    expect(b.calls()).toEqual([BATCH, LIST, BATCH, LIST, LIST]);
    // A route that may come back tells better what is gone.
    expect(looks.map((seen) => seen.ok && seen.value.tellsAbsence)).toEqual([false, true, true]);
  });

  it("HTTP 401 from two routes: the key is rejected", async () => {
    const b = bench(() => ({ status: 401 }));
    const seen = await look(b);
    expect(seen).toMatchObject({ ok: false, rejected: true, fault: { status: 401 } });
    expect(b.calls()).toEqual([BATCH, LIST]);
  });

  it("HTTP 401 from the list: the status route is the witness, and no URLs come by it", async () => {
    const b = bench(({ url }) =>
      url.endsWith("/batch") ? { status: 200, body: statusRow(1) } : { status: 401 },
    );
    const seen = await look(b, undefined, true);
    expect(b.calls()).toEqual([LIST, BATCH]);
    expect(seen).toMatchObject({ ok: true, value: { cvms: null } });
  });

  it("a witness that fails proves nothing", async () => {
    const b = bench(({ url }) => ({ status: url.endsWith("/batch") ? 401 : 500 }));
    expect(await look(b)).toMatchObject({ ok: false, rejected: false, fault: { status: 500 } });
  });

  it.each([false, true])(
    "a list that is refused: each replica's own row (batch works: %s)",
    async (batch) => {
      const b = bench(({ url }) => {
        if (url.endsWith("/batch")) return batch ? { status: 200, body: {} } : { status: 404 };
        if (url.endsWith(uuid(1))) return { status: 200, body: row(1) };
        return { status: url.endsWith("/cvms") ? 405 : 404 };
      });
      const lookout = new Lookout(b.api, APP_ID);
      if (!batch) await look(b, lookout);
      const seen = await look(b, lookout, true);
      const again = await look(b, lookout, true);
      const each = [`GET /cvms/${uuid(1)}`, `GET /cvms/${uuid(2)}`];
      expect(b.calls().filter((call) => call === LIST)).toHaveLength(1);
      expect(b.calls().slice(-2)).toEqual(each);
      for (const one of [seen, again]) {
        const value = one.ok ? one.value : null;
        expect([...(value?.cvms?.keys() ?? [])]).toEqual([uuid(1)]);
        expect(value?.tellsAbsence).toBe(false);
      }
    },
  );

  it("is a failed look where no row can be read at all", async () => {
    const b = bench(({ url }) => ({ status: url.endsWith("/cvms") ? 405 : 500 }));
    expect(await look(b, undefined, true)).toMatchObject({ ok: false, fault: { status: 500 } });
  });

  it("gives each request what is left at its own beginning, request_timeout at the most", async () => {
    const b = bench(({ url }) =>
      url.endsWith("/batch") ? { status: 404, tookMs: 3_000 } : { status: 200, body: [] },
    );
    const deadline = b.clock.now() + 5_000;
    const left = () => deadline - b.clock.now();
    const lookout = new Lookout(b.api, APP_ID);
    await b.clock.drive(lookout.look([uuid(1)], false, left, b.edges.cancel));
    expect(b.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([5_000, 2_000]);
    await lookout.look([uuid(1)], true, () => 3_600_000, b.edges.cancel);
    expect(b.requests.at(-1)?.timeoutMs).toBe(60_000);
  });
});
