/**
 * The planner: in all small worlds, of a chain that makes blocks and takes one back, of nodes that lag, lose,
 * forget and refuse, of other transactions of the signer, and of other hands that register; then single
 * decisions, with the real limits.
 */
import { describe, expect, it } from "@jest/globals";
import {
  LIMITS,
  nextTransaction,
  type Own,
  type Send,
  type View,
  type World,
} from "../../src/chain/next-transaction.ts";
import { explore } from "./exploration.ts";
import type { Misfortune } from "./exploration-moves.ts";

const BOTH = ["device", "compose-hash"] as const;
const HARMLESS: readonly Misfortune[] = [
  "lost",
  "lag",
  "reorg",
  "forget",
  "stranger",
  "twin",
  "hidden",
];
const EVERY: readonly Misfortune[] = [...HARMLESS, "slow", "other", "revert", "refuse"];

describe("all worlds", () => {
  it.each([
    ["nothing is missing", [], 1],
    ["the compose hash is missing", ["compose-hash"] as const, 5],
    ["both are missing", BOTH, 10],
  ])("where %s, and nothing goes wrong", (_name, need, least) => {
    const { states, ends, broken } = explore({ need, luck: 0, misfortunes: [] });
    expect(broken).toEqual([]);
    expect(ends).toEqual({ done: 1 });
    expect(states).toBeGreaterThanOrEqual(least);
  });

  it.each(HARMLESS)("with what can be got over, three times: %s", (misfortune) => {
    const { states, ends, broken } = explore({ need: BOTH, luck: 3, misfortunes: [misfortune] });
    expect(broken).toEqual([]);
    expect(Object.keys(ends)).toEqual(["done"]);
    expect(states).toBeGreaterThan(20);
  });

  it("with any three misfortunes, of every kind", () => {
    const { states, ends, broken } = explore({ need: BOTH, luck: 3, misfortunes: EVERY });
    expect(broken).toEqual([]);
    expect(states).toBeGreaterThan(50_000);
    const known = ["done", "nonce-taken", "not-mined", "not-taken", "reverted"];
    expect(Object.keys(ends).sort()).toEqual(known);
  });

  it("with any four, where the device is allowed", () => {
    const options = { need: ["compose-hash"], luck: 4, misfortunes: EVERY } as const;
    expect(explore(options).broken).toEqual([]);
  });
});

const NOW = 1_000_000;

function send(answer: Send["answer"], ago: number, againMs: number | null = null): Send {
  return { at: NOW - ago, answer, againMs };
}

function own(change: Partial<Own> = {}): Own {
  return {
    what: "compose-hash",
    transaction: "0xaa",
    nonce: 7,
    signedAt: NOW - 1_000,
    sends: [send("accepted", 1_000)],
    receipt: "none",
    askedAt: null,
    minedAt: null,
    passedAt: null,
    ...change,
  };
}

function world(view: Partial<View>, ...mine: readonly Own[]): World {
  const seen: View = {
    at: NOW,
    missing: ["compose-hash"],
    latest: 7,
    pending: 7,
    pendingSince: null,
    completeSince: null,
    barred: false,
    ...view,
  };
  return { now: NOW, view: seen, own: mine, limits: LIMITS };
}

const SIGN = { do: "sign", what: "compose-hash", nonce: 7 };
const CHECK = { do: "check", what: "chain" };
const AGAIN = { do: "send-again", transaction: "0xaa" };

describe("before anything is signed", () => {
  it("looks first", () => {
    expect(nextTransaction({ now: NOW, view: null, own: [], limits: LIMITS })).toEqual(CHECK);
  });

  it("signs with the next nonce, the device first", () => {
    expect(nextTransaction(world({}))).toEqual(SIGN);
    const both = world({ missing: ["device", "compose-hash"] });
    expect(nextTransaction(both)).toEqual({ ...SIGN, what: "device" });
  });

  it("signs by a fresh look alone", () => {
    expect(nextTransaction(world({ at: NOW - LIMITS.freshMs }))).toEqual(SIGN);
    expect(nextTransaction(world({ at: NOW - LIMITS.freshMs - 1 }))).toEqual(CHECK);
  });

  it("refuses where the signer may not", () => {
    expect(nextTransaction(world({ barred: true }))).toEqual({ do: "refuse" });
  });

  it("needs no right where nothing is missing", () => {
    const done = { do: "done", transaction: null };
    expect(nextTransaction(world({ barred: true, missing: [] }))).toEqual(done);
  });

  it("waits for what is pending, and not for ever", () => {
    const pending = (ms: number) => nextTransaction(world({ pending: 9, pendingSince: NOW - ms }));
    expect(pending(0)).toEqual({ do: "wait", ms: LIMITS.pollMs });
    expect(pending(LIMITS.pendingMs - 1)).toEqual({ do: "wait", ms: LIMITS.pollMs });
    const waitedMs = LIMITS.pendingMs;
    const because = { why: "pending", nonce: 7, waitedMs };
    expect(pending(LIMITS.pendingMs)).toEqual({ do: "fail", because });
  });
});

describe("after a send", () => {
  it("waits for the receipt, and looks at the chain now and then", () => {
    expect(nextTransaction(world({}, own()))).toEqual({ do: "wait", ms: LIMITS.pollMs - 1_000 });
    const later = own({ sends: [send("accepted", LIMITS.pollMs)] });
    expect(nextTransaction(world({}, later))).toEqual({ do: "check", what: "receipts" });
    expect(nextTransaction(world({ at: NOW - LIMITS.chainMs }, own()))).toEqual(CHECK);
  });

  it("sends the same again after a lost answer, having asked for the receipt", () => {
    const lost = own({ sends: [send("unsure", 1_000)] });
    expect(nextTransaction(world({}, lost))).toEqual({ do: "check", what: "receipts" });
    expect(nextTransaction(world({}, { ...lost, askedAt: NOW }))).toEqual(AGAIN);
  });

  it.each([
    [1, 1_000],
    [2, 2_000],
    [4, 8_000],
    [9, LIMITS.rebroadcastMs],
  ])("leaves the node alone after %i lost answers for %i ms", (times, ms) => {
    const sends = Array.from({ length: times }, () => send("unsure", ms - 1));
    const before = own({ sends, askedAt: NOW });
    expect(nextTransaction(world({}, before))).toEqual({ do: "wait", ms: 1 });
    const due = own({ sends: sends.map((one) => ({ ...one, at: NOW - ms })), askedAt: NOW });
    expect(nextTransaction(world({}, due))).toEqual(AGAIN);
  });

  it("heeds how long the node wants to be left alone", () => {
    const asked = own({ sends: [send("unsure", 4_999, 5_000)], askedAt: NOW });
    expect(nextTransaction(world({}, asked))).toEqual({ do: "wait", ms: 1 });
  });

  it("reminds the nodes", () => {
    const old = own({ sends: [send("accepted", LIMITS.rebroadcastMs)], askedAt: NOW });
    expect(nextTransaction(world({}, old))).toEqual(AGAIN);
  });

  it("fails where the node refuses, unless another send may have got through", () => {
    const refused = own({ sends: [send("refused", 10)] });
    expect(nextTransaction(world({}, refused))).toMatchObject({ because: { why: "not-taken" } });
    const doubtful = own({ sends: [send("unsure", 20), send("refused", 10)] });
    expect(nextTransaction(world({}, doubtful))).toMatchObject({ do: "wait" });
  });

  it("fails where no block takes it", () => {
    const old = own({ signedAt: NOW - LIMITS.minedMs, askedAt: NOW });
    expect(nextTransaction(world({}, old))).toMatchObject({ because: { why: "not-mined" } });
  });

  it("fails where a block took it and the contract shows nothing", () => {
    const mined = own({ receipt: "ok", minedAt: NOW - LIMITS.effectMs });
    expect(nextTransaction(world({ latest: 8 }, mined))).toMatchObject({
      because: { why: "no-effect" },
    });
    const fresh = own({ receipt: "ok", minedAt: NOW });
    expect(nextTransaction(world({ latest: 8 }, fresh))).toEqual({ do: "wait", ms: LIMITS.pollMs });
  });
});

describe("a nonce that is used up", () => {
  const passed = (ms: number) =>
    own({ passedAt: NOW - ms, askedAt: NOW, sends: [send("nonce-low", LIMITS.rebroadcastMs)] });

  it("is watched first, and nothing is sent again", () => {
    const step = nextTransaction(world({ latest: 8, pending: 8 }, passed(LIMITS.passedMs - 1)));
    expect(step).toEqual({ do: "wait", ms: LIMITS.pollMs });
  });

  it("then is another's: the registration is signed anew", () => {
    const step = nextTransaction(world({ latest: 8, pending: 8 }, passed(LIMITS.passedMs)));
    expect(step).toEqual({ ...SIGN, nonce: 8 });
  });

  it("is given up in the end", () => {
    const lost = Array.from({ length: LIMITS.mostSigned }, (_, i) => ({
      ...passed(LIMITS.passedMs),
      transaction: `0x${i}`,
    }));
    expect(nextTransaction(world({ latest: 8, pending: 8 }, ...lost))).toMatchObject({
      because: { why: "nonce-taken", nonce: 7 },
    });
  });
});

describe("the end", () => {
  it("names the transaction that registered", () => {
    const mined = own({ receipt: "ok" });
    const step = nextTransaction(world({ missing: [], latest: 8 }, mined));
    expect(step).toEqual({ do: "done", transaction: "0xaa" });
  });

  it("waits a while for its receipt", () => {
    const complete = (ms: number) =>
      nextTransaction(world({ missing: [], completeSince: NOW - ms }, own({ askedAt: NOW })));
    expect(complete(0)).toEqual({ do: "wait", ms: LIMITS.pollMs });
    expect(complete(LIMITS.receiptMs)).toEqual({ do: "done", transaction: null });
  });

  it("does not wait for that of one that was refused by the contract", () => {
    const step = nextTransaction(world({ missing: [] }, own({ receipt: "reverted" })));
    expect(step).toEqual({ do: "done", transaction: null });
  });

  it("fails for a revert only where the registration is still missing", () => {
    const reverted = own({ receipt: "reverted", askedAt: NOW });
    expect(nextTransaction(world({ at: NOW - 1, latest: 8 }, reverted))).toEqual(CHECK);
    expect(nextTransaction(world({ latest: 8 }, reverted))).toMatchObject({
      because: { why: "reverted" },
    });
  });
});
