/** What the log tells during a long wait: changes, a heartbeat, and no spam. */
import { describe, expect, it, jest } from "@jest/globals";
import { type Result, Simulation } from "../../../support/simulated/simulation.ts";
import {
  HOUR,
  MINUTE,
  NEVER,
  SECOND,
  textsOf,
  waitBegan,
} from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const BOOT = 60 * SECOND;

/** The lines on the first replica's states. */
function changesOf(sim: Simulation, main: Result): string[] {
  const { name } = sim.replica(0);
  return textsOf(main, "info").filter(
    (text) => text.startsWith(`${name}: `) && text.includes(", "),
  );
}

describe("progress", () => {
  it("is told once a change, with the time since creation, and nothing else", async () => {
    const sim = new Simulation({ bootMs: 8 * MINUTE });
    const main = await sim.main();
    const lines = changesOf(sim, main);
    expect(new Set(lines).size).toBe(lines.length);
    // Eight phrases, provisioning to starting, running.
    expect(lines.length).toBeGreaterThanOrEqual(9);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines[0]).toMatch(/: provisioning \(init-script\), 2 s$/);
    expect(lines.at(-1)).toMatch(/: running, 7 min \d+ s$/);
    const beats = textsOf(main, "info").filter((text) => text.startsWith("Still waiting"));
    expect(beats).toHaveLength(8);
    expect(textsOf(main, "info").length).toBeLessThan(lines.length + beats.length + 6);
  });

  it("shows a boot error when it comes and that it has gone", async () => {
    const steps = [
      { atMs: 20_000, bootError: "gateway refused" },
      { atMs: 23_000, bootError: null },
    ];
    const sim = new Simulation({ replicaPlans: [{ bootMs: BOOT, steps }] });
    const lines = changesOf(sim, await sim.main());
    const at = lines.findIndex((text) => text.includes("boot error: gateway refused"));
    expect(at).toBeGreaterThan(0);
    expect(lines.slice(at + 1).some((text) => text.includes("boot error"))).toBe(false);
    expect(lines.length).toBeGreaterThan(at + 1);
  });

  it("is told for each of ten replicas by its name", async () => {
    const sim = new Simulation({ bootMs: BOOT });
    const main = await sim.main({ count: "10" });
    for (const { name } of sim.replicas()) {
      const own = textsOf(main, "info").filter((text) => text.startsWith(`${name}: `));
      expect(own.some((text) => text.includes(": running, "))).toBe(true);
    }
  });
});

describe("the heartbeat", () => {
  /** Times of the lines since the waiting began, in ms. */
  const beats = (main: Awaited<ReturnType<Simulation["main"]>>) =>
    main.runner.entries
      .filter(({ text }) => text.startsWith("Still waiting"))
      .map(({ at }) => at - waitBegan(main));

  it.each([
    ["2s", 10, {}],
    ["45s", 10, {}],
    ["5m", 10, {}],
    ["1h", 150, {}],
    ["2s", 10, { request_timeout: "9m" }],
  ] as const)(
    "comes each minute with a poll_interval of %s over %s min, %j",
    async (poll, minutes, more) => {
      const sim = new Simulation(NEVER);
      // A look that hangs must not make the step look dead either.
      if ("request_timeout" in more) {
        sim.fault({ route: "batch", kind: "hang", when: "before", times: "always" });
      }
      const inputs = { poll_interval: poll, wait_timeout: `${minutes}m`, ...more };
      const main = await sim.main(inputs);
      const times = beats(main);
      expect(times.length).toBeGreaterThanOrEqual(minutes - 2);
      expect(times.length).toBeLessThanOrEqual(minutes);
      const gaps = [0, ...times].map((at, index, all) => (all[index + 1] ?? 10 * HOUR) - at);
      // A minute, or the next look after it.
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(58 * SECOND);
      expect(Math.max(...gaps.slice(0, -1))).toBeLessThan(63 * SECOND);
    },
  );

  it("tells how many are waited for, their names, the time spent and the limit", async () => {
    const sim = new Simulation({ ...NEVER, replicaPlans: [{ bootMs: SECOND }] });
    const main = await sim.main({ count: "3", wait_timeout: "150s" });
    const [first = "", second = ""] = textsOf(main, "info").filter((t) => t.startsWith("Still"));
    for (const index of [1, 2]) expect(first).toContain(sim.replica(index).name);
    expect(first).not.toContain(sim.replica(0).name);
    expect(first).toMatch(/2 of 3 .*: 1 min( \d s)? of at most 2 min 30 s/);
    expect(second).toMatch(/: 2 min( \d s)? of at most 2 min 30 s/);
  });

  it("is left out of a wait of less than a minute", async () => {
    const sim = new Simulation({ bootMs: 55 * SECOND });
    const main = await sim.main();
    expect(main.exitCode).toBe(0);
    expect(beats(main)).toEqual([]);
  });
});
