/** The simulated chain itself, by HTTP, with a well-known client: what it accepts, refuses and shows. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Contract, FetchRequest, JsonRpcProvider, Transaction, Wallet } from "ethers";
import { accountOf } from "../../simulator/evm/raw.ts";
import { type ChainServer, startChain } from "../../simulator/evm/server.ts";
import { signTransaction } from "../../src/chain/transaction.ts";
import { parsePrivateKey } from "../../src/text/private-key.ts";

const KEY = "c0ffee".padEnd(64, "3");
const OWNER = accountOf(Buffer.from(KEY, "hex"));
const OTHER = "0ddba11".padEnd(64, "4");
const CONTRACT = `0x${"a1".repeat(20)}`;
const HASH = `0x${"cd".repeat(32)}`;
const ABI = [
  "function allowAnyDevice() view returns (bool)",
  "function owner() view returns (address)",
  "function allowedDeviceIds(bytes32) view returns (bool)",
  "function allowedComposeHashes(bytes32) view returns (bool)",
  "function addDevice(bytes32)",
  "function addComposeHash(bytes32)",
  "event DeviceAdded(bytes32)",
  "event ComposeHashAdded(bytes32)",
  "error OwnableUnauthorizedAccount(address)",
];

let server: ChainServer;
let provider: JsonRpcProvider;
let clock: number;

beforeEach(async () => {
  clock = Date.UTC(2026, 6, 2);
  server = await startChain({
    contract: CONTRACT,
    owner: OWNER,
    chainId: 31337,
    now: () => clock,
    balances: { [OWNER]: 10n ** 18n, [accountOf(Buffer.from(OTHER, "hex"))]: 10n ** 18n },
  });
  const request = new FetchRequest(server.url);
  request.timeout = 5_000;
  // Each call on its own, each answer new: this is about the server.
  const options = { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 20 };
  provider = new JsonRpcProvider(request, 31337, options);
});

afterEach(async () => {
  provider.destroy();
  await server.close();
});

const contractOf = (key: string) => new Contract(CONTRACT, ABI, new Wallet(`0x${key}`, provider));

async function ask(method: string, ...params: unknown[]): Promise<Record<string, unknown>> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await fetch(server.url, { method: "POST", body });
  return (await answer.json()) as Record<string, unknown>;
}

/** A block's time goes by. */
const block = () => {
  clock += 2_000;
};

async function raw(change: Partial<Transaction> = {}, key = KEY): Promise<string> {
  const transaction = {
    type: 2,
    chainId: 31337n,
    nonce: 0,
    to: CONTRACT,
    gasLimit: 100_000n,
    maxFeePerGas: 10n ** 9n,
    maxPriorityFeePerGas: 10n ** 6n,
    data: `0xdfc77223${HASH.slice(2)}`,
    value: 0n,
    ...change,
  };
  return new Wallet(`0x${key}`).signTransaction(transaction as never);
}

describe("the chain", () => {
  it("takes a well-known client's write, shows its event and its effect", async () => {
    const contract = contractOf(KEY);
    expect(await contract.getFunction("owner")()).toBe(new Wallet(`0x${KEY}`).address);
    expect(await contract.getFunction("allowedComposeHashes")(HASH)).toBe(false);
    const sent = await contract.getFunction("addComposeHash")(HASH);
    expect(await provider.getTransactionReceipt(sent.hash)).toBeNull();
    block();
    const receipt = await provider.getTransactionReceipt(sent.hash);
    expect(receipt?.status).toBe(1);
    const events = receipt?.logs.map((log) => contract.interface.parseLog(log));
    expect(events?.map((event) => [event?.name, event?.args[0]])).toEqual([
      ["ComposeHashAdded", HASH],
    ]);
    expect(await contract.getFunction("allowedComposeHashes")(HASH)).toBe(true);
    expect(await contract.getFunction("allowAnyDevice")()).toBe(false);
    expect(await provider.getTransactionCount(OWNER)).toBe(1);
    const paid = 10n ** 18n - (await provider.getBalance(OWNER));
    expect(paid).toBe((receipt?.gasUsed ?? 0n) * (receipt?.gasPrice ?? 0n));
    expect(await provider.getLogs({ fromBlock: 1_000, toBlock: "latest" })).toHaveLength(1);
  });

  it("refuses a stranger's write with the contract's error", async () => {
    const account = new Wallet(`0x${OTHER}`).address;
    await expect(contractOf(OTHER).getFunction("addDevice").staticCall(HASH)).rejects.toMatchObject(
      {
        code: "CALL_EXCEPTION",
        revert: { name: "OwnableUnauthorizedAccount", args: [account] },
      },
    );
  });

  it("puts a stranger's write into a block, as reverted, and takes the fee", async () => {
    const sent = await provider.broadcastTransaction(await raw({}, OTHER));
    block();
    const receipt = await provider.getTransactionReceipt(sent.hash);
    expect([receipt?.status, receipt?.logs]).toEqual([0, []]);
    expect(await contractOf(KEY).getFunction("allowedComposeHashes")(HASH)).toBe(false);
  });

  it("lets a write fail that has too little gas", async () => {
    const sent = await provider.broadcastTransaction(await raw({ gasLimit: 22_000n }));
    block();
    const receipt = await provider.getTransactionReceipt(sent.hash);
    expect([receipt?.status, receipt?.gasUsed]).toEqual([0, 22_000n]);
  });

  it("takes back a block, and brings its transactions into the next", async () => {
    const sent = await provider.broadcastTransaction(await raw());
    block();
    const first = server.chain.head();
    server.chain.reorg();
    expect(await provider.getTransactionReceipt(sent.hash)).toBeNull();
    expect(server.chain.head()).toMatchObject({
      number: first.number,
      parentHash: first.parentHash,
    });
    expect(server.chain.head().hash).not.toBe(first.hash);
    block();
    expect((await provider.getTransactionReceipt(sent.hash))?.blockNumber).toBe(first.number + 1);
  });
});

describe("a send", () => {
  const refused = async (text: string) =>
    ((await ask("eth_sendRawTransaction", text)).error as { message: string }).message;

  it.each<[string, Partial<Transaction>]>([
    ["invalid chain id for signer", { chainId: 1n }],
    ["intrinsic gas too low", { gasLimit: 21_000n }],
    ["insufficient funds for gas * price + value", { maxFeePerGas: 10n ** 15n }],
  ])("is refused: %s", async (message, change) => {
    expect(await refused(await raw(change))).toContain(message);
  });

  it("is refused where it is of another type, or its tip beyond its price", async () => {
    const old = {
      type: 1,
      chainId: 31337,
      nonce: 0,
      gasPrice: 1n,
      gasLimit: 21_000n,
      to: CONTRACT,
    };
    const text = await new Wallet(`0x${KEY}`).signTransaction(old);
    expect(await refused(text)).toBe("transaction type not supported");
    const parsed = parsePrivateKey(KEY);
    if (!parsed.ok) throw new Error(parsed.problem);
    const prices = { maxFeePerGas: 1n, maxPriorityFeePerGas: 2n };
    const odd = { chainId: 31337, nonce: 0, gas: 50_000n, to: CONTRACT, data: "0x", ...prices };
    expect(await refused(signTransaction(odd, parsed.key).raw)).toMatch(/^max priority fee/);
  });

  it("is refused where its bytes are no transaction's", async () => {
    const good = await raw();
    for (const bad of [
      "0x",
      "0x02",
      "hello",
      good.slice(0, -2),
      `${good}00`,
      "0x02c0",
      `0x02${"f8".repeat(40)}`,
    ]) {
      expect(await refused(bad)).toMatch(/rlp|supported/);
    }
    // The mirrored signature, with the high s, is no valid one.
    const signed = Transaction.from(good);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const high = (order - BigInt(signed.signature?.s ?? 0)).toString(16);
    expect(await refused(good.slice(0, -64) + high)).toMatch(/signature|v, r, s/);
  });

  it("whose field was changed has another sender, who has no money", async () => {
    const good = await raw();
    const changed = good.replace(HASH.slice(2), "ce".repeat(32));
    expect(await refused(changed)).toContain("insufficient funds");
  });

  it("is known the second time, and too late once it is in a block", async () => {
    const text = await raw();
    expect(await ask("eth_sendRawTransaction", text)).toHaveProperty("result");
    expect(await refused(text)).toBe("already known");
    expect(await provider.getTransactionCount(OWNER, "pending")).toBe(1);
    expect(await provider.getTransactionCount(OWNER, "latest")).toBe(0);
    block();
    expect(await refused(text)).toMatch(/^nonce too low/);
  });

  it("takes another's place for a tenth more, and not for less", async () => {
    await ask("eth_sendRawTransaction", await raw());
    const little = await raw({ maxFeePerGas: 1_050_000_000n });
    expect(await refused(little)).toBe("replacement transaction underpriced");
    const more = await raw({ maxFeePerGas: 1_100_000_000n, maxPriorityFeePerGas: 1_100_000n });
    expect(await ask("eth_sendRawTransaction", more)).toHaveProperty("result");
  });
});

describe("JSON-RPC", () => {
  it("answers what it can't read or does not know with its errors", async () => {
    const post = async (body: string) => (await fetch(server.url, { method: "POST", body })).json();
    expect(await post("{")).toMatchObject({ id: null, error: { code: -32700 } });
    expect(await post("[]")).toMatchObject({ error: { code: -32600 } });
    expect(await post('{"id":1}')).toMatchObject({ id: 1, error: { code: -32600 } });
    expect(await ask("eth_accounts")).toMatchObject({ error: { code: -32601 } });
    expect(await ask("constructor")).toMatchObject({ error: { code: -32601 } });
    expect(await ask("eth_getBalance", "0x12")).toMatchObject({ error: { code: -32602 } });
    expect(await ask("eth_call", {}, { blockHash: `0x${"00".repeat(32)}` })).toMatchObject({
      error: { message: "header not found" },
    });
  });

  it("answers a batch in order", async () => {
    const call = (id: number, method: string) => ({ jsonrpc: "2.0", id, method, params: [] });
    const body = JSON.stringify([call(1, "eth_chainId"), call(2, "net_version")]);
    const answer = await fetch(server.url, { method: "POST", body });
    expect(await answer.json()).toMatchObject([
      { id: 1, result: "0x7a69" },
      { id: 2, result: "31337" },
    ]);
  });

  it("fails as it is told to, before the work or after it", async () => {
    const text = await raw();
    server.rpc.faults.add({ method: "eth_sendRawTransaction", kind: "drop", when: "after" });
    await expect(ask("eth_sendRawTransaction", text)).rejects.toThrow();
    block();
    expect(await provider.getTransactionCount(OWNER)).toBe(1);
    server.rpc.faults.add({ method: "eth_chainId", kind: "status", when: "before", status: 429 });
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
    expect((await fetch(server.url, { method: "POST", body })).status).toBe(429);
    expect(await ask("eth_chainId")).toHaveProperty("result");
  });
});
