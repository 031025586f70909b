/**
 * The fault table of unnamed ones, for named ones: each row at the first, the middle and the last of three. Whatever
 * strikes, there is one CVM a name, the step names each, and the same step again makes what is missing and no more.
 */
import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../../../simulator/index.ts";
import { again } from "../../../support/again.ts";
import { runPost, runStep, type StepOptions } from "../../../support/either.ts";
import { type Result, Simulation } from "../../../support/simulated/simulation.ts";
import { SLOW, worldOf } from "../../../support/worlds.ts";
import { CERTAIN, DONE, type FaultRow, UNDONE } from "../lost/fault-table.ts";
import { type Entry, NAMED, namesOf } from "./support.ts";

const THREE = ["web-eu-1", "web-eu-2", "web-eu-3"];
const ROWS = [
  ...CERTAIN.map((row) => ["certain", row] as const),
  ...DONE.map((row) => ["done", row] as const),
  ...UNDONE.map((row) => ["undone", row] as const),
];

const inputsOf = (row: FaultRow) => ({ ...NAMED, name: THREE.join(), ...row.inputs });
const there = (sim: Simulation) => namesOf(sim.replicas().filter(({ deleted }) => !deleted));
const entries = ({ runner }: Result) => JSON.parse(runner.outputs.replicas ?? "[]") as Entry[];
const end = ({ exitCode, runner }: Result) => [exitCode, runner.outputs.outcome];

/** How many requests, and what becomes of the one that is struck. */
function expectation(which: string, row: FaultRow, at: number) {
  if (which === "certain") return { again: row.fate === "created", fate: row.fate };
  if (which === "done") return { again: false, fate: "adopted" };
  // Once a name was seen to hold, it makes one at most: sent once more.
  return at === 0 ? { again: false, fate: "failed" } : { again: true, fate: "created" };
}

describe("a fault of the request for a named one", () => {
  describe.each(ROWS)("%s", (which, row) => {
    it.each([0, 1, 2])(`${row.name}, at number %d`, async (at) => {
      const sim = new Simulation(row.sim ?? {});
      sim.fault({ route: "instances", nth: at + 1, ...row.fault });
      const main = await sim.main(inputsOf(row));
      const { again, fate } = expectation(which, row, at);
      const struck = entries(main)[at];
      expect([struck?.name ?? THREE[at], struck?.outcome]).toEqual([THREE[at], fate]);
      const posts = sim.requests.filter(({ route }) => route === "instances");
      const ofIt = posts.filter(({ body }) => body.includes(`"${THREE[at]}"`)).length;
      expect(ofIt).toBe(again ? 2 : 1);
      const made = there(sim);
      expect(new Set(made).size).toBe(made.length);
      // Each that is there is named, with its UUID.
      const told = entries(main).filter(({ vm_uuid }) => vm_uuid !== null);
      expect(told.map(({ name }) => name).sort()).toEqual(made);
      if (fate !== "failed") expect(made).toEqual(THREE);
      expect((await sim.post(main)).exitCode).toBe(0);

      const second = await sim.main(inputsOf(row));
      expect(end(second)).toEqual([0, made.length === 3 ? "unchanged" : "created"]);
      await sim.pass(60_000);
      expect(there(sim)).toEqual(THREE);
    });
  });
});

function stepOn(sim: Simulator, row: FaultRow): StepOptions {
  const inputs = { app_id: sim.appId, poll_interval: "0.2s", ...inputsOf(row) };
  return { api: sim, inputs, timeoutMs: SLOW };
}

/** The rules of above on whole steps, main, post and the same step again. */
async function checkProcess(
  sim: Simulator,
  which: string,
  row: FaultRow,
  nth: number,
): Promise<void> {
  sim.fault({ route: "instances", nth: nth + 1, ...row.fault });
  const main = await runStep(stepOn(sim, row));
  const asked = sim.requests
    .filter(({ route }) => route === "instances")
    .map(({ body }) => (JSON.parse(body) as { name: string }).name);
  // Those after the first leave at the same moment, and may arrive in any order.
  const at = THREE.indexOf(asked[nth] ?? "");
  const { again: twice, fate } = expectation(which, row, nth);
  const told = JSON.parse(main.outputs.replicas ?? "[]") as Entry[];
  expect([at >= 0, told[at]?.outcome]).toEqual([true, fate]);
  expect(asked.filter((name) => name === THREE[at])).toHaveLength(twice ? 2 : 1);
  const there = () => namesOf(sim.replicas().filter(({ deleted }) => !deleted));
  const made = there();
  expect(new Set(made).size).toBe(made.length);
  const named = told.filter(({ vm_uuid }) => vm_uuid !== null).map(({ name }) => name);
  expect(named.sort()).toEqual(made);
  expect(main.exitCode).toBe(fate === "failed" ? 1 : 0);
  expect((await runPost(main)).exitCode).toBe(0);

  const second = await runStep(stepOn(sim, row));
  const outcome = made.length === 3 ? "unchanged" : "created";
  expect([second.exitCode, second.outputs.outcome]).toEqual([0, outcome]);
  expect(there()).toEqual(THREE);
}

describe("a fault of the request for a named one, and all steps of its job", () => {
  // All at once, since some sit out a settle window; each at one of the three, in turn.
  const rows = ROWS.map(([which, row], index) => [row.name, (index + 1) % 3, which, row] as const);
  it.concurrent.each(rows)(
    "%s, at number %d",
    (name, at, which, row) =>
      again(name, () =>
        worldOf(`${which}, ${name}`)(row.sim ?? {}, (sim) => checkProcess(sim, which, row, at)),
      ),
    SLOW,
  );
});
