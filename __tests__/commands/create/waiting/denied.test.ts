/** A 401 or 403 while waiting ends nothing on one route's word alone. */
import { describe, expect, it, jest } from "@jest/globals";
import type { Fault } from "../../../../simulator/core.ts";
import { Simulation } from "../../../support/simulated/simulation.ts";
import {
  checkMain,
  errorOf,
  MINUTE,
  replicasOf,
  SECOND,
  textsOf,
  waited,
} from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const BOOT = 20 * SECOND;

type Target = Pick<Fault, "route" | "nth" | "times">;

function denied(status: number, ...targets: readonly Target[]): Simulation {
  const sim = new Simulation({ bootMs: BOOT });
  for (const target of targets) sim.fault({ kind: "status", when: "before", status, ...target });
  return sim;
}

const count = (sim: Simulation, ...routes: readonly string[]) => sim.timesOf(...routes).length;

describe.each([401, 403])("HTTP %s", (status) => {
  it.each<[string, readonly Target[]]>([
    ["the batch status route alone, always", [{ route: "batch", times: "always" }]],
    ["the batch status route, once", [{ route: "batch", nth: 2 }]],
    ["the list alone, always", [{ route: "list", nth: 2, times: "always" }]],
    ["the list, once", [{ route: "list", nth: 2 }]],
    [
      "the batch status route and the list, in turn",
      [
        { route: "batch", nth: 3 },
        { route: "list", nth: 3 },
      ],
    ],
  ])("from %s: made sure of elsewhere, and green", async (_name, targets) => {
    const sim = denied(status, ...targets);
    const main = await sim.main({ count: "2", compose_hash: sim.world.source.composeHash });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "created", status: "running" });
    for (const { instance_url } of replicasOf(main.runner.outputs))
      expect(instance_url).toMatch(/^https/);
    expect(textsOf(main, "warning")).toEqual([]);
    expect(waited(main)).toBeLessThan(BOOT + 8 * SECOND);
  });

  it("a route that denies twice in a row is asked no more", async () => {
    const sim = denied(status, { route: "batch", times: "always" });
    await sim.main();
    expect(count(sim, "batch")).toBe(2);
  });

  it("one that denies now and then is", async () => {
    const sim = denied(status, { route: "batch", nth: 2 }, { route: "batch", nth: 4 });
    await sim.main();
    expect(count(sim, "batch")).toBeGreaterThan(6);
  });
});

describe("HTTP 401 from all routes", () => {
  const all = (nth: number): Target[] => [
    { route: "batch", nth, times: "always" },
    { route: "list", nth: 2, times: "always" },
    { route: "cvm", times: "always" },
  ];

  it("ends the wait at once, for all, and names the key", async () => {
    const sim = denied(401, ...all(3));
    const main = await sim.main({ count: "2" });
    checkMain(sim, main);
    expect(waited(main)).toBeLessThan(8 * SECOND);
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "HTTP-401" });
    expect(errorOf(main)).toMatch(/API key was rejected/);
    expect(count(sim, "batch")).toBe(3);
    // The second witness.
    expect(count(sim, "list")).toBe(2);
    expect(replicasOf(main.runner.outputs).map(({ vm_uuid }) => vm_uuid)).toEqual(
      sim.replicas().map(({ vmUuid }) => vmUuid),
    );
  });

  it.each<[string, readonly Target[], number]>([
    ["without the batch status route", [{ route: "batch", times: "always" }], 404],
    ["without the list", [{ route: "list", nth: 2, times: "always" }], 403],
  ])("%s too", async (_name, missing, status) => {
    const sim = denied(status, ...missing);
    const name = (route: string) => missing.some((one) => one.route === route);
    for (const target of all(5).filter(({ route }) => !name(route)))
      sim.fault({ ...target, kind: "status", when: "before", status: 401 });
    const main = await sim.main({ wait_timeout: "5m" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "HTTP-401" });
    expect(waited(main)).toBeLessThan(MINUTE);
  });

  it("a route that was given up is a witness too", async () => {
    // Only the replica's own row is left; then the key is revoked.
    const sim = denied(404, { route: "batch", times: "always" });
    const list = { route: "list", kind: "status", when: "before" } as const;
    sim.fault({ ...list, nth: 2, times: 1, status: 404 });
    sim.fault({ ...list, nth: 3, times: "always", status: 401 });
    sim.fault({
      route: "cvm",
      nth: 4,
      times: "always",
      kind: "status",
      when: "before",
      status: 401,
    });
    const main = await sim.main({ wait_timeout: "5m" });
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "HTTP-401" });
    expect(count(sim, "list")).toBe(3);
  });
});

it("HTTP 403 from all routes: waited on to the end, since a word on a role is none on the replica", async () => {
  const always = (route: string, nth = 1): Target => ({ route, nth, times: "always" });
  const sim = denied(403, always("batch"), always("list", 2), always("cvm"));
  const main = await sim.main({ wait_timeout: "1m" });
  checkMain(sim, main);
  expect(waited(main)).toBe(MINUTE);
  expect(main.runner.outputs).toMatchObject({ outcome: "timeout", error_code: "TIMEOUT" });
});

describe("the batch status route", () => {
  it.each([35, 55])("may take %s s: request_timeout is its deadline", async (seconds) => {
    const sim = new Simulation({ bootMs: 30 * SECOND });
    sim.fault({ route: "batch", times: "always", kind: "delay", ms: seconds * SECOND });
    const main = await sim.main();
    checkMain(sim, main);
    expect(main.runner.outputs).toMatchObject({ outcome: "created", status: "running" });
    expect(textsOf(main).join("\n")).not.toMatch(/Could not read/);
    expect(count(sim, "batch")).toBeLessThanOrEqual(2);
  });
});
