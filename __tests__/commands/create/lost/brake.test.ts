/** When a run sends no further create request: after two of unknown fate, and after a no to the whole run. */
import { describe, expect, it } from "@jest/globals";
import type { FaultKind } from "../../../../simulator/faults.ts";
import { Simulation } from "../../../support/simulated/simulation.ts";
import { create, entriesOf, errorOf, existing, postsOf } from "../../../support/simulated-runs.ts";

const CUT: FaultKind = { kind: "drop", when: "before" };
const FORBIDDEN: FaultKind = { kind: "status", when: "before", status: 403 };

function answer(status: number, code: string | null): FaultKind {
  const body = code === null ? {} : { body: JSON.stringify({ error_code: code, message: "no" }) };
  return { kind: "status", when: "before", status, ...body };
}

describe("after two requests in a row whose fate is unknown no further one is sent", () => {
  it("and nothing to search with: 98 of 100 are a number", async () => {
    const sim = new Simulation();
    sim.fault({ route: "list", times: "always", ...FORBIDDEN });
    sim.fault({ route: "create", times: "always", ...CUT });
    const main = await create(sim, { count: "100" });
    expect(postsOf(sim)).toHaveLength(2);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "AMBIGUOUS"]);
    expect(entriesOf(main)).toHaveLength(100);
    expect(entriesOf(main)[2]?.error).toMatch(/^Not asked for: what came of 2 requests in a row/);
    const error = errorOf(main);
    expect(error).toMatch(/2 of 100 replicas failed, 98 more were not asked for/);
    expect(error.match(/Not asked for/g)).toHaveLength(1);
    expect(error).not.toMatch(/replica (3|50|100)\b(?! of)/);
    expect(error.length).toBeLessThan(4_096);
  });

  it("although they were searched for", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", times: "always", ...CUT });
    const main = await create(sim, { count: "4" });
    expect(postsOf(sim)).toHaveLength(2);
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual(Array(4).fill("failed"));
  });

  it("also where both may have been made", async () => {
    const sim = new Simulation();
    sim.fault({ route: "list", nth: 2, times: "always", ...FORBIDDEN });
    sim.fault({ route: "create", times: "always", kind: "drop", when: "after" });
    const main = await create(sim, { count: "4" });
    expect([postsOf(sim).length, existing(sim).length]).toEqual([2, 2]);
    expect(main.runner.outputs.error_code).toBe("AMBIGUOUS");
  });

  it("one that is found between is no such", async () => {
    const sim = new Simulation();
    for (const nth of [1, 3]) sim.fault({ route: "create", nth, ...CUT });
    sim.fault({ route: "create", nth: 2, kind: "drop", when: "after" });
    const main = await create(sim, { count: "4" });
    expect(postsOf(sim)).toHaveLength(4);
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual([
      "failed",
      "adopted",
      "failed",
      "created",
    ]);
  });
});

describe("after an answer about the whole run no further request is sent", () => {
  it.each([
    ["balance", 400, "ERR-04-001"],
    ["number of CVMs", 400, "ERR-04-002"],
    ["limit of resources", 403, "ERR-04-003"],
    ["quota", 400, "ERR-02-015"],
    ["the source is not visible", 404, "ERR-03-008"],
    ["no access", 403, null],
    ["nothing paid", 402, null],
    ["a rejected key", 401, null],
    ["a redirect", 307, null],
  ])("%s: %i %s", async (_name, status, code) => {
    const sim = new Simulation();
    sim.fault({ route: "create", times: "always", ...answer(status, code) });
    const main = await create(sim, { count: "4" });
    expect(postsOf(sim)).toHaveLength(1);
    expect(main.exitCode).toBe(1);
    expect(main.runner.outputs.error_code).toBe(code ?? `HTTP-${status}`);
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual(Array(4).fill("failed"));
    expect(errorOf(main)).toMatch(/1 of 4 replicas failed, 3 more were not asked for/);
  });

  it.each([
    ["a rate limit", 429, {}],
    ["an API that is away", 503, { "retry-after": "5" }],
  ])("%s, once its tries are used up", async (_name, status, headers) => {
    const sim = new Simulation();
    sim.fault({
      route: "create",
      times: "always",
      kind: "status",
      when: "before",
      status,
      headers,
    });
    const main = await create(sim, { count: "4" });
    const [tries] = [postsOf(sim).length];
    expect(tries).toBeGreaterThan(1);
    expect(tries).toBeLessThanOrEqual(6);
    expect(main.runner.outputs.error_code).toBe(`HTTP-${status}`);
    expect(main.tookMs).toBeLessThan(100_000);
    expect(errorOf(main)).toMatch(/3 more were not asked for/);
  });

  it("what was made before it stays, and is named", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", nth: 3, times: "always", ...answer(400, "ERR-04-001") });
    const main = await create(sim, { count: "5" });
    expect([postsOf(sim).length, existing(sim).length]).toEqual([3, 2]);
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "ERR-04-001" });
    for (const uuid of existing(sim)) expect(errorOf(main)).toContain(uuid);
  });

  it.each([
    ["vCPUs", "ERR-02-003"],
    ["slots", "ERR-02-005"],
    ["incompatible with another configuration", "ERR-03-007"],
    ["a code that nobody knows", "ERR-98-001"],
  ])("one about a node or a request stops only its own replica: %s", async (_name, code) => {
    const sim = new Simulation();
    sim.fault({ route: "create", ...answer(400, code) });
    const main = await create(sim, { count: "4" });
    expect([postsOf(sim).length, existing(sim).length]).toEqual([4, 3]);
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: code });
  });
});
