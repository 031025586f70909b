import { describe, expect, it } from "@jest/globals";
import {
  deservesWindow,
  madeByMain,
  mayDelete,
  stillThere,
  unsettled,
  wantsCleanup,
} from "../../src/fleet/plan/cleanup.ts";
import type { AttemptRecord, SavedRun } from "../../src/fleet/state.ts";
import { readCvm } from "../../src/phala/cvm.ts";
import { row, uuid } from "../support/desk.ts";

const ENDS = [
  ["created", false, false],
  ["unchanged", false, false],
  ["dry_run", false, false],
  ["pending_approval", false, false],
  ["partial", true, true],
  ["timeout", true, true],
  ["cancelled", true, true],
  ["failed", true, true],
  // Only what was there before is sick, or a URL is missing.
  ["partial", false, false],
  ["failed", false, false],
  // A good end has no reason, whatever else is said.
  ["created", true, false],
  // Killed before it could say.
  [null, null, true],
  // Killed between the two words, or told less than it should: better one deletion too many than a bill.
  ["failed", null, true],
  ["something new", null, true],
] as const;

describe("wantsCleanup", () => {
  it.each(ENDS)("outcome %j, own failure %j: on_failure %j", (outcome, ownFailure, wanted) => {
    const run = { outcome, ownFailure };
    expect(wantsCleanup("never", run)).toBe(false);
    expect(wantsCleanup("on_failure", run)).toBe(wanted);
    expect(wantsCleanup("always", run)).toBe(true);
    for (const jobFailed of [true, false]) {
      const job = { ...run, jobFailed };
      expect(wantsCleanup("never", job)).toBe(false);
      expect(wantsCleanup("on_failure", job)).toBe(wanted);
      expect(wantsCleanup("on_job_failure", job)).toBe(wanted || jobFailed);
    }
  });
});

describe("mayDelete", () => {
  it.each([
    [false, false, true],
    [false, true, true],
    [true, false, false],
    [true, true, true],
  ])("adopted %s, exclusive %s: %s", (adopted, exclusive, may) => {
    expect(mayDelete({ adopted }, exclusive)).toBe(may);
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
    adopted: false,
    endsAt: null,
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
    exclusive: false,
    summary: true,
    ttlMs: null,
    baseline: [],
    clockOffsetMs: 0,
    workspaceSlug: null,
  } as const;
  const chain = { waits: false, transactions: [] };
  return { journal, attempts, outcome: null, ownFailure: null, ...chain };
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

  it("is looked for by its name first, then the newest first", () => {
    const run = saved(
      attempt({ index: 0, stage: "open", sentAt: 10 }),
      attempt({ index: 1, stage: "made", name: "web-1", sentAt: 20 }),
      attempt({ index: 2, stage: "unknown", sentAt: 30 }),
      attempt({ index: 3, stage: "made", vmUuid: uuid(3), sentAt: 40 }),
      attempt({ index: 4, stage: "open", sentAt: 50 }),
    );
    expect(unsettled(run).map(({ index }) => index)).toEqual([1, 4, 2, 0]);
  });

  it("is proven, or not, as the state says", () => {
    const run = saved(
      attempt({ vmUuid: uuid(1) }),
      attempt({ vmUuid: uuid(2), adopted: true, endsAt: 7 }),
    );
    expect(madeByMain(run)).toMatchObject([
      { adopted: false, endsAt: null },
      { adopted: true, endsAt: 7 },
    ]);
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
  const made = [1, 2].map((n) => ({ vmUuid: uuid(n), name: `web-${n}`, adopted: false }));
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
