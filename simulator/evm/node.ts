import type { Block } from "./blocks.ts";
import type { EvmChain } from "./chain.ts";

/** One of the nodes behind an address. Everything has a default: an up-to-date geth. */
export interface NodeOptions {
  /** So many blocks behind. */
  readonly lag?: number;
  /** Knows what is pending beyond its own block. Default true. */
  readonly tellsPending?: boolean;
  /** Answers an inner error wherever `pending` is named, as some providers do. Default false. */
  readonly pendingFails?: boolean;
  /** Estimates no gas for an account that could not pay for it. Default false. */
  readonly estimatesForPayers?: boolean;
  /** Takes `{blockHash}` where a block is named (EIP-1898). Default true. */
  readonly blockByHash?: boolean;
  /** Knows `eth_maxPriorityFeePerGas`. Default true. */
  readonly suggestsTip?: boolean;
  /** What it suggests, in wei. */
  readonly tip?: bigint;
  /** How it says that a contract refused: geth, older nodes, Nethermind, Hardhat. */
  readonly reverts?: "code-3" | "words" | "nethermind" | "hardhat";
}

/** An error of JSON-RPC. */
export class RpcRefusal extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** A node's view of the chain. */
export class Node {
  readonly chain: EvmChain;
  readonly options: Required<NodeOptions>;

  constructor(chain: EvmChain, options: NodeOptions = {}) {
    this.chain = chain;
    this.options = {
      lag: 0,
      tellsPending: true,
      pendingFails: false,
      estimatesForPayers: false,
      blockByHash: true,
      suggestsTip: true,
      tip: 1_000_000n,
      reverts: "code-3",
      ...options,
    };
  }

  head(): Block {
    return this.chain.head(this.options.lag);
  }

  /** A block of the chain that this node has already. */
  has(block: Block | undefined): Block | undefined {
    return block !== undefined && block.number <= this.head().number ? block : undefined;
  }

  /** The block that a parameter names. @throws RpcRefusal in a node's words */
  at(name: unknown): Block {
    if (name === undefined || name === "latest" || name === "pending") return this.head();
    const block = this.has(this.#named(name));
    if (block === undefined) throw new RpcRefusal(-32000, "header not found");
    return block;
  }

  #named(name: unknown): Block | undefined {
    if (typeof name === "string" && /^0x(?:0|[1-9a-f][0-9a-f]*)$/.test(name)) {
      return this.chain.byNumber(Number(name));
    }
    const hash =
      typeof name === "object" && name !== null && "blockHash" in name ? name.blockHash : null;
    if (typeof hash === "string" && this.options.blockByHash) return this.chain.byHash(hash);
    throw new RpcRefusal(-32602, "invalid argument: cannot unmarshal object into a block number");
  }

  /** How this node says that the contract refused. @param data the reason's bytes */
  reverted(data: string): RpcRefusal {
    switch (this.options.reverts) {
      case "code-3":
        return new RpcRefusal(3, "execution reverted", data);
      case "words":
        return new RpcRefusal(-32000, "execution reverted");
      case "nethermind":
        return new RpcRefusal(-32015, "VM execution error.", `Reverted ${data}`);
      case "hardhat": {
        const message = "Error: VM Exception while processing transaction: reverted";
        return new RpcRefusal(-32603, message, { message, data });
      }
    }
  }
}
