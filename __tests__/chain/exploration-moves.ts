/** What the chain, its nodes and other people may do in a small world, for the exploration of the planner. */
import type { Own, World } from "../../src/chain/next-transaction.ts";
import type { SendAnswer } from "../../src/chain/rpc-errors.ts";
import type { What } from "../../src/chain/trouble.ts";
import { afterLook, afterReceipt, afterSending } from "../../src/chain/world.ts";

export const ALL: readonly What[] = ["device", "compose-hash"];

export type Misfortune =
  /** A send is not answered, whether it got through or not. */
  | "lost"
  /** A look or a receipt comes from a node that is a block behind. */
  | "lag"
  /** The last block is taken back. Once in a world. */
  | "reorg"
  /** What is sent does not show in what the node tells of pending ones. */
  | "hidden"
  /** The pool forgets a transaction of ours. */
  | "forget"
  /** A block without any of the signer's. */
  | "slow"
  /** Somebody else registers what is missing. */
  | "stranger"
  /** Another transaction of the signer, known to the node or not. */
  | "other"
  /** Another run's transaction for the same, known to the node or not. */
  | "twin"
  /** A transaction of ours is in a block, and the contract refused it. */
  | "revert"
  /** The node takes no transaction this time. */
  | "refuse";

export interface Options {
  readonly need: readonly What[];
  /** How many misfortunes a world may have. */
  readonly luck: number;
  readonly misfortunes: readonly Misfortune[];
}

export interface Pooled {
  readonly id: string;
  readonly nonce: number;
  /** What it registers; null: something else. */
  readonly what: What | null;
  /** The node tells of it where it tells what is pending. */
  readonly told: boolean;
}

export interface Block {
  readonly nonce: number;
  readonly allowed: readonly What[];
  /** Transactions and whether they succeeded. */
  readonly mined: Readonly<Record<string, boolean>>;
}

export interface State {
  readonly world: World;
  readonly head: Block;
  /** The block before it, which a node that lags still shows. */
  readonly before: Block;
  readonly pool: readonly Pooled[];
  readonly luck: number;
  readonly reorged: boolean;
}

/** Every way in which each step may come out. */
export class Moves {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Every way in which a look can come out. */
  checked(state: State, chain: boolean): State[] {
    const blocks = this.#may(state, "lag") ? [state.head, state.before] : [state.head];
    return blocks.flatMap((receipts) => {
      const asked = withReceipts(state, receipts);
      if (!chain) return [this.#unlucky(asked, receipts !== state.head)];
      return blocks.map((block) => {
        const told = state.pool.filter((one) => one.told && one.nonce >= block.nonce);
        const pending = Math.max(block.nonce, ...told.map(({ nonce }) => nonce + 1));
        const world = afterLook(asked.world, {
          latest: block.nonce,
          pending,
          deviceAllowed: block.allowed.includes("device"),
          composeHashAllowed: block.allowed.includes("compose-hash"),
          barred: false,
        });
        const lags = receipts !== state.head || block !== state.head;
        return this.#unlucky({ ...asked, world }, lags);
      });
    });
  }

  /** Every way in which a send can come out. */
  sent(state: State, transaction: string): State[] {
    const own = state.world.own.find((one) => one.transaction === transaction) as Own;
    const { what, nonce } = own;
    const inPool = state.pool.some(({ id }) => id === transaction);
    const taken = state.pool.some((one) => one.told && one.nonce === nonce);
    const low = nonce < state.head.nonce;
    const entry: Pooled = { id: transaction, nonce, what, told: true };
    const through = low || inPool || taken ? state : { ...state, pool: [...state.pool, entry] };
    const said: SendAnswer = low ? "nonce-low" : inPool ? "known" : taken ? "occupied" : "accepted";
    const answered = (after: State, answer: SendAnswer): State => {
      const send = { at: after.world.now, answer, againMs: null };
      return { ...after, world: afterSending(after.world, transaction, send) };
    };
    const ways = [answered(through, said)];
    if (this.#may(state, "lost")) {
      ways.push(
        this.#unlucky(answered(through, "unsure")),
        this.#unlucky(answered(state, "unsure")),
      );
    }
    if (this.#may(state, "hidden") && !low && !inPool && !taken) {
      const hidden = { ...state, pool: [...state.pool, { ...entry, told: false }] };
      ways.push(this.#unlucky(answered(hidden, "accepted")));
    }
    if (this.#may(state, "refuse")) ways.push(this.#unlucky(answered(state, "refused")));
    return ways;
  }

  /** Time passes, a block in each unit of it. */
  later(state: State, ms: number): State[] {
    let states = [state];
    for (let passed = 0; passed < ms; passed++) states = states.flatMap((one) => this.#block(one));
    return states;
  }

  #block(state: State): State[] {
    const later = { ...state, world: { ...state.world, now: state.world.now + 1 } };
    const before = [later, ...this.#meanwhile(later)];
    const ways = before.flatMap((one) => this.#mined({ ...one, before: one.head }));
    if (this.#may(later, "slow")) ways.push(this.#unlucky({ ...later, before: later.head }));
    if (this.#may(later, "reorg") && !later.reorged) {
      ways.push(this.#unlucky({ ...later, head: later.before, reorged: true }));
    }
    return ways;
  }

  /** What others may do before the next block. */
  #meanwhile(state: State): State[] {
    const { head, pool } = state;
    const ways: State[] = [];
    const missing = ALL.filter((what) => !head.allowed.includes(what));
    if (this.#may(state, "forget")) {
      for (const { id } of pool.filter((one) => one.id.startsWith("ours"))) {
        ways.push({ ...state, pool: pool.filter((one) => one.id !== id) });
      }
    }
    if (this.#may(state, "stranger")) {
      for (const what of missing) {
        ways.push({ ...state, head: { ...head, allowed: [...head.allowed, what] } });
      }
    }
    const whats = [
      ...(this.#may(state, "other") ? [null] : []),
      ...(this.#may(state, "twin") ? missing : []),
    ];
    for (const what of whats) {
      for (const told of [true, false]) {
        // A node that knows of one with this nonce takes no other.
        const occupied = pool.some((one) => one.told && one.nonce === head.nonce);
        if (told && occupied) continue;
        const entry = { id: `theirs-${pool.length}`, nonce: head.nonce, what, told };
        ways.push({ ...state, pool: [...pool, entry] });
      }
    }
    return ways.map((one) => this.#unlucky(one));
  }

  /** A block with all that can be in it; of two with one nonce either may be. */
  #mined(state: State): State[] {
    const { head, pool } = state;
    const ready = pool.filter(({ nonce }) => nonce === head.nonce);
    if (ready.length === 0) return [state];
    return ready.flatMap(({ id, what }) => {
      const mined = (ok: boolean): State => {
        const allowed =
          what !== null && ok ? [...new Set([...head.allowed, what])].sort() : head.allowed;
        const block = { nonce: head.nonce + 1, allowed, mined: { ...head.mined, [id]: ok } };
        return { ...state, head: block };
      };
      const ways = [mined(true)];
      if (id.startsWith("ours") && this.#may(state, "revert"))
        ways.push(this.#unlucky(mined(false)));
      return ways.flatMap((one) => this.#mined(one));
    });
  }

  #may(state: State, misfortune: Misfortune): boolean {
    return state.luck > 0 && this.#options.misfortunes.includes(misfortune);
  }

  #unlucky(state: State, indeed = true): State {
    return indeed ? { ...state, luck: state.luck - 1 } : state;
  }
}

function withReceipts(state: State, block: Block): State {
  let { world } = state;
  for (const { transaction } of world.own) {
    const ok = block.mined[transaction];
    const receipt = ok === undefined ? "none" : ok ? "ok" : "reverted";
    world = afterReceipt(world, transaction, receipt);
  }
  return { ...state, world };
}
