/** Answers that get lost at the commit, in real processes; the longer stories are in `patience.test.ts`. */
import { expect, it } from "@jest/globals";
import type { Fault } from "../../../../simulator/index.ts";
import {
  ALL_REGISTERED,
  approve,
  asked,
  BOUND_MS,
  commit,
  errorText,
  expectEnd,
  expectMade,
  type Inputs,
  inItsWorld,
  logText,
  ON_CHAIN,
  post,
  posts,
  prepare,
  replicas,
  withSimulator,
  worldOf,
} from "../../../support/jobs.ts";

const COMMIT = { route: "commit" } as const;

/** The replica was made, its answer never came: found by a look, nothing sent again. */
const AFTER: readonly [string, Fault, Inputs][] = [
  ["reset", { ...COMMIT, kind: "drop", when: "after" }, {}],
  ["502", { ...COMMIT, kind: "status", when: "after", status: 502 }, {}],
  ["504 of a proxy", { ...COMMIT, kind: "status", when: "after", status: 504, body: "<html>" }, {}],
  ["no answer in time", { ...COMMIT, kind: "hang", when: "after" }, { request_timeout: "1s" }],
  ["cut off", { ...COMMIT, kind: "cut" }, {}],
  ["empty", { ...COMMIT, kind: "empty" }, {}],
  ["rubbish", { ...COMMIT, kind: "garbage", form: "html" }, {}],
  [
    "work that comes after the deadline",
    { ...COMMIT, kind: "late", afterMs: 2500 },
    { request_timeout: "1s" },
  ],
];

it.concurrent.each(AFTER)(
  "lost after the work (%s): the replica is adopted, nothing is sent again",
  async (name, fault, inputs) => {
    await worldOf(name)(ON_CHAIN, async (sim) => {
      const prepared = await prepare(sim);
      const transaction_hash = approve(sim, prepared);
      sim.fault(fault);
      const result = await commit(sim, prepared, { transaction_hash, ...inputs });
      expectMade(sim, result, "adopted");
      expect(posts(sim)).toEqual({ create: 1, commit: 1 });
      expect(logText(result)).toMatch(/No usable answer to "commit/);
    });
  },
  BOUND_MS,
);

inItsWorld(
  "two newcomers fit: neither is adopted nor deleted, and both are named",
  ALL_REGISTERED,
  async (sim) => {
    const prepared = await prepare(sim);
    sim.fault({ ...COMMIT, kind: "drop", when: "after" });
    sim.on("after-work", "commit", () => {
      sim.addStranger({ composeHash: sim.composeHash });
    });
    const result = await commit(sim, prepared, { cleanup: "always" });
    expectEnd(result, { exit: 1, outcome: "failed", code: "AMBIGUOUS" });
    expect(posts(sim).commit).toBe(1);
    const newcomers = sim.cvms().filter((cvm) => cvm.appId === sim.appId && cvm.origin !== "seed");
    expect(newcomers).toHaveLength(2);
    for (const { vmUuid } of newcomers) expect(errorText(result)).toContain(vmUuid);
    const after = await post(sim, result);
    expect([after.exitCode, asked(sim, "delete")]).toEqual([1, []]);
  },
);

inItsWorld("the list can't be read since: said so, not sent again", ALL_REGISTERED, async (sim) => {
  const prepared = await prepare(sim);
  sim.fault({ ...COMMIT, kind: "drop", when: "after" });
  sim.on("after-work", "commit", () =>
    sim.fault({ route: "list", kind: "status", when: "before", status: 403, times: "always" }),
  );
  const result = await commit(sim, prepared);
  expectEnd(result, { exit: 1, outcome: "failed", code: "AMBIGUOUS" });
  expect(errorText(result)).toMatch(/unclear.*commit/);
  expect(posts(sim).commit).toBe(1);
});

it.concurrent(
  "the token was used elsewhere meanwhile: the one replica that it made is found",
  () =>
    withSimulator(ALL_REGISTERED, async (sim) => {
      const prepared = await prepare(sim);
      const body = JSON.stringify({ token: prepared.outputs.commit_token });
      const headers = { "content-type": "application/json" };
      const path = `${sim.apiUrl}/cvms/${sim.vmUuid}/commit-replica`;
      sim.fault({ ...COMMIT, kind: "drop", when: "before" });
      const off = sim.on("answered", "commit", () => {
        off();
        // Not awaited: the answer to the step's own request must not wait for this one.
        void fetch(path, { method: "POST", headers, body });
      });
      expectMade(sim, await commit(sim, prepared), "adopted");
      expect(replicas(sim)).toHaveLength(1);
    }),
  BOUND_MS,
);
