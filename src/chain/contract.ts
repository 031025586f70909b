import { fieldOf, isObject } from "../text/json.ts";
import { readAddress, readBool, readData, readRevert, readWordData } from "./abi.ts";
import { quantity, readBytes, readCount, readHash, readQuantity } from "./hex.ts";
import type { Rpc, RpcAnswer } from "./rpc.ts";
import { isRevert, isUnsupported, revertBytes } from "./rpc-errors.ts";
import type { Revert, RpcFault } from "./trouble.ts";

/** The least that any transaction uses; a node that estimates less is not believed. */
export const LEAST_GAS = 21_000n;

/** How often a look is begun anew whose block was replaced meanwhile. */
const MOST_LOOKS = 5;

/** How often a node may refuse to say what is pending before it is taken for one that does not know. */
const MOST_REFUSALS = 3;

/** Whose contract, and what is asked of it. Hex digits without `0x`, lower-case. */
export interface Subject {
  /** 40 digits. */
  readonly contract: string;
  /** 64 digits each. */
  readonly composeHash: string;
  /** Null: no device is named, so none is asked about. */
  readonly deviceId: string | null;
  /** The signer's address with `0x`. */
  readonly signer: string;
}

export interface Head {
  readonly number: number;
  readonly hash: string;
  /** Wei per gas. */
  readonly baseFee: bigint;
}

/** What the chain says at one block. */
export interface Look {
  readonly head: Head;
  /** Transactions of the signer up to that block: the next nonce. */
  readonly latest: number;
  /** The same with those that are pending, as far as the node knows them. */
  readonly pending: number;
  readonly deviceAllowed: boolean;
  readonly composeHashAllowed: boolean;
  /** Null where the contract does not tell, or nothing was missing. */
  readonly owner: string | null;
  /** At least one read was answered with a value. */
  readonly answers: boolean;
}

export type Receipt =
  | { readonly found: false }
  | {
      readonly found: true;
      readonly ok: boolean;
      readonly block: number;
      readonly gasUsed: bigint;
    };

/** The app's contract and its signer, as a node shows them. Reads alone. */
export class Contract {
  readonly #rpc: Rpc;
  readonly #subject: Subject;
  readonly #redact: (text: string) => string;
  /** The node takes a block's hash where one is named (EIP-1898). */
  #byHash = true;

  constructor(rpc: Rpc, subject: Subject, redact: (text: string) => string) {
    this.#rpc = rpc;
    this.#subject = subject;
    this.#redact = redact;
  }

  chainId(): Promise<RpcAnswer<number>> {
    return this.#rpc.ask("eth_chainId", [], readCount);
  }

  /**
   * Nonce and allowances of one and the same block, named by its hash: public addresses have many nodes
   * behind them, and the nonce of one with the allowances of another that lags would have a registration
   * signed anew that is on the chain already.
   */
  async look(): Promise<RpcAnswer<Look>> {
    for (let tries = 1; ; tries++) {
      const head = await this.#head("latest");
      if (!head.ok) return head;
      const byHash = this.#byHash;
      const look = await this.#lookAt(head.value);
      if (byHash && !look.ok && isUnsupported(look.fault)) {
        // Without names by hash the number must do, and the hash is compared afterwards.
        this.#byHash = false;
        continue;
      }
      if (byHash || !look.ok) return look;
      const again = await this.#head(quantity(head.value.number));
      if (!again.ok) return again;
      if (again.value.hash === head.value.hash) return look;
      if (tries >= MOST_LOOKS) return changing();
    }
  }

  async #lookAt(head: Head): Promise<RpcAnswer<Look>> {
    const latest = await this.#nonceAt(this.#at(head));
    if (!latest.ok) return latest;
    const pending = await this.#nonceAt("pending", MOST_REFUSALS);
    // Some providers answer this one question with an error of theirs for ever: then nothing is known to be pending,
    // which is as safe as with a node that does not know of it.
    if (!pending.ok && pending.fault.kind !== "rpc") return pending;
    const { deviceId, composeHash } = this.#subject;
    const hash = await this.#boolAt(head, readWordData("allowedComposeHashes", composeHash));
    if (!hash.ok) return hash;
    const device = await this.#device(head, deviceId);
    if (!device.ok) return device;
    const missing = device.value === false || hash.value !== true;
    const owner = missing ? await this.#owner(head) : { ok: true as const, value: null };
    if (!owner.ok) return owner;
    return {
      ok: true,
      value: {
        head,
        latest: latest.value,
        // A node that lags knows less of what is pending than the block tells.
        pending: Math.max(latest.value, pending.ok ? pending.value : 0),
        deviceAllowed: device.value !== false,
        composeHashAllowed: hash.value === true,
        owner: owner.value,
        answers: hash.value !== null || owner.value !== null,
      },
    };
  }

  /** A transaction's receipt, or that this node has none (yet). */
  receipt(transaction: string): Promise<RpcAnswer<Receipt>> {
    return this.#rpc.ask("eth_getTransactionReceipt", [transaction], (result) =>
      readReceipt(result, transaction),
    );
  }

  /** The tip that the node suggests; null where it does not. */
  async tip(): Promise<RpcAnswer<bigint | null>> {
    const tip = await this.#rpc.ask("eth_maxPriorityFeePerGas", [], readQuantity);
    return !tip.ok && isUnsupported(tip.fault) ? { ok: true, value: null } : tip;
  }

  gas(data: string): Promise<RpcAnswer<bigint>> {
    return this.#rpc.ask("eth_estimateGas", [this.#call(data)], (result) => {
      const gas = readQuantity(result);
      return gas === null || gas < LEAST_GAS ? null : gas;
    });
  }

  balance(): Promise<RpcAnswer<bigint>> {
    const { signer } = this.#subject;
    return this.#rpc.ask("eth_getBalance", [signer, "latest"], readQuantity);
  }

  /** Why a write of ours was refused in a block: the same call, as if in that block's state. */
  async reason(data: string, receipt: Receipt, gas: bigint): Promise<Revert> {
    if (!receipt.found) return { error: "unknown" };
    if (receipt.gasUsed >= gas) return { error: "out-of-gas" };
    const params = [this.#call(data), quantity(receipt.block)];
    const again = await this.#rpc.once("eth_call", params, readBytes);
    return again.ok ? { error: "unknown" } : this.revertOf(again.fault);
  }

  /** The reason in a node's refusal of a call. */
  revertOf(fault: RpcFault): Revert {
    return isRevert(fault) ? readRevert(revertBytes(fault), this.#redact) : { error: "unknown" };
  }

  #head(block: string): Promise<RpcAnswer<Head>> {
    return this.#rpc.ask("eth_getBlockByNumber", [block, false], readHead);
  }

  #nonceAt(block: unknown, mostRefusals?: number): Promise<RpcAnswer<number>> {
    const params = [this.#subject.signer, block];
    return this.#rpc.ask("eth_getTransactionCount", params, readCount, mostRefusals);
  }

  /** Null: there is no device to ask about. */
  async #device(head: Head, deviceId: string | null): Promise<RpcAnswer<boolean | null>> {
    if (deviceId === null) return { ok: true, value: null };
    const listed = await this.#boolAt(head, readWordData("allowedDeviceIds", deviceId));
    if (!listed.ok || listed.value === true) return listed;
    const any = await this.#boolAt(head, readData("allowAnyDevice"));
    return any.ok ? { ok: true, value: any.value === true } : any;
  }

  async #owner(head: Head): Promise<RpcAnswer<string | null>> {
    const owner = await this.#read(head, readData("owner"));
    return owner.ok
      ? { ok: true, value: owner.value === null ? null : readAddress(owner.value) }
      : owner;
  }

  /** A read that the contract refuses or does not have counts as null: not allowed, as the CLI has it. */
  async #boolAt(head: Head, data: string): Promise<RpcAnswer<boolean | null>> {
    const read = await this.#read(head, data);
    return read.ok ? { ok: true, value: read.value === null ? null : readBool(read.value) } : read;
  }

  async #read(head: Head, data: string): Promise<RpcAnswer<string | null>> {
    const read = await this.#rpc.ask("eth_call", [this.#call(data), this.#at(head)], readBytes);
    return !read.ok && isRevert(read.fault) ? { ok: true, value: null } : read;
  }

  #at(head: Head): unknown {
    return this.#byHash ? { blockHash: head.hash } : quantity(head.number);
  }

  #call(data: string): { readonly from: string; readonly to: string; readonly data: string } {
    return { from: this.#subject.signer, to: `0x${this.#subject.contract}`, data };
  }
}

function changing(): RpcAnswer<never> {
  const fault = {
    kind: "unreadable",
    status: 200,
    problem: "another block under the same number at each look",
    requestId: null,
    page: false,
  } as const;
  return { ok: false, method: "eth_getBlockByNumber", fault };
}

function readHead(result: unknown): Head | null {
  const number = readCount(fieldOf(result, "number"));
  const hash = readHash(fieldOf(result, "hash"));
  // A chain without one knows no transactions of type 2.
  const baseFee = readQuantity(fieldOf(result, "baseFeePerGas"));
  return number === null || hash === null || baseFee === null ? null : { number, hash, baseFee };
}

function readReceipt(result: unknown, transaction: string): Receipt | null {
  if (result === null) return { found: false };
  if (!isObject(result) || readHash(result.transactionHash) !== transaction) return null;
  const status = readCount(result.status);
  const block = readCount(result.blockNumber);
  const gasUsed = readQuantity(result.gasUsed);
  if (block === null || gasUsed === null || (status !== 0 && status !== 1)) return null;
  return { found: true, ok: status === 1, block, gasUsed };
}
