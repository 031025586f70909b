import { keccak_256 } from "@noble/hashes/sha3.js";
import { type ContractState, execute, type Log, revertText } from "./contract.ts";
import type { RawTransaction } from "./raw.ts";

/** A transaction in a block. */
export interface Mined {
  readonly transaction: RawTransaction;
  readonly ok: boolean;
  readonly gasUsed: bigint;
  readonly price: bigint;
  readonly logs: readonly Log[];
}

/** A block with the state after it. Accounts by address; amounts in wei. */
export interface Block {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  /** Ms since the epoch. */
  readonly at: number;
  readonly baseFee: bigint;
  readonly mined: readonly Mined[];
  readonly contract: ContractState;
  readonly nonces: ReadonlyMap<string, number>;
  readonly balances: ReadonlyMap<string, bigint>;
}

/** What a call comes to on a state. */
export interface Ran {
  readonly ok: boolean;
  readonly state: ContractState;
  readonly gas: bigint;
  readonly result: string;
  readonly logs: readonly Log[];
}

/** Runs a call of the contract at `address`; one to anywhere else does nothing. */
export function run(
  state: ContractState,
  address: string,
  call: { readonly from: string; readonly to: string | null; readonly data: string },
  refusal: string | null,
): Ran {
  const base = intrinsicGas(call.data);
  if (call.to !== address) return { ok: true, state, gas: base, result: "0x", logs: [] };
  const outcome = execute(state, call.from, call.data);
  if (!outcome.ok) {
    return { ok: false, state, gas: base + 2_800n, result: outcome.data, logs: [] };
  }
  const { result, logs } = outcome;
  if (logs.length > 0 && refusal !== null) {
    return { ok: false, state, gas: base + 3_000n, result: revertText(refusal), logs: [] };
  }
  // A new word in the store costs most of it, one that is there already little.
  const grown = JSON.stringify(outcome.state) !== JSON.stringify(state);
  return { ok: true, state: outcome.state, gas: base + (grown ? 24_600n : 4_500n), result, logs };
}

/** What each transaction pays before anything runs: 21,000, and its calldata by the byte. */
export function intrinsicGas(data: string): bigint {
  const bytes = Buffer.from(data.slice(2), "hex");
  return bytes.reduce((gas, byte) => gas + (byte === 0 ? 4n : 16n), 21_000n);
}

/** The state while a block is made. */
export class Draft {
  readonly mined: Mined[] = [];
  contract: ContractState;
  readonly nonces: Map<string, number>;
  readonly balances: Map<string, bigint>;
  readonly #baseFee: bigint;

  constructor(parent: Block, contract: ContractState, baseFee: bigint) {
    this.contract = contract;
    this.nonces = new Map(parent.nonces);
    this.balances = new Map(parent.balances);
    this.#baseFee = baseFee;
  }

  /** Puts a transaction in whose turn it is, if it pays enough. */
  take(transaction: RawTransaction, address: string, refusal: string | null): boolean {
    const { from, nonce, gas, maxFeePerGas, maxPriorityFeePerGas } = transaction;
    const balance = this.balances.get(from) ?? 0n;
    if (nonce !== (this.nonces.get(from) ?? 0) || maxFeePerGas < this.#baseFee) return false;
    if (balance < gas * maxFeePerGas + transaction.value) return false;
    const tip = min(maxPriorityFeePerGas, maxFeePerGas - this.#baseFee);
    const price = this.#baseFee + tip;
    const ran = run(this.contract, address, transaction, refusal);
    const enough = ran.gas <= gas;
    const ok = ran.ok && enough;
    const gasUsed = enough ? ran.gas : gas;
    if (ok) this.contract = ran.state;
    this.nonces.set(from, nonce + 1);
    this.balances.set(from, balance - gasUsed * price - transaction.value);
    this.mined.push({ transaction, ok, gasUsed, price, logs: ok ? ran.logs : [] });
    return true;
  }

  seal(parent: Block, at: number, salt: number): Block {
    const { mined, contract, nonces, balances } = this;
    const number = parent.number + 1;
    const hashes = mined.map(({ transaction }) => transaction.hash);
    const hash = hashOf([parent.hash, number, at, salt, ...hashes].join("|"));
    const baseFee = this.#baseFee;
    return {
      number,
      hash,
      parentHash: parent.hash,
      at,
      baseFee,
      mined,
      contract,
      nonces,
      balances,
    };
  }
}

/** Any text's digest, for hashes that nobody recomputes. */
export function hashOf(text: string): string {
  return `0x${Buffer.from(keccak_256(Buffer.from(text, "utf8"))).toString("hex")}`;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
