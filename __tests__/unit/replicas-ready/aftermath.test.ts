import { describe, expect, it } from "@jest/globals";
import { readCvm } from "../../../src/phala/cvm.ts";
import {
  deservesWindow,
  madeByMain,
  stillThere,
  unsettled,
  wantsCleanup,
} from "../../../src/replicas/aftermath.ts";
import type { AttemptRecord, SavedRun } from "../../../src/state.ts";
import { row, uuid } from "./support.ts";

const ENDS = [
  ["created", false],
  ["unchanged", false],
  ["dry_run", false],
  ["pending_approval", false],
  ["partial", true],
  ["timeout", true],
  ["cancelled", true],
  ["failed", true],
  // Killed before it could say.
  [null, true],
  // A word of a later version: better one deletion too many than a bill.
  ["something new", true],
] as const;

describe("wantsCleanup", () => {
  it.each(ENDS)("outcome %j: on_failure %j", (outcome, bad) => {
    expect(wantsCleanup("never", outcome)).toBe(false);
    expect(wantsCleanup("on_failure", outcome)).toBe(bad);
    expect(wantsCleanup("always", outcome)).toBe(true);
  });
});

function attempt(over: Partial<AttemptRecord>): AttemptRecord {
  return {
    index: 0,
    stage: "made",
    nodeId: 26,
    composeHash: null,
    sentAt: 1,
    nextAt: null,
    vmUuid: null,
    name: null,
    ttlSet: false,
    gone: false,
    ...over,
  };
}

function saved(...attempts: AttemptRecord[]): SavedRun {
  const journal = {
    apiUrl: "https://api.unit.invalid",
    appId: "a",
    vmUuid: uuid(0),
    requestTimeoutMs: 1_000,
    cleanup: "always",
    ttlMs: null,
    baseline: [],
    clockOffsetMs: 0,
    workspaceSlug: null,
  } as const;
  return { journal, attempts, outcome: null };
}

describe("what main left", () => {
  it.each<[string, Partial<AttemptRecord>, "made" | "open" | "nothing"]>([
    ["made and known", { stage: "made", vmUuid: uuid(1), name: "web-1" }, "made"],
    ["made, its UUID not known", { stage: "made", name: "web-1" }, "open"],
    ["open: killed or cancelled", { stage: "open" }, "open"],
    ["unknown: searched in vain", { stage: "unknown" }, "open"],
    ["none: certain", { stage: "none" }, "nothing"],
    ["none, whatever else stands there", { stage: "none", vmUuid: uuid(1) }, "nothing"],
  ])("%s", (_name, over, kind) => {
    const run = saved(attempt(over));
    expect(madeByMain(run)).toHaveLength(kind === "made" ? 1 : 0);
    expect(unsettled(run)).toHaveLength(kind === "open" ? 1 : 0);
  });

  it("is named by its UUID where it has no name", () => {
    const run = saved(attempt({ vmUuid: uuid(1) }), attempt({ vmUuid: uuid(2), name: "web-2" }));
    expect(madeByMain(run)).toMatchObject([
      { vmUuid: uuid(1), name: uuid(1) },
      { vmUuid: uuid(2), name: "web-2" },
    ]);
  });

  it.each([0, 7])("is never what was there before: CVM %s", (n) => {
    const run = saved(attempt({ vmUuid: uuid(n) }), attempt({ vmUuid: uuid(1) }));
    const made = madeByMain({ ...run, journal: { ...run.journal, baseline: [uuid(7)] } });
    expect(made.map(({ vmUuid }) => vmUuid)).toEqual([uuid(1)]);
  });

  it("gets the whole window where it was not searched for, or certainly exists", () => {
    const stages = ["open", "unknown", "made", "none"] as const;
    expect(stages.map((stage) => deservesWindow(attempt({ stage })))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe("stillThere", () => {
  const made = [1, 2].map((n) => ({ vmUuid: uuid(n), name: `web-${n}` }));
  const list = (...rows: object[]) => rows.map(readCvm).filter((cvm) => cvm !== null);

  it.each<[string, object[], number[]]>([
    ["both", [row(1), row(2)], [1, 2]],
    ["neither, but others", [row(3), row(4)], []],
    ["one", [row(2), row(3)], [2]],
    ["one that is being removed", [row(1, { status: "removing" })], [1]],
    ["one that is stopped", [row(1, { status: "stopped" })], [1]],
    ["one of which only the record is left", [row(1, { deleted_at: "2026-07-02T08:00:00Z" })], []],
    ["one whose status is deleted", [row(1, { status: "Deleted" })], []],
    ["one spelled without dashes", [row(1, { vm_uuid: uuid(1).replaceAll("-", "") })], [1]],
    ["one spelled in capitals", [row(2, { vm_uuid: uuid(2).toUpperCase() })], [2]],
    ["nobody", [], []],
  ])("%s", (_name, rows, wanted) => {
    expect(stillThere(made, list(...rows)).map(({ vmUuid }) => vmUuid)).toEqual(wanted.map(uuid));
  });
});
