/** What takes half a minute or more of looking and trying again, in simulated time. */
import { describe, expect, it } from "@jest/globals";
import type { Fault } from "../../../../simulator/index.ts";
import {
  ALL_REGISTERED,
  asked,
  commit,
  commitInputs,
  entries,
  errorText,
  expectEnd,
  job,
  left,
  logText,
  ON_CHAIN,
  prepare,
  replicas,
} from "../../../support/jobs.ts";
import { SimulatedCloud } from "../../../support/simulated-cloud.ts";

const SECOND = 1000;

/** Statuses of the commit requests, in order; undefined where nothing came back. */
function statuses(sim: SimulatedCloud): (number | undefined)[] {
  return asked(sim, "commit").map(({ status }) => status);
}

const COMMIT = { route: "commit" } as const;
const LOST_BEFORE: Fault = { ...COMMIT, kind: "drop", when: "before" };
const LOST_AFTER: Fault = { ...COMMIT, kind: "drop", when: "after" };

describe("a commit that got lost before the work", () => {
  it.each<[string, Fault]>([
    ["reset", LOST_BEFORE],
    ["502", { ...COMMIT, kind: "status", when: "before", status: 502 }],
    ["no answer", { ...COMMIT, kind: "hang", when: "before" }],
  ])(
    "(%s) is looked for, then sent once more: the token makes one replica",
    async (_name, fault) => {
      const sim = new SimulatedCloud(ALL_REGISTERED);
      const prepared = await prepare(sim);
      sim.fault(fault);
      const result = await commit(sim, prepared);
      expectEnd(result, { exit: 0, outcome: "created" });
      expect(statuses(sim)).toHaveLength(2);
      const [first = 0, second = 0] = sim.timesOf("commit");
      expect(second - first).toBeGreaterThanOrEqual(30 * SECOND);
      expect([replicas(sim).length, result.outputs.vm_uuid]).toEqual([1, replicas(sim)[0]]);
    },
  );

  it("and whose second answer got lost too is found", async () => {
    const sim = new SimulatedCloud(ALL_REGISTERED);
    const prepared = await prepare(sim);
    sim.fault(LOST_BEFORE);
    sim.fault({ ...LOST_AFTER, nth: 2 });
    const result = await commit(sim, prepared);
    expectEnd(result, { exit: 0, outcome: "created" });
    expect(entries(result)).toMatchObject([{ vm_uuid: replicas(sim)[0], outcome: "adopted" }]);
  });

  it("twice is given up without a third try, and said so", async () => {
    const sim = new SimulatedCloud(ALL_REGISTERED);
    const prepared = await prepare(sim);
    sim.fault({ ...LOST_BEFORE, times: 2 });
    const main = await sim.main({ ...commitInputs(sim, prepared), cleanup: "always" });
    const result = left(sim, main);
    expectEnd(result, { exit: 1, outcome: "failed", code: "AMBIGUOUS" });
    expect(errorText(result)).toMatch(/unclear.*commit.*Nothing new was seen/);
    expect([statuses(sim).length, replicas(sim)]).toEqual([2, []]);
    expect((await sim.post(main)).exitCode).toBe(0);
    expectEnd(await commit(sim, prepared), { exit: 0, outcome: "created" });
  });

  it("is sent again too where what is registered already is committed at once", async () => {
    const sim = new SimulatedCloud({ ...ALL_REGISTERED, always465: true });
    sim.fault(LOST_BEFORE);
    expectEnd(await job(sim), { exit: 0, outcome: "created" });
    expect([statuses(sim).length, replicas(sim).length]).toEqual([2, 1]);
  });
});

describe("a commit whose answer got lost after the work", () => {
  it("and whose replica shows up late: its token counts as used then, which is no failure", async () => {
    const sim = new SimulatedCloud({ ...ALL_REGISTERED, listLagMs: 35 * SECOND });
    const prepared = await prepare(sim);
    sim.fault(LOST_AFTER);
    const result = await commit(sim, prepared);
    expectEnd(result, { exit: 0, outcome: "created" });
    expect(statuses(sim)).toEqual([undefined, 466]);
    expect(entries(result)).toMatchObject([{ vm_uuid: replicas(sim)[0], outcome: "adopted" }]);
  });

  it("and whose replica never shows up: not certain, and post looks again", async () => {
    const sim = new SimulatedCloud({ ...ALL_REGISTERED, listLagMs: 70 * SECOND });
    const prepared = await prepare(sim);
    sim.fault(LOST_AFTER);
    const main = await sim.main({ ...commitInputs(sim, prepared), cleanup: "always" });
    expectEnd(left(sim, main), { exit: 1, outcome: "failed", code: "AMBIGUOUS" });
    expect(statuses(sim)).toEqual([undefined, 466]);
    await sim.pass(15 * SECOND);
    const post = await sim.post(main);
    left(sim, post);
    // One look can't adopt (that needs two), but it must be told, and it must not be called clean.
    expect(post.exitCode === 1 || replicas(sim).length === 0).toBe(true);
  });

  it.each<[string, Fault]>([
    [
      "503 with Retry-After",
      { ...COMMIT, kind: "status", when: "after", status: 503, headers: { "retry-after": "2" } },
    ],
    ["429", { ...COMMIT, kind: "status", when: "after", status: 429 }],
    ["409", { ...COMMIT, kind: "status", when: "after", status: 409 }],
  ])("and that was told to come again (%s): the used token is no failure", async (_name, fault) => {
    const sim = new SimulatedCloud(ALL_REGISTERED);
    const prepared = await prepare(sim);
    sim.fault(fault);
    const result = await commit(sim, prepared);
    expectEnd(result, { exit: 0, outcome: "created" });
    expect(entries(result)).toMatchObject([{ vm_uuid: replicas(sim)[0], outcome: "adopted" }]);
    expect(replicas(sim)).toHaveLength(1);
  });
});

describe("a transaction that is not found (467)", () => {
  it.each([1, 2, 3, 4])("at first, for %s tries, is waited for", async (missing) => {
    const sim = new SimulatedCloud(ALL_REGISTERED);
    const prepared = await prepare(sim);
    const transaction_hash = sim.chain.register({ missing });
    expectEnd(await commit(sim, prepared, { transaction_hash }), { exit: 0, outcome: "created" });
    expect(statuses(sim)).toEqual([...Array<number>(missing).fill(467), 200]);
  });

  it.each<[string, Parameters<SimulatedCloud["world"]["chain"]["register"]>[0]]>([
    ["never known", { missing: 99 }],
    ["reverted", { outcome: "reverted" }],
    ["sent to another contract", { outcome: "wrong-contract" }],
  ])("%s: five tries within 60 s, then what to check", async (_name, registration) => {
    const sim = new SimulatedCloud(ALL_REGISTERED);
    const prepared = await prepare(sim);
    const transaction_hash = sim.chain.register(registration);
    const result = await commit(sim, prepared, { transaction_hash });
    expectEnd(result, { exit: 1, outcome: "failed", code: "ERR-01-007" });
    expect(errorText(result)).toMatch(/5 tries.*transaction_hash/);
    const times = sim.timesOf("commit");
    expect(times).toHaveLength(5);
    expect((times[4] ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(60 * SECOND);
    // A lag of an RPC node takes seconds: tries that are over within one would be for nothing.
    expect((times[4] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(10 * SECOND);
    expect(replicas(sim)).toEqual([]);
    expectEnd(await commit(sim, prepared), { exit: 0, outcome: "created" });
  });

  it("waits as long as the server asks, and not longer than 60 s", async () => {
    const sim = new SimulatedCloud(ALL_REGISTERED);
    const prepared = await prepare(sim);
    const answer = { ...COMMIT, kind: "status", when: "before", status: 467 } as const;
    sim.fault({ ...answer, headers: { "retry-after": "17" } });
    expectEnd(await commit(sim, prepared), { exit: 0, outcome: "created" });
    const [first = 0, second = 0] = sim.timesOf("commit");
    expect(second - first).toBeGreaterThanOrEqual(17 * SECOND);

    const patient = new SimulatedCloud(ALL_REGISTERED);
    const other = await prepare(patient);
    patient.fault({ ...answer, headers: { "retry-after": "61" } });
    const result = await commit(patient, other);
    expectEnd(result, { exit: 1, outcome: "failed", code: "HTTP-467" });
    expect(statuses(patient)).toHaveLength(1);
  });
});

describe("a prepare", () => {
  const always = { route: "create", when: "after", times: "always" } as const;

  it.each<[string, Fault, string, string]>([
    ["reset", { ...always, kind: "drop" }, "failed", "NETWORK"],
    ["never answered", { ...always, kind: "hang" }, "failed", "TIMEOUT"],
    ["500", { ...always, kind: "status", status: 500 }, "failed", "HTTP-500"],
  ])(
    "whose answers all get lost (%s) is given up, with nothing created",
    async (_name, fault, outcome, code) => {
      const sim = new SimulatedCloud(ON_CHAIN);
      sim.fault(fault);
      const main = await sim.main({ prepare_only: "true", request_timeout: "5s" });
      const result = left(sim, main);
      expectEnd(result, { exit: 1, outcome, code });
      const tries = sim.timesOf("create").length;
      expect(tries).toBeGreaterThan(1);
      expect(tries).toBeLessThanOrEqual(6);
      expect(main.tookMs).toBeLessThanOrEqual(75 * SECOND);
      expect([replicas(sim), errorText(result).includes("prepare")]).toEqual([[], true]);
    },
  );

  it("that is answered with rubbish may have made a replica: looked for, never sent again", async () => {
    const sim = new SimulatedCloud(ON_CHAIN);
    sim.fault({ route: "create", kind: "status", when: "after", status: 200, body: "<html>" });
    const main = await sim.main({ prepare_only: "true" });
    expectEnd(left(sim, main), { exit: 1, outcome: "failed", code: "AMBIGUOUS" });
    expect(sim.timesOf("create")).toHaveLength(1);
  });
});

it("a commit killed before its work: post says that most likely nothing exists, the token still serves", async () => {
  const sim = new SimulatedCloud(ALL_REGISTERED);
  const prepared = await prepare(sim);
  sim.fault({ ...COMMIT, kind: "hang", when: "before" });
  const process = sim.start({ ...commitInputs(sim, prepared), cleanup: "always" });
  sim.after(5 * SECOND, () => process.kill());
  const post = await sim.post(await process.finished);
  expect([post.exitCode, replicas(sim)]).toEqual([0, []]);
  expect(logText(left(sim, post))).toMatch(/most likely nothing was created/);
  expectEnd(await commit(sim, prepared), { exit: 0, outcome: "created" });
});

it("a token that is superseded while its transaction is waited for is a plain failure", async () => {
  const sim = new SimulatedCloud(ALL_REGISTERED);
  const prepared = await prepare(sim);
  const transaction_hash = sim.chain.register({ missing: 1 });
  const off = sim.on("answered", "commit", () => {
    off();
    for (const token of sim.world.tokens.values()) token.superseded = true;
  });
  const result = await commit(sim, prepared, { transaction_hash });
  expectEnd(result, { exit: 1, outcome: "failed", code: "ERR-01-006" });
  expect(statuses(sim)).toEqual([467, 466]);
});
