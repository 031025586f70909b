/** The fault table: what public nodes do to a run, and that it ends with exactly the registrations needed. */
import { afterEach, describe, expect, it } from "@jest/globals";
import type { ChainFault, ChainFaultKind } from "../../simulator/evm/faults.ts";
import { ChainWorld, DEVICE_ID } from "./support.ts";

let world: ChainWorld;
afterEach(() => world.check());

const SEND = "eth_sendRawTransaction";
const RECEIPT = "eth_getTransactionReceipt";
const BOTH = ["device", "compose-hash"];

const says = (message: string, when: "before" | "after" = "before", code = -32000) =>
  ({ kind: "says", when, code, message }) as const;
const status = (code: number, when: "before" | "after", headers = {}) =>
  ({ kind: "status", when, status: code, headers, body: "busy" }) as const;

/** What happens to the first send, and to some of the others. */
const SENDS: readonly (readonly [string, ChainFaultKind])[] = [
  ["lost before the work", { kind: "drop", when: "before" }],
  ["lost after the work", { kind: "drop", when: "after" }],
  ["silent before the work", { kind: "hang", when: "before" }],
  ["silent after the work", { kind: "hang", when: "after" }],
  ["worked on much later", { kind: "late", afterMs: 60_000 }],
  ["slow", { kind: "delay", ms: 15_000 }],
  ["cut off", { kind: "cut" }],
  ["rubbish", { kind: "garbage", form: "html" }],
  ["empty", { kind: "empty" }],
  ["429", status(429, "before")],
  ["429 with a time", status(429, "before", { "retry-after": "7" })],
  ["429 after the work", status(429, "after")],
  ["500", status(500, "before")],
  ["502 after the work", status(502, "after")],
  ["503", status(503, "before")],
  ["a limit, as JSON-RPC says it", says("daily request count exceeded", "before", -32005)],
  ["already known, although it is not", says("already known")],
  ["already known", says("already known", "after")],
  ["nonce too low, although it was taken", says("nonce too low", "after")],
  ["nonce too low, although it is not", says("nonce too low")],
  [
    "replacement underpriced, although it was taken",
    says("replacement transaction underpriced", "after"),
  ],
  ["the pool is full", says("txpool is full")],
  ["too cheap for now", says("transaction underpriced")],
  ["an inner error", says("internal error", "before", -32603)],
  ["an inner error after the work", says("internal error", "after", -32603)],
  ["another hash", { kind: "result", result: `0x${"12".repeat(32)}` }],
  ["no hash", { kind: "result", result: null }],
  ["the answer to another request", { kind: "other-id" }],
];

it("the receipt of another transaction is none of ours", async () => {
  const other = { blockNumber: "0x3ea", gasUsed: "0xc350", status: "0x1" };
  const result = { ...other, transactionHash: `0x${"cc".repeat(32)}` };
  world = new ChainWorld().fault({ method: RECEIPT, times: "always", kind: "result", result });
  world.chain.includes = () => false;
  expect(await world.run()).toMatchObject({
    trouble: { why: "rpc", method: RECEIPT, fault: { kind: "unreadable" } },
  });
  expect(world.runs[0]?.told.filter(({ event }) => event === "registered")).toEqual([]);
});

describe("a send that is", () => {
  it.each(SENDS)("%s", async (_name, kind) => {
    world = new ChainWorld().fault({ method: SEND, ...kind } as ChainFault);
    expect(await world.run()).toMatchObject({ end: "allowed" });
    expect(world.registered().map(({ what }) => what)).toEqual(BOTH);
    // The same bytes each time: as many transactions as registrations.
    expect(new Set(world.left.map(({ transaction }) => transaction)).size).toBe(2);
    expect(world.saved).toHaveLength(2);
  });

  it.each(SENDS)("%s, three times in a row, for the compose hash", async (_name, kind) => {
    world = new ChainWorld({ devices: [DEVICE_ID] });
    world.fault({ method: SEND, times: 3, ...kind } as ChainFault);
    expect(await world.run()).toMatchObject({ end: "allowed" });
    expect(world.registered()).toHaveLength(1);
    expect(world.saved).toHaveLength(1);
  });
});

describe("when the same bytes are sent again", () => {
  /** How long after the first send the second came, in ms. */
  async function secondAfter(kind: ChainFaultKind): Promise<number> {
    world = new ChainWorld({ devices: [DEVICE_ID] });
    world.fault({ method: SEND, ...kind } as ChainFault);
    expect(await world.run()).toMatchObject({ end: "allowed" });
    const [first, second] = world.rpc.requests.filter(({ method }) => method === SEND);
    return (second?.at ?? 0) - (first?.at ?? 0);
  }

  it("soon where nothing is certain: an answer that is another transaction's hash", async () => {
    const result = `0x${"12".repeat(32)}`;
    expect(await secondAfter({ kind: "result", result, work: false })).toBeLessThan(2_000);
  });

  it("as late as the node asks", async () => {
    const late = await secondAfter(status(429, "before", { "retry-after": "7" }));
    expect(late).toBeGreaterThanOrEqual(7_000);
    expect(late).toBeLessThan(9_000);
  });

  it("after a while where the node says that it has them, and no block does", async () => {
    expect(await secondAfter(says("already known"))).toBeGreaterThanOrEqual(30_000);
  });
});

describe("a read that is", () => {
  const READS = SENDS.filter(([name]) => !/known|nonce|replacement|pool|cheap|hash/.test(name));
  it.each(READS)("%s: each, once", async (_name, kind) => {
    world = new ChainWorld();
    const first = ["eth_chainId", "eth_getBlockByNumber", "eth_getTransactionCount", "eth_call"];
    const later = ["eth_estimateGas", "eth_maxPriorityFeePerGas", "eth_getBalance", RECEIPT];
    for (const method of [...first, ...later]) world.fault({ method, ...kind } as ChainFault);
    expect(await world.run()).toMatchObject({ end: "allowed" });
    expect(world.registered().map(({ what }) => what)).toEqual(BOTH);
    expect(world.saved).toHaveLength(2);
  });

  it.each<[string, ChainFaultKind, string]>([
    ["refused for its key", status(401, "before"), "answer"],
    ["forbidden", status(403, "before"), "answer"],
    ["redirected", { kind: "redirect", location: "https://elsewhere.invalid" }, "answer"],
  ])("%s: not asked again", async (_name, kind, fault) => {
    world = new ChainWorld().fault({ method: "*", times: "always", ...kind } as ChainFault);
    expect(await world.run()).toMatchObject({
      trouble: { kind: "chain", why: "rpc", method: "eth_chainId", fault: { kind: fault } },
    });
    expect(world.rpc.requests).toHaveLength(1);
  });

  it("never answered: given up after two minutes at the most", async () => {
    const fault = { method: "eth_call", times: "always", kind: "hang", when: "before" } as const;
    world = new ChainWorld().fault(fault);
    const begun = world.clock.now();
    expect(await world.run()).toMatchObject({ trouble: { why: "rpc", method: "eth_call" } });
    expect(world.clock.now() - begun).toBeLessThan(120_000);
  });

  it("told of with the reasons of its failures", async () => {
    world = new ChainWorld().fault({ method: "eth_call", ...status(429, "before") });
    await world.run();
    expect(world.runs[0]?.told[0]).toMatchObject({ event: "retrying", method: "eth_call" });
  });
});

describe("receipts", () => {
  it.each([1, 5, 8])("that are null %i times", async (times) => {
    world = new ChainWorld().fault({ method: RECEIPT, times, kind: "result", result: null });
    const end = await world.run();
    expect(end).toMatchObject({ end: "allowed", transaction: world.registered()[1]?.hash });
    expect(world.registered()).toHaveLength(2);
  });

  it("that never come: the contract is believed, and no transaction named", async () => {
    world = new ChainWorld();
    world.fault({ method: RECEIPT, times: "always", kind: "result", result: null });
    expect(await world.run()).toMatchObject({ end: "allowed", transaction: null });
    expect(world.registered()).toHaveLength(2);
    expect(world.saved).toHaveLength(2);
  });
});

describe("a transaction that no block takes", () => {
  it("ends the run in five minutes, named", async () => {
    world = new ChainWorld({ baseFee: (block) => (block < 1_003 ? 10n ** 7n : 10n ** 12n) });
    world.chain.includes = (_transaction, at) => at > Date.UTC(2026, 6, 2, 8, 0, 8);
    const begun = world.clock.now();
    expect(await world.run()).toMatchObject({
      trouble: { why: "not-mined", transaction: world.saved[0]?.transaction },
    });
    expect(world.clock.now() - begun).toBeLessThan(320_000);
    expect(world.saved).toHaveLength(1);
  });

  it.each<[string, string]>([
    ["the signer's money", "insufficient funds for gas * price + value"],
    ["its own limit", "exceeds block gas limit"],
    ["its type", "transaction type not supported"],
  ])("since the node refuses it for %s: said at once", async (_name, message) => {
    world = new ChainWorld().fault({ method: SEND, times: "always", ...says(message) });
    expect(await world.run()).toMatchObject({
      trouble: { why: "not-taken", fault: { kind: "rpc", message } },
    });
    expect(world.count(SEND)).toBe(1);
  });
});
