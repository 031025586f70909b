/** A look that fails is never the verdict; an API without the status route is no reason to fail. */
import { describe, expect, it, jest } from "@jest/globals";
import { Simulation } from "../../../support/simulated/simulation.ts";
import {
  checkMain,
  HOUR,
  MINUTE,
  replicasOf,
  SECOND,
  textsOf,
  waited,
} from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const BOOT = 60 * SECOND;

describe("looks that fail", () => {
  const bad = [
    ["HTTP 500", { kind: "status", when: "before", status: 500 }],
    [
      "HTTP 503 with Retry-After",
      { kind: "status", when: "before", status: 503, headers: { "retry-after": "3600" } },
    ],
    ["HTTP 403", { kind: "status", when: "before", status: 403 }],
    ["HTTP 429", { kind: "status", when: "before", status: 429 }],
    ["resets", { kind: "drop", when: "before" }],
    ["silence", { kind: "hang", when: "before" }],
    ["half an answer", { kind: "cut" }],
    ["HTML", { kind: "garbage", form: "html" }],
    ["an empty list", { kind: "garbage", form: "array" }],
    ["null", { kind: "garbage", form: "null" }],
    ["a number", { kind: "garbage", form: "number" }],
    ["another object", { kind: "garbage", form: "object" }],
    ["broken UTF-8", { kind: "garbage", form: "utf8" }],
    ["deep nesting", { kind: "garbage", form: "deep" }],
    ["nothing", { kind: "empty" }],
    ["far too much", { kind: "huge", bytes: 50_000_000 }],
    ["a redirect", { kind: "redirect", location: "https://elsewhere.invalid/" }],
  ] as const;

  it.each(bad)("%s, again and again: waiting goes on", async (name, fault) => {
    const sim = new Simulation({ bootMs: BOOT });
    sim.fault({ route: "batch", nth: 2, times: 8, ...fault });
    sim.fault({ route: "list", nth: 2, times: 3, ...fault });
    const main = await sim.main({ request_timeout: "10s" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "created", status: "running" });
    expect(main.runner.outputs.instance_url).not.toBe("");
    // Said, but not at each look; a route that is refused is left alone without a word.
    const said = textsOf(main).filter((text) => text.includes("Still waiting."));
    expect(said.length > 0).toBe(name !== "HTTP 403");
    expect(said.length).toBeLessThanOrEqual(3);
  });

  it.each(bad)("%s until the deadline: a timeout, not a boot failure", async (_name, fault) => {
    const sim = new Simulation({ bootMs: 20 * SECOND });
    sim.fault({ route: "batch", nth: 2, times: "always", ...fault });
    sim.fault({ route: "list", nth: 2, times: "always", ...fault });
    sim.fault({ route: "cvm", times: "always", ...fault });
    const main = await sim.main({ wait_timeout: "1m" });
    checkMain(sim, main);
    expect(waited(main)).toBe(MINUTE);
    expect(main.runner.outputs).toMatchObject({ outcome: "timeout", error_code: "TIMEOUT" });
  });

  it("at the list alone, for ever: said once, and still one request a look", async () => {
    const sim = new Simulation({ bootMs: 10 * SECOND, replicaPlans: [{ endpointsNever: true }] });
    const status = { kind: "status", when: "before", status: 500, times: "always" } as const;
    sim.fault({ route: "list", nth: 2, ...status });
    const main = await sim.main({ wait_timeout: "4m" });
    checkMain(sim, main);
    const said = textsOf(main).filter((text) => text.includes("Still waiting."));
    expect(said).toHaveLength(1);
    const looks = sim.timesOf("batch", "list").slice(1);
    expect(looks.length).toBeGreaterThan(30);
    // One more where the replica came to run.
    expect(looks.length).toBeLessThanOrEqual((75 * SECOND) / (2 * SECOND) + 1);
    // It runs all the same, as the status route says; its own row has no URL either.
    expect(main.runner.outputs).toMatchObject({ outcome: "created", status: "running" });
    expect(textsOf(main, "warning").join()).toMatch(/NO_URL.*no endpoint/);
  });

  it("a row that is missing from one look only is no deletion", async () => {
    const sim = new Simulation({ bootMs: BOOT });
    for (const nth of [3, 5, 7]) {
      sim.fault({ route: "batch", nth, kind: "status", when: "before", status: 200, body: "{}" });
    }
    const main = await sim.main();
    expect(main.runner.outputs.outcome).toBe("created");
  });
});

describe("one route that is out of order for ever", () => {
  const kinds = [
    ["HTTP 400", { kind: "status", when: "before", status: 400 }],
    ["HTTP 403", { kind: "status", when: "before", status: 403 }],
    ["HTTP 500", { kind: "status", when: "before", status: 500 }],
    ["an empty object", { kind: "status", when: "before", status: 200, body: "{}" }],
    ["a web page", { kind: "garbage", form: "html" }],
  ] as const;

  it.each(kinds)("the status route (%s): the list tells that it runs", async (_name, fault) => {
    const sim = new Simulation({ bootMs: 20 * SECOND });
    sim.fault({ route: "batch", times: "always", ...fault });
    const main = await sim.main();
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "created", status: "running" });
    expect(main.runner.outputs.instance_url).not.toBe("");
    expect(waited(main)).toBeLessThan(26 * SECOND);
  });

  it("the list is refused: each replica's own row tells its URL, and it is checked", async () => {
    const sim = new Simulation({ bootMs: 20 * SECOND });
    sim.fault({ route: "list", kind: "status", when: "before", status: 403, times: "always" });
    const compose_hash = sim.world.source.composeHash;
    const main = await sim.main({ health_check: "/", count: "2", compose_hash });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "created", status: "running" });
    for (const { instance_url } of replicasOf(main.runner.outputs))
      expect(instance_url).toMatch(/^https/);
    expect(waited(main)).toBeLessThan(30 * SECOND);
  });
});

describe("an API without the status route", () => {
  const gone = { route: "batch", times: "always", kind: "status", when: "before" } as const;

  it.each([404, 405, 501])(
    "HTTP %s: the list stands in for it, and it is asked once",
    async (status) => {
      const sim = new Simulation({ bootMs: BOOT });
      sim.fault({ ...gone, status });
      const main = await sim.main({ count: "3", health_check: "/" });
      checkMain(sim, main);
      expect(main.runner.outputs).toMatchObject({ outcome: "created", status: "running" });
      expect(sim.timesOf("batch")).toHaveLength(1);
      const looks = sim.timesOf("list").slice(1);
      expect(looks.length).toBeGreaterThan(20);
      const pauses = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(2 * SECOND);
    },
  );

  it.each([
    ["exited", { steps: [{ atMs: 20_000, status: "exited" }] }, "failed", "BOOT"],
    ["stopped", { steps: [{ atMs: 20_000, status: "stopped" }] }, "failed", "BOOT"],
    ["deleted", { removedAfterMs: 20_000 }, "failed", "BOOT"],
    ["slow", { bootMs: HOUR }, "timeout", "TIMEOUT"],
  ])("%s is still told apart", async (_name, plan, outcome, code) => {
    const sim = new Simulation({ replicaPlans: [{ bootMs: BOOT, ...plan }] });
    sim.fault({ ...gone, status: 404 });
    const main = await sim.main({ wait_timeout: "5m" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome, error_code: code });
  });
});
