import { type Block, type Mined, run } from "./blocks.ts";
import { type Node, RpcRefusal } from "./node.ts";
import { decodeRaw } from "./raw.ts";

/** Methods of Ethereum nodes, as far as clients of one contract need them. */
export type Method = (node: Node, params: readonly unknown[]) => unknown;

export const METHODS: Readonly<Record<string, Method>> = {
  web3_clientVersion: () => "Simulated/v1",
  net_version: ({ chain }) => String(chain.chainId),
  eth_chainId: ({ chain }) => quantity(chain.chainId),
  eth_blockNumber: (node) => quantity(node.head().number),
  eth_gasPrice: (node) => quantity(node.head().baseFee + node.options.tip),
  eth_maxPriorityFeePerGas: (node) => {
    if (!node.options.suggestsTip) throw unknownMethod("eth_maxPriorityFeePerGas");
    return quantity(node.options.tip);
  },
  eth_getBlockByNumber: (node, [name]) => {
    if (typeof name === "string" && name.startsWith("0x")) {
      return shape(node.has(node.chain.byNumber(Number(name))));
    }
    return shape(node.at(name));
  },
  eth_getBlockByHash: (node, [hash]) => shape(node.has(node.chain.byHash(String(hash)))),
  eth_getTransactionCount: (node, [account, name]) => {
    const block = node.at(name);
    const from = address(account);
    if (name === "pending" && node.options.pendingFails) {
      throw new RpcRefusal(-32603, "Internal error");
    }
    if (name === "pending" && node.options.tellsPending) {
      return quantity(node.chain.pendingNonce(from, block));
    }
    return quantity(block.nonces.get(from) ?? 0);
  },
  eth_getBalance: (node, [account, name]) =>
    quantity(node.at(name).balances.get(address(account)) ?? 0n),
  eth_getCode: (node, [account]) =>
    address(account) === node.chain.contract ? "0x60806040" : "0x",
  eth_call: (node, [call, name]) => ran(node, call, node.at(name)).result,
  eth_estimateGas: (node, [call, name]) => {
    const block = node.at(name);
    const { gas } = ran(node, call, block);
    const from = String((call as { readonly from?: unknown }).from).toLowerCase();
    const has = block.balances.get(from) ?? 0n;
    if (node.options.estimatesForPayers && has < gas * block.baseFee) {
      throw new RpcRefusal(-32000, "insufficient funds for gas * price + value");
    }
    return quantity(gas);
  },
  eth_sendRawTransaction: (node, [raw]) => {
    try {
      const transaction = decodeRaw(String(raw));
      node.chain.submit(transaction, node.head());
      return transaction.hash;
    } catch (error) {
      throw new RpcRefusal(-32000, error instanceof Error ? error.message : String(error));
    }
  },
  eth_getTransactionReceipt: (node, [hash]) => {
    const found = node.chain.find(String(hash).toLowerCase());
    return found === null || node.has(found.block) === undefined
      ? null
      : receipt(node.chain.contract, found.block, found.mined, found.index);
  },
  eth_getLogs: (node, [filter]) => logs(node, filter),
};

export function unknownMethod(method: string): RpcRefusal {
  return new RpcRefusal(-32601, `the method ${method} does not exist/is not available`);
}

/** Runs a call; what the contract refuses is thrown in the node's words. */
function ran(node: Node, call: unknown, block: Block): { result: string; gas: bigint } {
  const { from, to, data, input } = (call ?? {}) as Readonly<Record<string, unknown>>;
  const bytes = data ?? input ?? "0x";
  if (typeof bytes !== "string" || !/^0x(?:[0-9a-f]{2})*$/i.test(bytes)) {
    throw new RpcRefusal(-32602, "invalid argument: hex string");
  }
  const sender = from === undefined ? `0x${"00".repeat(20)}` : address(from);
  const target = to === undefined ? null : address(to);
  const made = { from: sender, to: target, data: bytes };
  const { contract, refusal } = node.chain;
  const { ok, result, gas } = run(block.contract, contract, made, refusal);
  if (!ok) throw node.reverted(result);
  return { result, gas };
}

function address(value: unknown): string {
  if (typeof value !== "string" || !/^0x[0-9a-f]{40}$/i.test(value)) {
    throw new RpcRefusal(-32602, "invalid argument: hex string has not 20 bytes");
  }
  return value.toLowerCase();
}

function shape(block: Block | undefined): unknown {
  if (block === undefined) return null;
  return {
    number: quantity(block.number),
    hash: block.hash,
    parentHash: block.parentHash,
    timestamp: quantity(Math.floor(block.at / 1_000)),
    baseFeePerGas: quantity(block.baseFee),
    difficulty: "0x0",
    nonce: "0x0000000000000000",
    miner: `0x${"00".repeat(20)}`,
    extraData: "0x",
    gasLimit: quantity(60_000_000),
    gasUsed: quantity(block.mined.reduce((sum, { gasUsed }) => sum + gasUsed, 0n)),
    transactions: block.mined.map(({ transaction }) => transaction.hash),
  };
}

function receipt(contract: string, block: Block, mined: Mined, index: number): unknown {
  const { transaction, ok, gasUsed, price } = mined;
  return {
    transactionHash: transaction.hash,
    transactionIndex: quantity(index),
    blockHash: block.hash,
    blockNumber: quantity(block.number),
    from: transaction.from,
    to: transaction.to,
    status: ok ? "0x1" : "0x0",
    type: "0x2",
    gasUsed: quantity(gasUsed),
    cumulativeGasUsed: quantity(gasUsed),
    effectiveGasPrice: quantity(price),
    contractAddress: null,
    logsBloom: `0x${"00".repeat(256)}`,
    logs: logsOf(contract, block, mined, index),
  };
}

function logsOf(contract: string, block: Block, mined: Mined, index: number): unknown[] {
  return mined.logs.map(({ topic, data }, at) => ({
    address: contract,
    topics: [topic],
    data,
    blockNumber: quantity(block.number),
    blockHash: block.hash,
    transactionHash: mined.transaction.hash,
    transactionIndex: quantity(index),
    logIndex: quantity(at),
    removed: false,
  }));
}

/** All events of the contract; of the filter only the blocks count. */
function logs(node: Node, filter: unknown): unknown[] {
  const { fromBlock, toBlock } = (filter ?? {}) as Readonly<Record<string, unknown>>;
  const [first, last] = [
    node.at(fromBlock ?? "latest").number,
    node.at(toBlock ?? "latest").number,
  ];
  const found: unknown[] = [];
  for (let number = first; number <= last; number++) {
    const block = node.chain.byNumber(number);
    block?.mined.forEach((mined, index) => {
      found.push(...logsOf(node.chain.contract, block, mined, index));
    });
  }
  return found;
}

function quantity(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}
