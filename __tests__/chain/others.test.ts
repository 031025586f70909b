/** Nodes that differ, blocks that are taken back, other transactions of the signer, and a contract that changes. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { ChainWorld, COMPOSE_HASH, DEVICE_ID, OWNER, type Setting, STRANGER } from "./support.ts";

let world: ChainWorld;
afterEach(() => world.check());

const SEND = "eth_sendRawTransaction";
const RECEIPT = "eth_getTransactionReceipt";
const BOTH = ["device", "compose-hash"];

describe("nodes behind one address", () => {
  const turns = (nodes: Setting["nodes"]): Setting => ({ nodes: nodes ?? [] });
  it.each<[string, Setting]>([
    ["one a block behind", turns([{}, { lag: 1 }])],
    ["one three blocks behind", turns([{ lag: 3 }, {}])],
    ["three of them", turns([{ lag: 2 }, {}, { lag: 1 }])],
    ["one that knows nothing of what is pending", turns([{ tellsPending: false }, {}])],
    [
      "one behind for the reads of the contract",
      {
        nodes: [{}, { lag: 2 }],
        pick: (method) => (method === "eth_call" ? 1 : 0),
      },
    ],
    [
      "one behind for nonces",
      {
        nodes: [{}, { lag: 2 }],
        pick: (method) => (method === "eth_getTransactionCount" ? 1 : 0),
      },
    ],
    [
      "one behind that is sent to",
      {
        nodes: [{}, { lag: 2 }],
        pick: (method) => (method === SEND ? 1 : 0),
      },
    ],
    [
      "one behind for receipts",
      {
        nodes: [{}, { lag: 3 }],
        pick: (method) => (method === RECEIPT ? 1 : 0),
      },
    ],
    ["one behind, by number", turns([{ blockByHash: false }, { lag: 1, blockByHash: false }])],
  ])("%s", async (_name, setting) => {
    world = new ChainWorld(setting);
    expect(await world.run()).toMatchObject({ end: "allowed" });
    expect(world.registered().map(({ what }) => what)).toEqual(BOTH);
    expect(world.saved).toHaveLength(2);
  });
});

it.each([1, 2, 3])(
  "after a killed run, %i blocks behind where the contract is read: nothing is registered twice",
  async (lag) => {
    const pick = (method: string) => (method === "eth_call" ? 1 : 0);
    world = new ChainWorld({ nodes: [{}, { lag }], pick });
    const first = world.start();
    // The device's registration is in the block of this moment; the reads of the contract do not show it yet.
    world.after(2_050, () => first.kill());
    await world.clock.drive(first.finished);
    expect(world.saved.map(({ what }) => what)).toEqual(["device"]);
    expect(await world.run()).toMatchObject({ end: "allowed" });
    expect(world.saved.map(({ what }) => what)).toEqual(BOTH);
  },
);

describe("a reorg of one block", () => {
  it.each([2_100, 2_500, 3_000, 4_500, 5_000, 6_500, 7_500])("after %i ms", async (ms) => {
    world = new ChainWorld();
    world.after(ms, () => world.chain.reorg());
    expect(await world.run()).toMatchObject({ end: "allowed" });
    await world.pass(10_000);
    expect(world.registered().map(({ what }) => what)).toEqual(BOTH);
    expect(world.saved).toHaveLength(2);
  });

  it("whose transactions the pool forgets: the same bytes are sent again", async () => {
    world = new ChainWorld({ devices: [DEVICE_ID] });
    world.after(2_500, () => {
      world.chain.reorg();
      for (const { transaction } of world.saved) world.chain.forget(transaction);
    });
    expect(await world.run()).toMatchObject({ end: "allowed" });
    expect(world.registered()).toHaveLength(1);
    const [first, again] = world.left;
    expect([world.left.length, again]).toEqual([2, first]);
  });
});

describe("other transactions of the signer", () => {
  it("pending when the run begins: it waits for them before it signs", async () => {
    world = new ChainWorld();
    world.chain.addOther({ from: OWNER });
    world.chain.addOther({ from: OWNER });
    world.chain.includes = (_transaction, at) => at % 20_000 === 0;
    expect(await world.run()).toMatchObject({ end: "allowed" });
    expect(world.registered().map(({ nonce }) => nonce)).toEqual([9, 10]);
    expect(world.runs[0]?.told[0]).toEqual({ event: "waiting", nonce: 7 });
  });

  it("stuck for ever: nothing is signed, and it says so in the end", async () => {
    world = new ChainWorld();
    world.chain.addOther({ from: OWNER, maxFeePerGas: 1n });
    expect(await world.run()).toMatchObject({
      trouble: { kind: "chain", why: "pending", nonce: 7 },
      sent: [],
    });
    expect([world.saved, world.left]).toEqual([[], []]);
  });

  it("that no node tells of, with our nonce: signed anew, once ours is dead for certain", async () => {
    world = new ChainWorld({ devices: [DEVICE_ID], nodes: [{ tellsPending: false }] });
    world.chain.addOther({ from: OWNER, nonce: 7, told: false });
    expect(await world.run()).toMatchObject({ end: "allowed" });
    expect(world.registered().map(({ nonce }) => nonce)).toEqual([8]);
    expect(world.saved.map(({ nonce }) => nonce)).toEqual([7, 8]);
  });

  it("of a run before this one, for the same: not registered twice", async () => {
    world = new ChainWorld({ devices: [DEVICE_ID], nodes: [{ tellsPending: false }] });
    world.chain.addOther({ from: OWNER, nonce: 7, told: false, data: `0xdfc77223${COMPOSE_HASH}` });
    expect(await world.run()).toMatchObject({ end: "allowed", transaction: null });
    expect(world.registered().map(({ nonce }) => nonce)).toEqual([7]);
  });

  it("that take its nonce time and again: given up", async () => {
    world = new ChainWorld({ devices: [DEVICE_ID], nodes: [{ tellsPending: false }] });
    for (let i = 0; i < 9; i++) world.chain.addOther({ from: OWNER, nonce: 7 + i, told: false });
    let next = 7;
    world.chain.includes = ({ nonce, hash }, at) => {
      // One in each block in which ours would get in.
      const ours = world.saved.some((one) => one.transaction === hash);
      if (ours || nonce !== next || !world.saved.some((one) => one.nonce === nonce)) return false;
      next = at > 0 ? nonce + 1 : nonce;
      return true;
    };
    expect(await world.run()).toMatchObject({ trouble: { why: "nonce-taken" } });
    expect(world.registered()).toEqual([]);
  });
});

describe("the contract", () => {
  it("that changes hands after the first registration", async () => {
    world = new ChainWorld();
    world.after(2_100, () => world.chain.change((state) => ({ ...state, owner: STRANGER })));
    world.fault({ method: "eth_getBlockByNumber", nth: 2, kind: "delay", ms: 3_000 });
    expect(await world.run()).toMatchObject({
      trouble: { kind: "rejected", why: "not-owner", owner: STRANGER },
      sent: [{ what: "device" }],
    });
  });

  it("that changes hands between signing and the block: a revert, with its reason", async () => {
    world = new ChainWorld();
    world.after(300, () => world.chain.change((state) => ({ ...state, owner: STRANGER })));
    expect(await world.run()).toMatchObject({
      trouble: {
        kind: "chain",
        why: "reverted",
        what: "device",
        transaction: world.saved[0]?.transaction,
        revert: { error: "not-owner", account: OWNER },
      },
    });
    expect(world.saved).toHaveLength(1);
  });

  it("that a Safe changes meanwhile: nothing more is sent", async () => {
    world = new ChainWorld();
    world.chain.includes = () => false;
    world.after(5_000, () =>
      world.chain.change((state) => ({ ...state, devices: [DEVICE_ID], hashes: [COMPOSE_HASH] })),
    );
    expect(await world.run()).toMatchObject({ end: "allowed", transaction: null });
    expect(world.saved).toHaveLength(1);
  });
});
