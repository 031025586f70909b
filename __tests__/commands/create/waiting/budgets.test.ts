/** How long single requests, searches and deletions are allowed to take, in simulated time. */
import { describe, expect, it, jest } from "@jest/globals";
import { Simulation } from "../../../support/simulated/simulation.ts";
import { checkMain, checkPost, MINUTE, SECOND, WAY } from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

describe("requests", () => {
  it.each([
    ["not given", {}, MINUTE],
    ["5s", { request_timeout: "5s" }, 5 * SECOND],
    ["4m", { request_timeout: "4m" }, 4 * MINUTE],
  ] as const)(
    "request_timeout %s ends a create that hangs, then 30 s of looks",
    async (_n, inputs, ms) => {
      const sim = new Simulation({ latencyMs: WAY });
      sim.fault({ route: "create", kind: "hang", when: "before" });
      const main = await sim.main(inputs);
      checkMain(sim, main);
      const [sent = 0] = sim.timesOf("create");
      const looks = sim.timesOf("list").slice(1);
      expect((looks[0] ?? 0) - sent).toBe(ms + 300);
      const searched = main.tookMs - sent - ms;
      expect(searched).toBeGreaterThanOrEqual(30 * SECOND);
      expect(searched).toBeLessThan(33 * SECOND);
      expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "AMBIGUOUS" });
      expect(sim.timesOf("create")).toHaveLength(1);
    },
  );

  it.each([
    ["9 s in", 9 * SECOND, "created"],
    ["29 s in", 29 * SECOND, "created"],
    ["45 s in, which is too late", 45 * SECOND, "failed"],
  ])("a replica that shows up %s", async (_name, listLagMs, outcome) => {
    const sim = new Simulation({ listLagMs, bootMs: SECOND });
    sim.fault({ route: "create", kind: "drop", when: "after" });
    const main = await sim.main({ wait: "false" });
    checkMain(sim, main);
    expect(main.runner.outputs.outcome).toBe(outcome);
    expect(sim.replicas()).toHaveLength(1);
  });

  it("a look that hangs ends at request_timeout, and the next one follows", async () => {
    const sim = new Simulation({ bootMs: 3 * SECOND });
    sim.fault({ route: "batch", kind: "hang", when: "before" });
    const main = await sim.main({ request_timeout: "20s" });
    const [first = 0] = sim.timesOf("batch");
    // What the one route failed to tell, the other is asked; the first look at the list came before it all.
    const second = sim.timesOf("list")[1] ?? 0;
    expect(second - first).toBe(22 * SECOND);
    expect(main.runner.outputs.outcome).toBe("created");
  });

  it.each([
    ["30", [30 * SECOND, 30 * SECOND]],
    ["59", [59 * SECOND]],
    ["61", []],
    ["3600", []],
  ] as const)(
    "Retry-After: %s is kept within 60 s in all, no longer waited for, and looked behind at last",
    async (text, waits) => {
      const sim = new Simulation({ latencyMs: 1 });
      const headers = { "retry-after": text };
      sim.fault({
        route: "create",
        kind: "status",
        when: "before",
        status: 503,
        headers,
        times: 9,
      });
      const main = await sim.main();
      checkMain(sim, main);
      const times = sim.timesOf("create");
      const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      expect(pauses.map((ms) => Math.floor(ms / SECOND) * SECOND)).toEqual(
        waits.slice(0, text === "30" ? 1 : 9),
      );
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(MINUTE);
      // An edge may have said so, and the origin gone on: a settle window after the last one.
      expect(main.tookMs).toBeLessThanOrEqual(MINUTE + 32 * SECOND);
      expect(main.runner.outputs.error_code).toBe("HTTP-503");
    },
  );
});

describe("the post step", () => {
  it("waits two minutes for a deletion that the platform accepted", async () => {
    const sim = new Simulation({ replicaPlans: [{ deleteStuck: true }] });
    const main = await sim.main({ cleanup: "always" });
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(1);
    expect(post.tookMs).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(post.tookMs).toBeLessThan(2 * MINUTE + 5 * SECOND);
  });

  it.each([
    ["5s", 5 * SECOND, 0],
    ["110s", 110 * SECOND, 0],
    ["130s", 130 * SECOND, 1],
  ])("sees a deletion that takes %s", async (_name, removeMs, exitCode) => {
    const sim = new Simulation({ removeMs });
    const post = await sim.post(await sim.main({ cleanup: "always" }));
    checkPost(sim, post);
    expect(post.exitCode).toBe(exitCode);
    // Two looks in a row have to show that it is gone, 2 s apart.
    expect(post.tookMs - Math.min(removeMs, 2 * MINUTE)).toBeLessThan(5 * SECOND);
  });
});
