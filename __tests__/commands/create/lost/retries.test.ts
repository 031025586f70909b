/** How creates that were put off are tried again, in simulated time: the waits, their bounds, what is said. */
import { describe, expect, it } from "@jest/globals";
import type { Fault } from "../../../../simulator/core.ts";
import { Simulation } from "../../../support/simulated/simulation.ts";
import {
  create,
  errorOf,
  gaps,
  logOf,
  namedIn,
  postsOf,
  SECOND,
} from "../../../support/simulated-runs.ts";

const TRIP = 20;
/** An answer, and the look at the app before the next try. */
const TRIP_AND_LOOK = 2 * TRIP;

function busy(headers: Record<string, string> = {}, status = 429): Fault {
  return { route: "create", kind: "status", when: "before", status, headers, times: "always" };
}

describe("a create that is put off, again and again", () => {
  it.each([1, 2, 3, 4, 5])("backs off exponentially with jitter (seed %i)", async (seed) => {
    const sim = new Simulation({ seed });
    sim.fault(busy());
    const main = await create(sim);
    const times = sim.timesOf("create");
    expect(times).toHaveLength(6);
    for (const [index, gap] of gaps(times).entries()) {
      const full = 500 * 2 ** index;
      // What it may have made needs a moment to show.
      const waited = gap - TRIP_AND_LOOK;
      expect(waited).toBeGreaterThanOrEqual(Math.max(2 * SECOND, full / 2));
      expect(waited).toBeLessThanOrEqual(Math.max(2 * SECOND, full));
    }
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(60 * SECOND);
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "HTTP-429" });
    expect(errorOf(main)).toMatch(/Given up after 6 tries/);
    expect(logOf(main).match(/if nothing new is there, try \d follows in/g)).toHaveLength(5);
    const post = await sim.post(main);
    expect([post.exitCode, namedIn(post)]).toEqual([0, []]);
  });

  it("waits differently from run to run", async () => {
    const waits = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const sim = new Simulation({ seed });
        sim.fault(busy());
        await create(sim);
        return gaps(sim.timesOf("create")).join();
      }),
    );
    expect(new Set(waits).size).toBe(3);
  });

  it("goes on within 60 s in all where the server names the waits", async () => {
    const sim = new Simulation();
    sim.fault(busy({ "retry-after": "25" }));
    const main = await create(sim);
    const waits = gaps(sim.timesOf("create")).map((gap) => gap - TRIP_AND_LOOK);
    expect(waits).toEqual([25_000, 25_000]);
    expect(errorOf(main)).toMatch(/asks to wait 25 s, which is longer than this step waits/);
    expect(main.tookMs).toBeLessThanOrEqual(60 * SECOND);
  });

  it.each([
    ["seconds", { "retry-after": "7" }, 7_000, {}],
    ["a date", { "retry-after": "{now+7}" }, 7_000, {}],
    [
      "a date, the server's clock 3 h ahead",
      { "retry-after": "{now+7}" },
      7_000,
      { clockSkewMs: 10_800_000 },
    ],
    [
      "a date, the server's clock 3 h slow",
      { "retry-after": "{now+7}" },
      7_000,
      { clockSkewMs: -10_800_000 },
    ],
  ] as const)("obeys Retry-After in %s", async (_name, headers, waitMs, world) => {
    const sim = new Simulation(world);
    sim.fault({ ...busy(headers), times: 1 });
    const main = await create(sim);
    const [gap] = gaps(sim.timesOf("create"));
    // A date has whole seconds only.
    expect(Math.abs((gap ?? 0) - TRIP_AND_LOOK - waitMs)).toBeLessThan(SECOND);
    expect(logOf(main)).toMatch(/try 2 follows in [678](\.\d)? s/);
    expect(main.runner.outputs.outcome).toBe("created");
  });

  it.each([
    ["a date that has passed", "{now-30}"],
    ["0 seconds", "0"],
  ])("tries again soon after Retry-After of %s", async (_name, after) => {
    const sim = new Simulation();
    sim.fault({ ...busy({ "retry-after": after }), times: 1 });
    const main = await create(sim);
    expect(main.runner.outputs.outcome).toBe("created");
    expect(main.tookMs).toBeLessThan(3 * SECOND);
  });

  it.each([
    ["61 seconds", "61", "1 min 1 s"],
    ["a day", "86400", "24 h"],
    ["a date in two hours", "{now+7200}", "2 h"],
  ])("gives up at once when asked to wait %s, and names the wait", async (_name, after, named) => {
    const sim = new Simulation();
    sim.fault(busy({ "retry-after": after }));
    const main = await create(sim);
    expect(postsOf(sim)).toHaveLength(1);
    expect(main.tookMs).toBeLessThan(2 * SECOND);
    expect(errorOf(main)).toContain(`asks to wait ${named}, which is longer than this step waits`);
    expect(main.runner.outputs.error_code).toBe("HTTP-429");
  });

  it("keeps a budget for each replica, and asks for no further one once it is used up", async () => {
    const sim = new Simulation();
    sim.fault({ ...busy(), nth: 2, times: 3 });
    sim.fault({ ...busy(), nth: 6, times: 6 });
    const main = await create(sim, { count: "5" });
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "HTTP-429" });
    expect(sim.replicas()).toHaveLength(2);
    expect(postsOf(sim)).toHaveLength(11);
    expect(errorOf(main)).toMatch(/1 of 5 replicas failed, 2 more were not asked for/);
  });

  it("is searched for when a later try's answer is lost, and not sent again", async () => {
    const sim = new Simulation();
    sim.fault({ ...busy(), times: 2 });
    sim.fault({ route: "create", nth: 3, kind: "drop", when: "after" });
    const main = await create(sim);
    expect(postsOf(sim)).toHaveLength(3);
    expect(main.runner.outputs.outcome).toBe("created");
    expect(sim.replicas()).toHaveLength(1);
  });
});

describe("the first look", () => {
  it.each([
    ["429", { status: 429 }],
    ["500", { status: 500 }],
    ["503", { status: 503 }],
    ["408", { status: 408 }],
  ])("is tried again after %s, each wait logged", async (_name, { status }) => {
    const sim = new Simulation();
    sim.fault({ route: "list", kind: "status", when: "before", status, times: 3 });
    const main = await create(sim);
    expect(sim.timesOf("list")).toHaveLength(4);
    expect(logOf(main).match(/Could not list the app's CVMs: .* Try \d follows in/g)).toHaveLength(
      3,
    );
    expect(main.runner.outputs.outcome).toBe("created");
    expect(logOf(main)).not.toMatch(/Going on without/);
  });

  it("does not hold a run up for more than a minute or so", async () => {
    const sim = new Simulation();
    sim.fault({ route: "list", kind: "hang", when: "before", times: "always" });
    const main = await create(sim);
    expect(main.runner.outputs.outcome).toBe("created");
    expect(main.tookMs).toBeLessThanOrEqual(62 * SECOND);
  });
});

describe("the budget of 60 s", () => {
  it.each(["10s", "25s", "40s"])(
    "holds for all tries and waits of the first look together (request_timeout %s)",
    async (timeout) => {
      const sim = new Simulation();
      sim.fault({ route: "list", kind: "hang", when: "before", times: "always" });
      await create(sim, { request_timeout: timeout });
      const [createdAt = Number.NaN] = sim.timesOf("create");
      expect(createdAt).toBeLessThanOrEqual(60 * SECOND);
    },
  );
});
