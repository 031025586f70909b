/** The simulation itself: time, broken exchanges, signals, and that a seed replays its story. */
import { describe, expect, it, jest } from "@jest/globals";
import type { FaultKind } from "../../../simulator/core.ts";
import { NetworkError } from "../../../src/net/transport.ts";
import { SimulatedClock } from "./clock.ts";
import { exchange } from "./network.ts";
import { Simulation } from "./simulation.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

describe("the clock", () => {
  it("jumps from one appointment to the next, in their order", async () => {
    const clock = new SimulatedClock(1_000);
    const told: [string, number][] = [];
    const at = async (name: string, ms: number) => {
      await clock.sleep(ms);
      told.push([name, clock.now()]);
    };
    await clock.drive(Promise.all([at("hour", 3_600_000), at("b", 5), at("c", 5), at("a", 1)]));
    expect(told).toEqual([
      ["a", 1_001],
      ["b", 1_005],
      ["c", 1_005],
      ["hour", 3_601_000],
    ]);
    expect(clock.steps).toBe(4);
  });

  it("ends a sleep at once when its signal is aborted, before or meanwhile", async () => {
    const clock = new SimulatedClock(0);
    await clock.drive(clock.sleep(1_000, AbortSignal.abort()));
    const controller = new AbortController();
    clock.after(300, () => controller.abort());
    await clock.drive(clock.sleep(1_000, controller.signal));
    expect(clock.now()).toBe(300);
  });

  it("calls back before a step", async () => {
    const clock = new SimulatedClock(0);
    const seen: number[] = [];
    clock.beforeStep(1, () => seen.push(clock.now()));
    await clock.drive(clock.sleep(10).then(() => clock.sleep(20)));
    expect(seen).toEqual([10]);
  });

  it("passes a rejection on", async () => {
    const clock = new SimulatedClock(0);
    await expect(clock.drive(Promise.reject(new Error("no")))).rejects.toThrow("no");
  });

  it("complains where everything waits for ever", async () => {
    const clock = new SimulatedClock(0, 50);
    await expect(clock.drive(new Promise(() => undefined))).rejects.toThrow(/nothing is to come/);
  });
});

describe("an exchange", () => {
  /** What comes of one read of the app's list under a fault, and how long it takes. */
  async function read(fault: FaultKind | null, timeoutMs = 10_000, cancelAfterMs?: number) {
    const sim = new Simulation({ latencyMs: 50 });
    if (fault !== null) sim.fault({ route: "list", ...fault });
    const controller = new AbortController();
    if (cancelAfterMs !== undefined) sim.after(cancelAfterMs, () => controller.abort());
    const request = {
      method: "GET",
      url: `${sim.apiUrl}/apps/${sim.world.appId}/cvms`,
      headers: { "x-api-key": sim.apiKey, "x-phala-version": "2026-01-21" },
      timeoutMs,
      signal: controller.signal,
    } as const;
    const work = exchange(sim.clock, sim.server, request).catch((error: unknown) => error);
    const result = await sim.clock.drive(work);
    const tookMs = sim.clock.now() - sim.startAt;
    const end =
      result instanceof NetworkError ? result.kind : (result as { status: number }).status;
    return { end, tookMs };
  }

  it.each<[string, FaultKind | null, string | number, number]>([
    ["no fault", null, 200, 100],
    ["a reset", { kind: "drop", when: "before" }, "reset", 100],
    ["a reset after the work", { kind: "drop", when: "after" }, "reset", 100],
    ["silence", { kind: "hang", when: "before" }, "timeout", 10_000],
    ["silence after the work", { kind: "hang", when: "after" }, "timeout", 10_000],
    ["late work", { kind: "late", afterMs: 1_000 }, "timeout", 10_000],
    ["a delay", { kind: "delay", ms: 3_000 }, 200, 3_100],
    ["too long a delay", { kind: "delay", ms: 30_000 }, "timeout", 10_000],
    ["a status", { kind: "status", when: "before", status: 503 }, 503, 100],
    ["half an answer", { kind: "cut" }, "cut-off", 100],
    ["no end", { kind: "endless" }, "too-large", 100],
    ["11 MiB", { kind: "huge", bytes: 11 * 1024 * 1024 }, "too-large", 100],
    ["9 MiB", { kind: "huge", bytes: 9 * 1024 * 1024 }, 200, 100],
    ["drops of bytes", { kind: "drip", ms: 60_000 }, "timeout", 10_000],
    ["garbage", { kind: "garbage", form: "text" }, 200, 100],
    ["a redirect", { kind: "redirect", location: "https://elsewhere.invalid" }, 307, 100],
    ["nothing", { kind: "empty" }, 200, 100],
  ])("with %s", async (_name, fault, end, tookMs) => {
    expect(await read(fault)).toEqual({ end, tookMs });
  });

  it("ends when it is cancelled, whatever the server does", async () => {
    const hang = { kind: "hang", when: "before" } as const;
    expect(await read(hang, 10_000, 2_000)).toEqual({ end: "cancelled", tookMs: 2_000 });
  });

  it("is not found at any other host", async () => {
    const sim = new Simulation();
    const request = {
      method: "GET",
      url: "https://else.invalid/",
      headers: {},
      timeoutMs: 1,
    } as const;
    await expect(sim.clock.drive(exchange(sim.clock, sim.server, request))).rejects.toMatchObject({
      kind: "unresolved",
    });
  });
});

describe("a process", () => {
  it("works on at the server after it was killed, and writes nothing more", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "delay", ms: 5_000 });
    const process = sim.start();
    sim.after(1_000, () => process.kill());
    const main = await process.finished;
    expect([main.exitCode, main.tookMs, sim.replicas().length]).toEqual([null, 1_000, 0]);
    const written = JSON.stringify(main.runner);
    await sim.pass(60_000);
    expect(sim.replicas()).toHaveLength(1);
    expect(JSON.stringify(main.runner)).toBe(written);
    // What it put out at its very start.
    expect(main.runner.outputs).toEqual({
      replicas: "[]",
      endpoints: "[]",
      instance_urls: "[]",
      vm_uuids: "[]",
    });
  });

  it("has its key taken out of what a server repeats", async () => {
    const sim = new Simulation();
    const body = JSON.stringify({ detail: `bad key ${sim.apiKey}` });
    sim.fault({ route: "list", kind: "status", when: "before", status: 401, body });
    const main = await sim.main();
    expect(main.runner.masks).toContain(sim.apiKey);
    expect(JSON.stringify([main.runner.entries, main.runner.outputs])).not.toContain(sim.apiKey);
    expect(main.exitCode).toBe(1);
  });

  it("tells the same story for the same seed, and another one for another", async () => {
    const story = async (seed: number) => {
      const sim = new Simulation({ seed, bootMs: 30_000 });
      sim.fault({
        route: "create",
        kind: "status",
        when: "before",
        status: 503,
        headers: { "retry-after": "1" },
      });
      sim.fault({ route: "list", nth: 1, kind: "drop", when: "before" });
      const main = await sim.main({ count: "3", health_check: "/", cleanup: "always" });
      const post = await sim.post(main);
      return JSON.stringify([main.runner.entries, main.runner.outputs, post.runner.entries]);
    };
    const [first, again, other] = [await story(7), await story(7), await story(8)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it("shares its time with another one", async () => {
    const sim = new Simulation({ bootMs: 20_000 });
    const inputs = { compose_hash: sim.world.source.composeHash };
    const [one, two] = [sim.start(inputs), sim.start(inputs)];
    const ends = await Promise.all([one.finished, two.finished]);
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    for (const { tookMs } of ends) expect(tookMs).toBeLessThan(25_000);
    expect(sim.replicas()).toHaveLength(2);
  });
});
