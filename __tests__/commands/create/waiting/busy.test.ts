/** Deletions that are refused because the CVM is busy: asked for again, for at least a minute. */
import { describe, expect, it, jest } from "@jest/globals";
import { Simulation } from "../../../support/simulated/simulation.ts";
import { checkPost, errorOf, left, MINUTE, SECOND } from "../../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const coded = {
  body: JSON.stringify({ error_code: "ERR-03-007", message: "busy", details: [] }),
};

/** What the API may say, with a body or with none that says anything. */
const BUSY: readonly (readonly [string, number, { readonly body?: string }])[] = [
  ["423", 423, {}],
  ["409 without a code", 409, {}],
  ["409 with a code", 409, coded],
  ["400, while it starts", 400, {}],
  ["400 with a code", 400, coded],
  ["429", 429, {}],
  ["500", 500, {}],
  ["503", 503, {}],
  ["425", 425, {}],
];

describe("a CVM that is busy", () => {
  it.each(BUSY)("(%s) three times is deleted at the fourth", async (_name, status, body) => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ cleanup: "always" });
    const answer = { kind: "status", when: "before", status } as const;
    sim.fault({ route: "delete", times: 3, ...answer, ...body });
    const post = await sim.post(main);
    checkPost(sim, post);
    expect([post.exitCode, left(sim)]).toEqual([0, []]);
    expect(sim.timesOf("delete")).toHaveLength(4);
    expect(post.tookMs).toBeLessThan(15 * SECOND);
  });

  it.each(BUSY)("(%s) for a minute is deleted then", async (_name, status, body) => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ cleanup: "always" });
    const answer = { kind: "status", when: "before", status } as const;
    sim.fault({ route: "delete", times: "always", ...answer, ...body });
    sim.after(58 * SECOND, () => sim.server.faults.clear());
    const post = await sim.post(main);
    checkPost(sim, post);
    expect([post.exitCode, left(sim)]).toEqual([0, []]);
    const times = sim.timesOf("delete");
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    // Growing, with some chance in each, so that a busy platform is not hurried.
    expect(pauses[0]).toBeLessThan(SECOND);
    expect(Math.max(...pauses)).toBeGreaterThan(4 * SECOND);
    expect(times.length).toBeLessThan(14);
  });

  it.each([401, 403])("is not what %s says: that ends it at once", async (status) => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ cleanup: "always" });
    sim.fault({ route: "delete", kind: "status", when: "before", status, times: "always" });
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(1);
    expect(sim.timesOf("delete")).toHaveLength(1);
    expect(errorOf(post)).toContain(sim.replica(0).vmUuid);
    expect(post.tookMs).toBeLessThan(5 * SECOND);
  });

  it("among many does not hold the others up", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ cleanup: "always", count: "20" });
    for (const index of [0, 1, 2, 3, 4, 5, 6, 7, 8]) {
      const path = sim.replica(index).vmUuid;
      sim.fault({
        route: "delete",
        path,
        kind: "status",
        when: "before",
        status: 423,
        times: "always",
      });
    }
    const begun = sim.clock.now();
    const post = sim.post(main);
    await sim.pass(5 * SECOND);
    expect(left(sim)).toHaveLength(9);
    expect(sim.clock.now() - begun).toBeLessThan(10 * SECOND);
    sim.server.faults.clear();
    expect([(await post).exitCode, left(sim)]).toEqual([0, []]);
  });

  it("for good: red within the time that a cancelled job has", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ cleanup: "always", count: "2" });
    sim.fault({ route: "delete", kind: "status", when: "before", status: 423, times: "always" });
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toContain("423");
    expect(post.tookMs).toBeGreaterThan(MINUTE);
    expect(post.tookMs).toBeLessThan(4 * MINUTE);
  });
});
