import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../simulator/index.ts";
import { call, create, manualClock, replicasPath, start, until } from "./helpers.ts";

/** Error code of a request that must fail. */
async function failure(request: Promise<unknown>): Promise<string> {
  try {
    await request;
  } catch (error) {
    // Errors of `fetch` come from outside jest's realm, so `instanceof` does not know them.
    const { cause } = error as { cause?: { code?: string } };
    return cause?.code ?? "no code";
  }
  return "none";
}

function post(sim: Simulator, signal: AbortSignal): Promise<Response> {
  const url = `${sim.apiUrl}${replicasPath(sim)}`;
  return fetch(url, { method: "POST", headers: { "x-api-key": sim.apiKey }, signal });
}

describe("faults of the connection", () => {
  it.each([
    ["before", 0],
    ["after", 1],
  ] as const)("drop %s the work: reset, %i replicas", async (when, made) => {
    const sim = await start();
    sim.fault({ route: "create", kind: "drop", when });
    expect(await failure(create(sim))).toBe("ECONNRESET");
    expect(sim.replicas()).toHaveLength(made);
    expect(sim.requests[0]).toMatchObject({ fault: "drop" });
    expect(sim.requests[0]?.status).toBeUndefined();
  });

  it.each([
    ["before", 0],
    ["after", 1],
  ] as const)(
    "hang %s the work: silence until the client leaves, %i replicas",
    async (when, made) => {
      const sim = await start();
      sim.fault({ route: "create", kind: "hang", when });
      const leave = new AbortController();
      const ended = new Promise<void>((resolve) => sim.on("answered", "create", () => resolve()));
      const reply = post(sim, leave.signal);
      await until(() => sim.requests[0]?.fault === "hang" && sim.replicas().length === made);
      leave.abort();
      await expect(reply).rejects.toThrow("abort");
      await ended;
      expect(sim.replicas()).toHaveLength(made);
    },
  );

  it("late: the work is done although the client has gone", async () => {
    const sim = await start();
    sim.fault({ route: "create", kind: "late", afterMs: 60 });
    const leave = new AbortController();
    const reply = post(sim, leave.signal);
    await until(() => sim.requests.length === 1);
    leave.abort();
    await expect(reply).rejects.toThrow("abort");
    expect(sim.replicas()).toHaveLength(0);
    await until(() => sim.replicas().length === 1);
  });

  it("late: closing the simulator ends the wait without the work", async () => {
    const sim = await start();
    sim.fault({ route: "create", kind: "late", afterMs: 3_600_000 });
    const reply = failure(create(sim));
    await until(() => sim.requests[0]?.fault === "late");
    await sim.close();
    expect(await reply).not.toBe("none");
    expect(sim.replicas()).toHaveLength(0);
  });

  it("delay: the real answer, later; before the work or after it", async () => {
    const sim = await start();
    sim.fault({ route: "create", kind: "delay", ms: 40, when: "after" });
    const reply = create(sim);
    await until(() => sim.replicas().length === 1);
    expect(sim.requests[0]?.status).toBeUndefined();
    expect((await reply).status).toBe(200);
    sim.fault({ route: "cvm", kind: "delay", ms: 40 });
    const read = call(sim, "GET", `/cvms/${sim.vmUuid}`);
    await until(() => sim.requests[1]?.fault === "delay");
    expect(sim.requests[1]?.worked).toBeUndefined();
    expect((await read).status).toBe(200);
  });

  it("cut: less than Content-Length promised, then the end", async () => {
    const sim = await start();
    sim.fault({ route: "create", kind: "cut" });
    expect(await failure(create(sim))).not.toBe("none");
    expect(sim.replicas()).toHaveLength(1);
  });

  it("drip: the real answer byte by byte", async () => {
    const sim = await start();
    sim.fault({ route: "batch", kind: "drip", ms: 250 });
    const url = `${sim.apiUrl}/status/batch`;
    const headers = { "x-api-key": sim.apiKey, "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body: '{"vm_uuids":[]}' });
    const chunks: number[] = [];
    for await (const chunk of response.body ?? []) chunks.push(chunk.length);
    expect(chunks).toEqual([1, 1]);
  });

  it("endless: goes on until the client leaves", async () => {
    const sim = await start();
    sim.fault({ route: "list", kind: "endless" });
    const leave = new AbortController();
    const url = `${sim.apiUrl}/apps/${sim.appId}/cvms`;
    const headers = { "x-api-key": sim.apiKey };
    const response = await fetch(url, { headers, signal: leave.signal });
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > 1_000_000) break;
    }
    leave.abort();
    expect(bytes).toBeGreaterThan(1_000_000);
  });

  it("huge: the real answer, padded", async () => {
    const sim = await start();
    sim.fault({ route: "create", kind: "huge", bytes: 300_000 });
    const reply = await create(sim);
    expect(reply.text).toHaveLength(300_000);
    expect(reply.body.vm_uuid).toBe(sim.replicas()[0]?.vmUuid);
  });
});

describe("faults of the answer", () => {
  it.each([
    ["before", 0],
    ["after", 1],
  ] as const)("status %s the work, with headers and body: %i replicas", async (when, made) => {
    const clock = manualClock();
    const sim = await start({ now: clock.now });
    sim.fault({
      route: "create",
      kind: "status",
      when,
      status: 503,
      headers: { "Retry-After": "{now+5}", "Content-Type": "text/html" },
      body: "<h1>busy</h1>",
    });
    const reply = await create(sim);
    expect([reply.status, reply.text]).toEqual([503, "<h1>busy</h1>"]);
    expect(reply.headers.get("content-type")).toBe("text/html");
    expect(reply.headers.get("retry-after")).toBe("Thu, 02 Jul 2026 08:00:05 GMT");
    expect(sim.replicas()).toHaveLength(made);
    expect(sim.requests[0]).toMatchObject({ status: 503, fault: "status" });
  });

  it.each(["text", "html", "number", "string", "array", "null", "object", "utf8", "deep"] as const)(
    "garbage %s: a 200 that tells nothing, after the work",
    async (form) => {
      const sim = await start();
      sim.fault({ route: "create", kind: "garbage", form });
      const reply = await create(sim);
      expect(reply.status).toBe(200);
      expect(reply.body?.vm_uuid).toBeUndefined();
      expect(sim.replicas()).toHaveLength(1);
    },
  );

  it("empty: no body, after the work", async () => {
    const sim = await start();
    sim.fault({ route: "create", kind: "empty" });
    expect(await create(sim)).toMatchObject({ status: 200, text: "" });
    expect(sim.replicas()).toHaveLength(1);
  });

  it("redirect: before the work", async () => {
    const sim = await start();
    sim.fault({ route: "create", kind: "redirect", location: "https://elsewhere.invalid/" });
    const reply = await create(sim);
    expect(reply.status).toBe(307);
    expect(reply.headers.get("location")).toBe("https://elsewhere.invalid/");
    expect(sim.replicas()).toHaveLength(0);
  });
});
