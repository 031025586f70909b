/** The app's list, which every uncertain answer is judged by, is itself not to be had. */
import { describe, expect, it } from "@jest/globals";
import type { FaultKind } from "../../../../simulator/faults.ts";
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
  warningsOf,
  withSimulated,
} from "../../../support/runs.ts";

interface ListRow {
  readonly name: string;
  readonly fault: FaultKind;
  readonly inputs?: Readonly<Record<string, string>>;
  /** A variant of another row: tried at one of the three only. */
  readonly variant?: true;
}

const ROWS: readonly ListRow[] = [
  { name: "403", fault: { kind: "status", when: "before", status: 403 } },
  { name: "500", fault: { kind: "status", when: "before", status: 500 } },
  { name: "dropped", variant: true, fault: { kind: "drop", when: "before" } },
  { name: "garbage", variant: true, fault: { kind: "garbage", form: "text" } },
  { name: "another object", variant: true, fault: { kind: "garbage", form: "object" } },
  {
    name: "no answer",
    variant: true,
    fault: { kind: "hang", when: "before" },
    inputs: { request_timeout: "4s" },
  },
];

export function blindFromTheStart(): void {
  describe("the list can't be read at all", () => {
    it.concurrent.each(ROWS)(
      "$name: warned of, and a lost answer is AMBIGUOUS at once",
      (row) => together(positionsOf(row), ({ at }) => checkBlind(row, at)),
      WINDOWS,
    );
    it.concurrent.each(ROWS.filter(({ name }) => ["403", "garbage", "no answer"].includes(name)))(
      "$name: without another fault all three are made",
      (row) =>
        withSimulated({}, async (sim) => {
          sim.fault({ route: "list", times: "always", ...row.fault });
          const result = await main(sim, { ...row.inputs, ...revision(sim.composeHash) });
          expect(result.outputs).toMatchObject({ outcome: "created", error_code: "" });
          expect(result.exitCode).toBe(0);
          expect(warningsOf(result).join("\n")).toMatch(/CVMs can't be listed.*Going on without/);
          expect(sorted(namedByMain(result))).toEqual(sorted(existing(sim)));
          expect(existing(sim)).toHaveLength(3);
        }),
      WINDOWS,
    );
  });
}

export function blindLater(): void {
  describe("the list can't be read any more when an answer was lost", () => {
    it.concurrent.each(ROWS)(
      "$name: AMBIGUOUS, and named by post as soon as it can be read again",
      (row) => together(positionsOf(row), ({ at }) => checkBlindLater(row, at)),
      WINDOWS,
    );
  });
}

function positionsOf({ variant }: ListRow): readonly (typeof POSITIONS)[number][] {
  return variant ? POSITIONS.slice(1, 2) : POSITIONS;
}

function revision(composeHash: string): Record<string, string> {
  return { count: "3", compose_hash: composeHash };
}

async function checkBlind(row: ListRow, at: number): Promise<void> {
  await withSimulated({}, async (sim) => {
    sim.fault({ route: "list", times: "always", ...row.fault });
    sim.fault({ route: "create", nth: at + 1, kind: "drop", when: "after" });
    const looksBefore = (): number => sim.requests.filter(({ route }) => route === "list").length;
    let looks = 0;
    sim.on("before-work", "create", () => {
      looks = looksBefore();
    });
    const result = await main(sim, { ...row.inputs, ...revision(sim.composeHash) });
    expect(looksBefore()).toBe(looks);
    expect(result.outputs).toMatchObject({ outcome: "partial", error_code: "AMBIGUOUS" });
    expect(result.exitCode).toBe(1);
    expect(errorOf(result)).toMatch(
      /not sent again.*could not be listed before.*Wait 10 minutes.* look at https:.*instances/,
    );
    expect(postsOf(sim)).toHaveLength(3);
    expect(existing(sim)).toHaveLength(3);
    expect(namedByMain(result)).toHaveLength(2);

    // Post can't know either, and says so as an error of its own.
    const later = await post(sim, result);
    expect(later.exitCode).toBe(1);
    expect(errorOf(later)).toMatch(/whether its replica exists can't be told.*https:/);
    expect(sorted(namedInLog(later))).toEqual(sorted(namedByMain(result)));
  });
}

async function checkBlindLater(row: ListRow, at: number): Promise<void> {
  await withSimulated({}, async (sim) => {
    sim.fault({ route: "list", nth: 2, times: "always", ...row.fault });
    sim.fault({ route: "create", nth: at + 1, kind: "drop", when: "after" });
    const result = await main(sim, { ...row.inputs, ...revision(sim.composeHash) });
    expect(result.outputs).toMatchObject({ outcome: "partial", error_code: "AMBIGUOUS" });
    expect(result.exitCode).toBe(1);
    expect(errorOf(result)).toMatch(
      /not sent again.*could not be listed since\. Wait 10 minutes.* look at https:/,
    );
    expect(replicasOf(result)[at]).toMatchObject({ outcome: "failed", vm_uuid: null });
    expect(postsOf(sim)).toHaveLength(3);
    expect(existing(sim)).toHaveLength(3);
    expect(namedByMain(result)).toHaveLength(2);

    const blind = await post(sim, result);
    expect(blind.exitCode).toBe(1);
    expect(errorOf(blind)).toMatch(/whether its replica exists can't be told.*https:/);

    sim.clearFaults();
    const seeing = await post(sim, result);
    expect(seeing.exitCode).toBe(0);
    expect(sorted(namedInLog(seeing))).toEqual(sorted(existing(sim)));
    expect(warningsOf(seeing).join("\n")).toMatch(/Found a replica that the main step did not/);
  });
}
