/** The fault table, in simulated time and some of it on the bundle as a process: each row at the first, middle and last of three replicas. */
import { describe, expect, it } from "@jest/globals";
import {
  errorOf,
  existing,
  main,
  namedByMain,
  namedInLog,
  POSITIONS,
  post,
  postsOf,
  replicasOf,
  sorted,
  together,
  WINDOWS,
  type withSim,
  worldOf,
} from "../../../support/runs.ts";
import { CERTAIN, DONE, type FaultRow, UNDONE } from "./fault-table.ts";

export const certain = (): void => table("that says that nothing was done", CERTAIN);
export const done = (): void => table("that leaves open that it was done", DONE);
export const undone = (): void => table("that leaves open that nothing was done", UNDONE);

function table(which: string, rows: readonly FaultRow[]): void {
  describe(`a fault of the create request ${which}`, () => {
    it.concurrent.each(rows)(
      "$name: $posts requests, $exist replicas",
      (row) =>
        together(row.variant ? POSITIONS.slice(1, 2) : POSITIONS, ({ at }) =>
          checkRow(row, at, worldOf(`${row.name} at ${at}`)),
        ),
      WINDOWS,
    );
  });
}

async function checkRow(row: FaultRow, at: number, inWorld: typeof withSim): Promise<void> {
  await inWorld(row.sim ?? {}, async (sim) => {
    sim.fault({ route: "create", nth: at + 1, ...row.fault });
    const result = await main(sim, { count: "3", ...row.inputs });
    const good = row.code === "";
    const fates = [0, 1, 2].map((index) => {
      if (index === at) return row.fate;
      return row.stops && index > at ? "failed" : "created";
    });
    const [posts, exist] = row.stops ? [at + 1, at] : [row.posts, row.exist];
    expect({
      posts: postsOf(sim).length,
      exist: existing(sim).length,
      fates: replicasOf(result).map(({ outcome }) => outcome),
      outcome: result.outputs.outcome,
      code: result.outputs.error_code,
      exit: result.exitCode,
    }).toEqual({
      posts,
      exist,
      fates,
      outcome: good ? "created" : exist === 0 ? "failed" : "partial",
      code: row.code,
      exit: good ? 0 : 1,
    });
    // Each by its own UUID: none left out, none twice, no stranger.
    expect(sorted(namedByMain(result))).toEqual(sorted(existing(sim)));
    expect(result.stdout).toMatch(row.says);
    if (!good) expect(errorOf(result)).toMatch(/1 of 3 replicas failed[.,]/);
    if (!good && exist > 0) {
      expect(errorOf(result)).toMatch(/Created, and billed until somebody deletes (it|them): /);
    }

    const later = await post(sim, result);
    expect(later.exitCode).toBe(0);
    expect(sorted(namedInLog(later))).toEqual(sorted(existing(sim)));
    expect(existing(sim)).toHaveLength(exist);
    if (row.code === "AMBIGUOUS") {
      expect(later.stdout).toMatch(/did not show up in the app's list.*look at https:/);
    }
  });
}
