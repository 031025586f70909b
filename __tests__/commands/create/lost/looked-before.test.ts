/**
 * No answer to a create is followed by a second one, or by the word that nothing was created, before the
 * app was compared with what was there before the first try.
 */
import { describe, expect, it } from "@jest/globals";
import type { FaultKind } from "../../../../simulator/faults.ts";
import { Simulation } from "../../../support/simulated/simulation.ts";
import {
  create,
  entriesOf,
  errorOf,
  existing,
  logOf,
  namedIn,
  postsOf,
  SECOND,
} from "../../../support/simulated-runs.ts";

const coded = (code: string): string => JSON.stringify({ error_code: code, message: "no" });
const status = (
  when: "before" | "after",
  code: number,
  headers: Record<string, string> = {},
  body?: string,
): FaultKind => ({ kind: "status", when, status: code, headers, ...(body ? { body } : {}) });

/** "Not now", said by whatever stands in front of the API. */
const PUT_OFF = [
  ["503 that names a time", 503, { "retry-after": "1" }],
  ["429", 429, {}],
  ["429 that names a time", 429, { "retry-after": "1" }],
  ["a bare 409", 409, {}],
] as const;

/** The API's own no, or that of a firewall. */
const REFUSED = [
  ["400 with a code", 400, coded("ERR-02-005"), "ERR-02-005"],
  ["400 of a busy API", 400, coded("ERR-02-009"), "ERR-02-009"],
  ["403", 403, undefined, "HTTP-403"],
  ["422", 422, undefined, "HTTP-422"],
  ["404", 404, undefined, "HTTP-404"],
  ["409 with a code", 409, coded("ERR-03-007"), "ERR-03-007"],
] as const;

/** The looks at the app between the first create and the second. */
function looksBetween(sim: Simulation): number {
  const routes = sim.requests.map(({ route }) => route);
  const [first = -1, second = routes.length] = routes.flatMap((route, index) =>
    route === "create" ? [index] : [],
  );
  return routes.slice(first, second).filter((route) => route === "list").length;
}

describe("a create that was put off although the work was done", () => {
  it.each(PUT_OFF)("%s: one replica, adopted", async (_name, code, headers) => {
    for (const given of [true, false]) {
      const sim = new Simulation();
      sim.fault({ route: "create", ...status("after", code, headers) });
      const hash = given ? { compose_hash: sim.world.source.composeHash } : {};
      const main = await create(sim, { cleanup: "on_failure", ...hash });
      expect(main.exitCode).toBe(0);
      expect(entriesOf(main).map(({ outcome, vm_uuid }) => [outcome, vm_uuid])).toEqual([
        ["adopted", existing(sim)[0]],
      ]);
      expect([postsOf(sim).length, existing(sim).length]).toEqual([1, 1]);
    }
  });

  it("503: it is looked for as long as a lost answer is, since the origin may still be at work", async () => {
    const sim = new Simulation({ listLagMs: 25 * SECOND });
    sim.fault({ route: "create", ...status("after", 503, { "retry-after": "1" }) });
    const main = await create(sim);
    expect([main.exitCode, postsOf(sim).length]).toEqual([0, 1]);
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual(["adopted"]);
  });

  it("503: the app is left alone for as long as the server asks", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", ...status("before", 503, { "retry-after": "12" }) });
    await create(sim);
    const [, look = 0] = sim.timesOf("list");
    const [first = 0, second = 0] = sim.timesOf("create");
    expect(look - first).toBeGreaterThanOrEqual(12 * SECOND);
    expect(second - first).toBeGreaterThanOrEqual(30 * SECOND);
  });

  it.each(PUT_OFF)("%s, and not done: one more try, after a look", async (_name, code, headers) => {
    const sim = new Simulation();
    sim.fault({ route: "create", ...status("before", code, headers) });
    const main = await create(sim);
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "created"]);
    expect([postsOf(sim).length, existing(sim).length]).toEqual([2, 1]);
    expect(looksBetween(sim)).toBeGreaterThan(0);
    const post = await sim.post(main);
    expect([post.exitCode, namedIn(post)]).toEqual([0, existing(sim)]);
  });

  it("several newcomers fit: nothing is sent again, each is named", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", ...status("after", 429) });
    sim.on("after-work", "create", () => sim.addStranger());
    const main = await create(sim);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "AMBIGUOUS"]);
    expect(postsOf(sim)).toHaveLength(1);
    const newcomers = sim.cvms().filter(({ origin }) => origin !== "seed");
    expect(newcomers).toHaveLength(2);
    for (const { vmUuid } of newcomers) expect(errorOf(main)).toContain(vmUuid);
  });

  it("a look that fails is no look: it is tried until one comes through", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", ...status("after", 429) });
    sim.fault({ route: "list", nth: 2, times: 3, ...status("before", 502) });
    const main = await create(sim);
    expect([main.exitCode, postsOf(sim).length]).toEqual([0, 1]);
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual(["adopted"]);
  });

  it.each([
    ["since", 2],
    ["at all", 1],
  ])("the app can't be listed %s: nothing is sent again", async (_name, nth) => {
    const sim = new Simulation();
    sim.fault({ route: "create", ...status("before", 429, { "retry-after": "1" }) });
    sim.fault({ route: "list", nth, times: "always", ...status("before", 403) });
    const main = await create(sim);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "AMBIGUOUS"]);
    expect(postsOf(sim)).toHaveLength(1);
    expect(errorOf(main)).not.toMatch(/was not created|[Nn]othing was created/);
    expect(errorOf(main)).toMatch(/could not be listed .* look at https:/);
    const post = await sim.post(main);
    expect(post.exitCode).toBe(1);
  });

  it("the list shows it only after the next try was sent: post names it", async () => {
    const sim = new Simulation({ listLagMs: 8 * SECOND, liveInstances: 2 });
    sim.fault({ route: "create", ...status("after", 429) });
    const main = await create(sim);
    expect([main.exitCode, existing(sim).length]).toEqual([0, 2]);
    await sim.pass(10 * SECOND);
    const post = await sim.post(main);
    expect(namedIn(post)).toEqual(existing(sim));
    expect(logOf(post)).toMatch(/Found a replica that the main step did not report/);
  });

  it("post looks for nothing that came after the try which settled the request", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", ...status("before", 429) });
    const main = await create(sim);
    await sim.pass(10 * SECOND);
    const stranger = sim.addStranger();
    const post = await sim.post(main);
    expect(post.exitCode).toBe(0);
    expect(logOf(post)).not.toContain(stranger.vmUuid);
  });

  it("what it made is searched for from the first try on, whatever came since", async () => {
    const sim = new Simulation({ listLagMs: 25 * SECOND });
    sim.fault({ route: "create", nth: 1, ...status("after", 429, { "retry-after": "20" }) });
    sim.fault({ route: "create", nth: 2, kind: "drop", when: "before" });
    const main = await create(sim);
    expect([postsOf(sim).length, existing(sim).length]).toEqual([2, 1]);
    expect(entriesOf(main).map(({ vm_uuid }) => vm_uuid)).toEqual(existing(sim));
    expect(main.exitCode).toBe(0);
  });

  it("a refusal that follows does not hide it", async () => {
    // A second live instance, and no hash was sent: the next try is refused.
    const sim = new Simulation({ listLagMs: 5 * SECOND });
    sim.fault({ route: "create", nth: 1, ...status("after", 429) });
    const main = await create(sim);
    expect([postsOf(sim).length, existing(sim).length]).toEqual([2, 1]);
    await sim.pass(10 * SECOND);
    const post = await sim.post(main);
    expect(namedIn(post)).toEqual(existing(sim));
  });

  it.each([
    ["in the pause", 900],
    ["in the pause, before anything was looked at", 100],
  ])("killed %s: post finds it", async (_name, ms) => {
    const sim = new Simulation();
    sim.fault({ route: "create", ...status("after", 429, { "retry-after": "20" }) });
    const running = sim.start({ wait: "false" });
    sim.after(ms, () => running.kill());
    const main = await running.finished;
    const post = await sim.post(main);
    expect([post.exitCode, namedIn(post)]).toEqual([0, existing(sim)]);
    expect(existing(sim)).toHaveLength(1);
  });

  it("cancelled in the pause: post finds it", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", ...status("after", 503, { "retry-after": "20" }) });
    const running = sim.start({ wait: "false" });
    sim.after(5 * SECOND, () => running.cancel());
    const main = await running.finished;
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([1, "cancelled"]);
    const post = await sim.post(main);
    expect([post.exitCode, namedIn(post)]).toEqual([0, existing(sim)]);
  });
});

describe("a create that was refused", () => {
  it.each(REFUSED)(
    "%s, and something in between had done the work: named, not adopted",
    async (_name, code, body, expected) => {
      const sim = new Simulation();
      sim.fault({ route: "create", ...status("after", code, {}, body) });
      const main = await create(sim);
      expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, expected]);
      expect([postsOf(sim).length, existing(sim).length]).toEqual([1, 1]);
      const [made = ""] = existing(sim);
      expect(errorOf(main)).toContain(made);
      expect(errorOf(main)).not.toMatch(/was not created|[Nn]othing was created/);
      expect(entriesOf(main)).toMatchObject([{ outcome: "failed", vm_uuid: null }]);
      expect(main.runner.markdown).not.toMatch(/not created/);
      const post = await sim.post(main);
      expect(namedIn(post)).toContain(made);
    },
  );

  it.each(REFUSED)(
    "%s, and rightly so: it says so after a look",
    async (_name, code, body, expected) => {
      const sim = new Simulation();
      sim.fault({ route: "create", times: "always", ...status("before", code, {}, body) });
      const main = await create(sim);
      expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, expected]);
      expect(errorOf(main)).toMatch(/This replica was not created/);
      expect(sim.requests.at(-1)?.route).toBe("list");
      const post = await sim.post(main);
      expect([post.exitCode, namedIn(post)]).toEqual([0, []]);
    },
  );

  it("the app can't be listed since: nobody says that nothing was created", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", ...status("before", 400, {}, coded("ERR-02-005")) });
    sim.fault({ route: "list", nth: 2, times: 1, ...status("before", 403) });
    const main = await create(sim);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "ERR-02-005"]);
    expect(errorOf(main)).not.toMatch(/was not created|[Nn]othing was created/);
    expect(errorOf(main)).toMatch(/The node is full.*could not be listed since.*: look at https:/);
    const post = await sim.post(main);
    expect([post.exitCode, namedIn(post)]).toEqual([0, []]);
  });

  it("another's newcomer is not taken for ours", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", ...status("before", 400, {}, coded("ERR-02-005")) });
    sim.on("before-work", "create", () => sim.addStranger());
    const main = await create(sim);
    expect(entriesOf(main)).toMatchObject([{ outcome: "failed", vm_uuid: null }]);
    expect(main.runner.outputs.error_code).toBe("ERR-02-005");
  });
});

describe("an API that is busy with other creations", () => {
  const busy = status("before", 400, {}, coded("ERR-02-009"));

  it("is tried again after a pause and a look, and the log says why", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", ...busy });
    const main = await create(sim, { count: "3" });
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "created"]);
    expect([postsOf(sim).length, existing(sim).length]).toEqual([4, 3]);
    expect(looksBetween(sim)).toBe(1);
    const [first = 0, second = 0] = sim.timesOf("create");
    expect(second - first).toBeGreaterThanOrEqual(4 * SECOND);
    expect(logOf(main)).toMatch(/ERR-02-009.*says so also when several creations run at once/);
    expect(logOf(main)).toMatch(/try 2 follows in 4/);
  });

  it("is tried again twice at most, and then red with the advice", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", times: "always", ...busy });
    const main = await create(sim, { count: "2" });
    // It speaks of one request, so the next is sent all the same.
    expect(postsOf(sim)).toHaveLength(6);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "ERR-02-009"]);
    expect(errorOf(main)).toMatch(/does not fit the node.*Try again, or name another node_id/);
  });
});

describe("where nobody knows what was there before", () => {
  it.each([
    ["429", 429, {}],
    ["a bare 409", 409, {}],
    ["503 with Retry-After", 503, { "Retry-After": "1" }],
  ] as const)("no create is sent again after %s", async (_name, status, headers) => {
    const sim = new Simulation();
    sim.fault({ route: "list", kind: "status", when: "before", status: 500, times: "always" });
    sim.fault({ route: "create", nth: 1, kind: "status", when: "before", status, headers });
    // It can be read again, which is too late: what is new could be anything.
    sim.on("answered", "create", () => sim.server.faults.clear());
    const { exitCode } = await sim.main({ wait: "false" });
    expect(exitCode).toBe(1);
    expect(sim.requests.filter(({ route }) => route === "create")).toHaveLength(1);
  });

  it("but the first one is", async () => {
    const sim = new Simulation();
    sim.fault({ route: "list", kind: "status", when: "before", status: 500, times: "always" });
    const { exitCode } = await sim.main({ wait: "false" });
    expect([exitCode, sim.replicas().length]).toEqual([0, 1]);
  });
});
