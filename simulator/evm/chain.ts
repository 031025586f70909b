/**
 * A chain with one app's contract: blocks by the clock, a pool, accounts with nonces and balances. Without
 * sockets and timers: what is due by `now()` is made when somebody asks.
 */
import { type Block, Draft, hashOf, intrinsicGas, type Mined } from "./blocks.ts";
import type { ContractState } from "./contract.ts";
import type { RawTransaction } from "./raw.ts";

/** Addresses lower-case with `0x`, words 64 hex digits without; amounts in wei, times in ms. */
export interface EvmOptions {
  /** Default 8453. */
  readonly chainId?: number;
  /** The contract's address, which is the app's id. */
  readonly contract: string;
  readonly owner: string;
  readonly allowAnyDevice?: boolean;
  readonly devices?: readonly string[];
  readonly hashes?: readonly string[];
  /** Default: the owner has 1 ETH. */
  readonly balances?: Readonly<Record<string, bigint>>;
  /** Transactions that accounts have made already. */
  readonly nonces?: Readonly<Record<string, number>>;
  /** Time of a block. Default 2000; 0: each transaction makes one at once, as development chains do. */
  readonly blockMs?: number;
  /** Base fee of a block by its number. Default 0.01 gwei. */
  readonly baseFee?: (block: number) => bigint;
  /** Ms since the epoch. */
  readonly now: () => number;
}

/** A transaction that waits for a block. */
interface Pooled {
  readonly transaction: RawTransaction;
  /** Nodes tell of it where they tell what is pending, and refuse others with its nonce. */
  readonly told: boolean;
}

const FIRST = 1_000;

export class EvmChain {
  readonly chainId: number;
  readonly contract: string;
  readonly #options: EvmOptions;
  readonly #blocks: Block[];
  #pool: Pooled[] = [];
  #changes: ((state: ContractState) => ContractState)[] = [];
  #salt = 0;
  /** Which transactions of the pool get into a block at `at`; by default all. */
  includes: (transaction: RawTransaction, at: number) => boolean = () => true;
  /** The contract refuses every write in these words. */
  refusal: string | null = null;

  constructor(options: EvmOptions) {
    this.#options = options;
    this.chainId = options.chainId ?? 8453;
    this.contract = options.contract;
    const { owner, allowAnyDevice = false, devices = [], hashes = [] } = options;
    const balances = options.balances ?? { [owner]: 10n ** 18n };
    this.#blocks = [
      {
        number: FIRST,
        hash: hashOf("first"),
        parentHash: hashOf("before"),
        at: options.now(),
        baseFee: this.#baseFee(FIRST),
        mined: [],
        contract: { owner, allowAnyDevice, devices, hashes },
        nonces: new Map(Object.entries(options.nonces ?? {})),
        balances: new Map(Object.entries(balances)),
      },
    ];
  }

  /** The latest block, or the one `lag` blocks before it. */
  head(lag = 0): Block {
    this.#advance();
    return this.#blocks[Math.max(0, this.#blocks.length - 1 - lag)] as Block;
  }

  byNumber(number: number): Block | undefined {
    this.#advance();
    return this.#blocks[number - FIRST];
  }

  byHash(hash: string): Block | undefined {
    this.#advance();
    return this.#blocks.find((block) => block.hash === hash);
  }

  /** Where a transaction is, if it is in a block. */
  find(
    hash: string,
  ): { readonly block: Block; readonly mined: Mined; readonly index: number } | null {
    this.#advance();
    for (const block of this.#blocks) {
      const index = block.mined.findIndex(({ transaction }) => transaction.hash === hash);
      const mined = block.mined[index];
      if (mined !== undefined) return { block, mined, index };
    }
    return null;
  }

  /** All transactions that are in blocks, in order. */
  mined(): Mined[] {
    this.#advance();
    return this.#blocks.flatMap(({ mined }) => mined);
  }

  /** The next nonce of an account with what is pending, by a node whose latest block this is. */
  pendingNonce(account: string, view: Block): number {
    const nonces = new Set(
      this.#waiting(view)
        .filter(({ told, transaction }) => told && transaction.from === account)
        .map(({ transaction }) => transaction.nonce),
    );
    let nonce = view.nonces.get(account) ?? 0;
    while (nonces.has(nonce)) nonce += 1;
    return nonce;
  }

  /**
   * Takes a transaction into the pool.
   *
   * @param view the latest block of the node that was asked, by which it judges
   * @throws with geth's words where a node would refuse it
   */
  submit(transaction: RawTransaction, view: Block): void {
    this.#advance();
    const { hash, from, nonce, gas, maxFeePerGas, maxPriorityFeePerGas } = transaction;
    if (transaction.chainId !== BigInt(this.chainId)) {
      throw new Error("invalid chain id for signer");
    }
    if (maxPriorityFeePerGas > maxFeePerGas) {
      throw new Error("max priority fee per gas higher than max fee per gas");
    }
    if (gas < intrinsicGas(transaction.data)) throw new Error("intrinsic gas too low");
    const waiting = this.#waiting(view);
    if (waiting.some((one) => one.transaction.hash === hash)) throw new Error("already known");
    const next = view.nonces.get(from) ?? 0;
    if (nonce < next) throw new Error(`nonce too low: next nonce ${next}, tx nonce ${nonce}`);
    const needs = gas * maxFeePerGas + transaction.value;
    const balance = view.balances.get(from) ?? 0n;
    if (balance < needs) {
      throw new Error(
        `insufficient funds for gas * price + value: balance ${balance}, tx cost ${needs}`,
      );
    }
    const rival = waiting.find(
      (one) => one.told && one.transaction.from === from && one.transaction.nonce === nonce,
    );
    if (rival !== undefined) {
      const bumped = (was: bigint, is: bigint) => is * 10n >= was * 11n;
      const old = rival.transaction;
      const enough =
        bumped(old.maxFeePerGas, maxFeePerGas) &&
        bumped(old.maxPriorityFeePerGas, maxPriorityFeePerGas);
      if (!enough) throw new Error("replacement transaction underpriced");
      this.#pool = this.#pool.filter((one) => one !== rival);
    }
    this.#pool.push({ transaction, told: true });
    if (this.#options.blockMs === 0) this.#make(this.#options.now());
  }

  /** Another transaction of an account, as another program makes it; `told`: nodes know of it. */
  addOther(other: {
    readonly from: string;
    readonly nonce?: number;
    readonly data?: string;
    readonly told?: boolean;
    readonly maxFeePerGas?: bigint;
  }): RawTransaction {
    const head = this.head();
    const { from, data, told = true, maxFeePerGas = 10n ** 11n } = other;
    const transaction: RawTransaction = {
      hash: hashOf(`other ${this.#salt++}`),
      from,
      chainId: BigInt(this.chainId),
      nonce: other.nonce ?? this.pendingNonce(from, head),
      maxPriorityFeePerGas: 10n ** 9n,
      maxFeePerGas,
      gas: 100_000n,
      to: data === undefined ? `0x${"0d".repeat(20)}` : this.contract,
      value: 0n,
      data: data ?? "0x",
    };
    this.#pool.push({ transaction, told });
    return transaction;
  }

  /** Somebody else changes the contract, in the next block: a Safe, another owner. */
  change(change: (state: ContractState) => ContractState): void {
    this.#advance();
    this.#changes.push(change);
    if (this.#options.blockMs === 0) this.#make(this.#options.now());
  }

  /** Takes the last block back: an empty one takes its place, and its transactions wait again. The first stays. */
  reorg(): void {
    this.#advance();
    const [parent, gone] = this.#blocks.slice(-2);
    if (gone === undefined || parent === undefined) return;
    this.#blocks.pop();
    const draft = new Draft(parent, parent.contract, gone.baseFee);
    this.#blocks.push(draft.seal(parent, gone.at, ++this.#salt));
  }

  /** The pool forgets a transaction. */
  forget(hash: string): void {
    this.#pool = this.#pool.filter(({ transaction }) => transaction.hash !== hash);
  }

  /** What is in the pool and in no block up to this one. A block that is taken back brings them back. */
  #waiting(view: Block): Pooled[] {
    return this.#pool.filter(
      ({ transaction }) => transaction.nonce >= (view.nonces.get(transaction.from) ?? 0),
    );
  }

  #baseFee(block: number): bigint {
    return this.#options.baseFee?.(block) ?? 10_000_000n;
  }

  #advance(): void {
    const { blockMs = 2_000, now } = this.#options;
    if (blockMs === 0) return;
    let last = this.#blocks.at(-1) as Block;
    while (last.at + blockMs <= now()) last = this.#make(last.at + blockMs);
  }

  #make(at: number): Block {
    const parent = this.#blocks.at(-1) as Block;
    const contract = this.#changes.reduce((state, change) => change(state), parent.contract);
    this.#changes = [];
    const draft = new Draft(parent, contract, this.#baseFee(parent.number + 1));
    const ready = this.#pool.filter(({ transaction }) => this.includes(transaction, at));
    // Those that pay more come first; one that has to wait for another's nonce comes in the next round.
    ready.sort((a, b) => Number(b.transaction.maxFeePerGas - a.transaction.maxFeePerGas));
    while (ready.some(({ transaction }) => draft.take(transaction, this.contract, this.refusal)));
    const block = draft.seal(parent, at, this.#salt);
    this.#blocks.push(block);
    return block;
  }
}
