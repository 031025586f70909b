import { describe, expect, it } from "@jest/globals";
import { type Left, readLeft } from "../../src/fleet/left.ts";
import {
  deservesWindow,
  identOfMade,
  madeByMain,
  mayDelete,
  unsettled,
  wantsCleanup,
} from "../../src/fleet/plan/cleanup.ts";
import { blankReplica, NOBODY, type Replica } from "../../src/ledger/replica.ts";
import { uuid } from "../support/desk.ts";

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
    ["answer", false, true],
    ["name", false, true],
    ["elimination", false, false],
    // Proof is what the state says, not what it leaves out.
    [null, false, false],
    ["elimination", true, true],
  ] as const)("proven by %s, exclusive %s: %s", (proof, exclusive, may) => {
    expect(mayDelete({ proof }, exclusive)).toBe(may);
  });
});

const SLOT = { index: 0, nodeId: 26, nodeName: null, composeHash: null, expectedHash: null };
const MADE = { fate: "there", origin: "created", proof: "answer" } as const;
const who = (n: number | null, name: string | null = null) => ({
  ident: { ...NOBODY, uuid: n === null ? null : uuid(n), name },
});

function replica(index: number, over: Partial<Replica>): Replica {
  return { ...blankReplica(`new-${index}`), slot: { ...SLOT, index }, since: 1, ...over };
}

function left(...replicas: Replica[]): Left {
  const began = {
    fact: "began",
    command: "create",
    apiUrl: "https://api.unit.invalid",
    appId: "a",
    source: uuid(0),
    requestTimeoutMs: 1_000,
    cleanup: "always",
    exclusive: false,
    summary: true,
    ttlMs: null,
  } as const;
  const seen = { known: [], clockOffsetMs: 0, workspaceSlug: null };
  const end = { outcome: null, ownFailure: null, waits: false, transactions: [] };
  return { began, ...seen, ...end, replicas };
}

describe("what main left", () => {
  it.each<[string, Partial<Replica>, "made" | "open" | "nothing"]>([
    ["made and known", { ...MADE, ...who(1, "web-1") }, "made"],
    ["made, and gone by somebody", { ...MADE, fate: "gone", ...who(1, "web-1") }, "made"],
    ["made, its UUID not known", { ...MADE, ...who(null, "web-1") }, "open"],
    ["adopted", { ...MADE, origin: "adopted", ...who(1) }, "made"],
    ["open: killed or cancelled", { fate: "open" }, "open"],
    ["unknown: searched in vain", { fate: "unknown" }, "open"],
    ["nothing: certain", { fate: "nothing" }, "nothing"],
    ["nothing, whatever else stands there", { fate: "nothing", ...who(1) }, "nothing"],
    ["never asked for", { fate: "unasked" }, "nothing"],
    ["somebody else's", { fate: "there", origin: "existing", ...who(1) }, "nothing"],
  ])("%s", (_name, over, kind) => {
    const run = left(replica(0, over));
    expect(madeByMain(run)).toHaveLength(kind === "made" ? 1 : 0);
    expect(unsettled(run)).toHaveLength(kind === "open" ? 1 : 0);
  });

  it("is looked for by its name first, then the newest first", () => {
    const run = left(
      replica(0, { fate: "open", since: 10 }),
      replica(1, { ...MADE, ...who(null, "web-1"), since: 20 }),
      replica(2, { fate: "unknown", since: 30 }),
      replica(3, { ...MADE, ...who(3), since: 40 }),
      replica(4, { fate: "open", since: 50 }),
    );
    expect(unsettled(run).map((one) => one.replica.slot?.index)).toEqual([1, 4, 2, 0]);
  });

  it("has an earlier try of a request that another one settled, with a key of its own", () => {
    const earlier = [{ since: 5, nextAt: 9 }];
    const run = left(replica(2, { ...MADE, ...who(1), since: 9, earlier }));
    expect(madeByMain(run)).toHaveLength(1);
    const [one, ...more] = unsettled(run);
    expect(more).toEqual([]);
    expect(one).toMatchObject({ nextAt: 9, replica: { since: 5, fate: "unknown" } });
    expect(one?.replica.slot?.index).toBe(2);
    expect(one?.replica.key).not.toBe("new-2");
  });

  it("is named by its UUID where it has no name", () => {
    const run = left(
      replica(0, { ...MADE, ...who(1) }),
      replica(1, { ...MADE, ...who(2, "web-2") }),
    );
    expect(madeByMain(run).map(identOfMade)).toMatchObject([
      { uuid: uuid(1), name: uuid(1) },
      { uuid: uuid(2), name: "web-2" },
    ]);
  });

  it.each([0, 7])("is never what was there before: CVM %s", (n) => {
    const run = left(replica(0, { ...MADE, ...who(n) }), replica(1, { ...MADE, ...who(1) }));
    const made = madeByMain({ ...run, known: [uuid(7)] });
    expect(made.map(({ ident }) => ident.uuid)).toEqual([uuid(1)]);
  });

  it("gets the whole window where it was not searched for, or certainly exists", () => {
    const fates = ["open", "unknown", "there", "nothing"] as const;
    expect(fates.map((fate) => deservesWindow({ fate, origin: "created" }))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it("is no record of post's where another command left it", () => {
    const began = { ...left().began, command: "rollout" };
    expect(readLeft({ run: JSON.stringify({ v: 3, began, surveyed: null }) })).toBeNull();
    const ours = JSON.stringify({ v: 3, began: left().began, surveyed: null });
    expect(readLeft({ run: ours })).toMatchObject({ known: null, replicas: [] });
  });
});
