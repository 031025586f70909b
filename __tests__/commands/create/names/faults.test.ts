/**
 * The fault table of unnamed ones, for named ones: each row at the first, the middle and the last of three. Whatever
 * strikes, there is one CVM a name, the step names each, and the same step again makes what is missing and no more.
 */
import { describe, expect, it } from "@jest/globals";
import { type Case, describeCases } from "../../../support/play.ts";
import { type Result, Simulation } from "../../../support/simulated/simulation.ts";
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

/** Without settle windows, and one with. */
const AS_PROCESS = [
  "429, Retry-After in seconds",
  "400, the balance is too low",
  "422",
  "dropped after the work",
  "502 after the work",
  "a bare 409, after the work",
  "200, cut off",
  "200, HTML",
  "timeout with late success",
  "500 before the work",
];

describeCases(
  "faults of requests for named ones",
  ROWS.filter(([, { name }]) => AS_PROCESS.includes(name)).map(
    ([which, row]): Case => ({
      name: `${row.name}, at the second`,
      process: true,
      ...(row.sim === undefined ? {} : { api: row.sim }),
      given: (cloud) => cloud.fault({ route: "instances", nth: 2, ...row.fault }),
      inputs: inputsOf(row),
      expects: ({ main, left }) => {
        const { fate } = expectation(which, row, 1);
        const made = namesOf(left);
        expect(new Set(made).size).toBe(made.length);
        const told = JSON.parse(main.outputs.replicas ?? "[]") as Entry[];
        expect(told[1]?.outcome).toBe(fate);
        expect(
          told
            .filter(({ vm_uuid }) => vm_uuid !== null)
            .map(({ name }) => name)
            .sort(),
        ).toEqual(made);
        expect(main.exitCode).toBe(fate === "failed" ? 1 : 0);
      },
    }),
  ),
);
