/** `register` where nothing goes wrong, and where it is refused before anything is sent. */
import { afterEach, describe, expect, it } from "@jest/globals";
import type { RegisterEvent } from "../../src/chain/registration.ts";
import {
  APP_ID,
  ChainWorld,
  COMPOSE_HASH,
  DEVICE_ID,
  OTHER_KEY,
  OWNER,
  type Setting,
  STRANGER,
} from "./support.ts";

let world: ChainWorld;
function given(setting: Setting = {}): ChainWorld {
  world = new ChainWorld(setting);
  return world;
}
afterEach(() => world.check());

const events = (of: ChainWorld): RegisterEvent["event"][] =>
  of.runs.flatMap(({ told }) => told.map(({ event }) => event));

describe("register", () => {
  it("adds the device, then the compose hash, and names the transaction of the hash", async () => {
    const end = await given().run();
    const [device, hash] = world.registered();
    expect(world.registered().map(({ what, nonce }) => [what, nonce])).toEqual([
      ["device", 7],
      ["compose-hash", 8],
    ]);
    const sent = [
      { what: "device", transaction: device?.hash, nonce: 7 },
      { what: "compose-hash", transaction: hash?.hash, nonce: 8 },
    ];
    expect(end).toEqual({ end: "allowed", transaction: hash?.hash, sent });
    expect(world.saved).toEqual(sent);
    expect(events(world)).toEqual(["sent", "registered", "sent", "registered"]);
  });

  it.each<[string, Setting]>([
    ["listed", { devices: [DEVICE_ID] }],
    ["any", { allowAnyDevice: true }],
  ])("adds the hash alone where the device is allowed: %s", async (_name, setting) => {
    expect(await given(setting).run()).toMatchObject({ end: "allowed" });
    expect(world.registered().map(({ what }) => what)).toEqual(["compose-hash"]);
  });

  it("adds the device alone where the hash is allowed: no transaction registered the hash", async () => {
    const end = await given({ hashes: [COMPOSE_HASH] }).run();
    expect(end).toMatchObject({ end: "allowed", transaction: null, sent: [{ what: "device" }] });
    expect(world.registered()).toHaveLength(1);
  });

  it("sends nothing where all is allowed, whoever the signer is", async () => {
    const setting = { hashes: [COMPOSE_HASH], allowAnyDevice: true, owner: STRANGER };
    expect(await given(setting).run()).toEqual({ end: "allowed", transaction: null, sent: [] });
    expect(world.left).toEqual([]);
    expect(world.rpc.requests.length).toBeLessThan(8);
  });

  it("never opens the app to any device", async () => {
    await given().run();
    expect(world.chain.head().contract).toEqual({
      owner: OWNER,
      allowAnyDevice: false,
      devices: [DEVICE_ID],
      hashes: [COMPOSE_HASH],
    });
  });

  it("adds the hash alone where no device is named", async () => {
    expect(await given().run({ deviceId: null })).toMatchObject({ end: "allowed" });
    expect(world.registered().map(({ what }) => what)).toEqual(["compose-hash"]);
  });

  it("works on a chain that makes a block for each transaction", async () => {
    expect(await given({ blockMs: 0, chainId: 31337 }).run({ chainId: 31337 })).toMatchObject({
      end: "allowed",
    });
  });

  it("works on a chain of slow blocks, and asks little", async () => {
    expect(await given({ blockMs: 12_000, chainId: 1 }).run({ chainId: 1 })).toMatchObject({
      end: "allowed",
    });
    expect(world.rpc.requests.length).toBeLessThan(70);
  });

  it.each<[string, Setting]>([
    ["takes no block by its hash", { nodes: [{ blockByHash: false }] }],
    ["suggests no tip", { nodes: [{ suggestsTip: false }] }],
    ["suggests a tip of nothing", { nodes: [{ tip: 0n }] }],
    ["knows nothing of what is pending", { nodes: [{ tellsPending: false }] }],
    ["answers an inner error where pending is named", { nodes: [{ pendingFails: true }] }],
  ])("works with a node that %s", async (_name, setting) => {
    expect(await given(setting).run()).toMatchObject({ end: "allowed" });
    expect(world.registered()).toHaveLength(2);
  });

  it("asks with the RPC's headers alone", async () => {
    await given().run();
    const names = new Set(world.rpc.requests.flatMap(({ headers }) => Object.keys(headers)));
    expect([...names].sort()).toEqual(["accept", "content-type"]);
  });
});

describe("refused before anything is sent", () => {
  afterEach(() => {
    expect([world.left, world.saved]).toEqual([[], []]);
  });

  it("by another chain than the app's", async () => {
    expect(await given({ chainId: 1 }).run()).toMatchObject({
      trouble: { kind: "rejected", why: "other-chain", app: 8453, rpc: 1 },
    });
    expect(world.rpc.requests).toHaveLength(1);
  });

  it("where the app's chain is not told", async () => {
    expect(await given().run({ chainId: null })).toMatchObject({
      trouble: { kind: "rejected", why: "other-chain", app: null, rpc: null },
    });
    expect(world.rpc.requests).toHaveLength(0);
  });

  it("where the signer is not the owner", async () => {
    expect(await given().run({}, OTHER_KEY)).toMatchObject({
      trouble: { kind: "rejected", why: "not-owner", signer: STRANGER, owner: OWNER },
    });
  });

  it("where there is no contract", async () => {
    expect(await given({ contract: `0x${"b2".repeat(20)}` }).run()).toMatchObject({
      trouble: { kind: "rejected", why: "no-contract", contract: `0x${APP_ID}` },
    });
  });

  it("where it costs more than max_fee", async () => {
    const end = await given({ baseFee: () => 10n ** 12n }).run();
    expect(end).toMatchObject({
      trouble: { kind: "rejected", why: "fee", what: "device", most: "10000000000000000" },
    });
  });

  it("where the signer has nothing, at a node that does not even estimate for it: said at once", async () => {
    const begun = given({ balances: {}, nodes: [{ estimatesForPayers: true }] });
    const from = begun.clock.now();
    const end = await begun.run();
    expect(end).toMatchObject({
      trouble: { kind: "rejected", why: "funds", has: "0", least: `${21_000n * 10_000_000n}` },
      sent: [],
    });
    expect(begun.clock.now() - from).toBeLessThan(1_000);
  });

  it("where a node says that, of a signer who has enough: the node's trouble", async () => {
    const message = "insufficient funds for gas * price + value";
    const poor = { kind: "says", when: "before", code: -32000, message } as const;
    const end = await given({})
      .fault({ method: "eth_estimateGas", times: "always", ...poor })
      .run();
    expect(end).toMatchObject({ trouble: { kind: "chain", why: "rpc", fault: { message } } });
  });

  it("where the signer has too little", async () => {
    const end = await given({ balances: { [OWNER]: 1_000n } }).run();
    expect(end).toMatchObject({ trouble: { kind: "rejected", why: "funds", has: "1000" } });
  });

  it.each(["code-3", "nethermind", "hardhat"] as const)(
    "where the contract refuses, with its reason, as %s says it",
    async (reverts) => {
      given({ nodes: [{ reverts }] }).chain.refusal = "closed for today";
      expect(await world.run()).toMatchObject({
        trouble: {
          kind: "chain",
          why: "reverted",
          transaction: null,
          revert: { error: "text", text: "closed for today" },
        },
      });
    },
  );

  it("where the contract refuses, and the node does not say why", async () => {
    given({ nodes: [{ reverts: "words" }] }).chain.refusal = "closed for today";
    expect(await world.run()).toMatchObject({
      trouble: { why: "reverted", revert: { error: "unknown" } },
    });
  });
});

describe("within max_fee", () => {
  it("offers less than twice the base fee where max_fee leaves no more", async () => {
    const baseFee = 150_000_000_000n;
    given({ baseFee: () => baseFee });
    expect(await world.run()).toMatchObject({ end: "allowed" });
    const [first] = world.chain.mined();
    expect(first?.transaction.maxFeePerGas).toBeLessThan(2n * baseFee);
  });
});
