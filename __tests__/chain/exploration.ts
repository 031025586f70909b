/**
 * All worlds that `nextTransaction` can get into, up to a number of misfortunes: from each state every step
 * that the chain, its nodes and other people may take, to the last. What must never be is checked at each.
 */
import {
  type Limits,
  nextTransaction,
  type Own,
  type Step,
  type World,
} from "../../src/chain/next-transaction.ts";
import type { SendAnswer } from "../../src/chain/rpc-errors.ts";
import type { What } from "../../src/chain/trouble.ts";
import {
  afterLook,
  afterReceipt,
  afterSending,
  afterSigning,
  newWorld,
} from "../../src/chain/world.ts";

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

interface Pooled {
  readonly id: string;
  readonly nonce: number;
  /** What it registers; null: something else. */
  readonly what: What | null;
  /** The node tells of it where it tells what is pending. */
  readonly told: boolean;
}

interface Block {
  readonly nonce: number;
  readonly allowed: readonly What[];
  /** Transactions and whether they succeeded. */
  readonly mined: Readonly<Record<string, boolean>>;
}

interface State {
  readonly world: World;
  readonly head: Block;
  /** The block before it, which a node that lags still shows. */
  readonly before: Block;
  readonly pool: readonly Pooled[];
  readonly luck: number;
  readonly reorged: boolean;
}

/** Small, so that all of it can be walked; a block is made in each unit of time. */
const LIMITS: Limits = {
  pollMs: 1,
  chainMs: 2,
  rebroadcastMs: 2,
  unsureMs: 1,
  minedMs: 8,
  pendingMs: 6,
  effectMs: 3,
  receiptMs: 2,
  passedMs: 2,
  freshMs: 1,
  mostSigned: 2,
};

const ALL: readonly What[] = ["device", "compose-hash"];

export interface Explored {
  readonly states: number;
  /** How the worlds end: `done`, or why not. */
  readonly ends: Readonly<Record<string, number>>;
  /** What must never be, and was. */
  readonly broken: readonly string[];
}

export function explore(options: Options): Explored {
  return new Exploration(options).run();
}

class Exploration {
  readonly #options: Options;
  /** Open: on the way from the beginning to where we are. Coming back to it is going round for ever. */
  readonly #seen = new Map<string, "open" | "closed">();
  readonly #ends: Record<string, number> = {};
  readonly #broken = new Set<string>();

  constructor(options: Options) {
    this.#options = options;
  }

  run(): Explored {
    const allowed = ALL.filter((what) => !this.#options.need.includes(what));
    const block: Block = { nonce: 3, allowed, mined: {} };
    const start: State = {
      world: newWorld(0, LIMITS),
      head: block,
      before: block,
      pool: [],
      luck: this.#options.luck,
      reorged: false,
    };
    // By hand, since the way may be longer than the stack.
    const stack: { key: string; next: State[] }[] = [];
    const enter = (state: State): void => {
      const key = keyOf(state);
      const known = this.#seen.get(key);
      if (known === "open") this.#breach("goes round for ever", state);
      if (known !== undefined) return;
      this.#seen.set(key, "open");
      stack.push({ key, next: this.#next(state) });
    };
    enter(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const state = top.next.pop();
      if (state !== undefined) enter(state);
      else {
        this.#seen.set(top.key, "closed");
        stack.pop();
      }
    }
    return { states: this.#seen.size, ends: this.#ends, broken: [...this.#broken] };
  }

  #next(state: State): State[] {
    const step = nextTransaction(state.world);
    this.#check(state, step);
    switch (step.do) {
      case "check":
        return this.#checked(state, step.what === "chain");
      case "sign": {
        const transaction = `ours-${state.world.own.length}`;
        const saved = { what: step.what, transaction, nonce: step.nonce };
        return this.#sent({ ...state, world: afterSigning(state.world, saved) }, transaction);
      }
      case "send-again":
        return this.#sent(state, step.transaction);
      case "wait":
        return this.#later(state, step.ms);
      default: {
        const end = step.do === "fail" ? step.because.why : step.do;
        this.#ends[end] = (this.#ends[end] ?? 0) + 1;
        return [];
      }
    }
  }

  /** Every way in which a look can come out. */
  #checked(state: State, chain: boolean): State[] {
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
  #sent(state: State, transaction: string): State[] {
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
  #later(state: State, ms: number): State[] {
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

  #check(state: State, step: Step): void {
    const { head, before, pool, world } = state;
    for (const what of ALL) {
      const mined = world.own.filter((own) => own.what === what && head.mined[own.transaction]);
      if (mined.length > 1) this.#breach(`registers the ${what} twice`, state);
    }
    if (step.do === "sign") {
      const alive = world.own.filter(
        ({ what, transaction, nonce }) =>
          what === step.what &&
          (head.mined[transaction] ||
            (nonce >= head.nonce && pool.some(({ id }) => id === transaction))),
      );
      if (alive.length > 0) this.#breach("signs what one of ours can still register", state);
      const again = world.own.some(({ nonce }) => nonce === step.nonce);
      if (again) this.#breach("signs two with one nonce", state);
      if (step.nonce > head.nonce) this.#breach("leaves a gap between nonces", state);
      const told = pool.some(
        (one) => one.told && one.nonce >= head.nonce && one.id.startsWith("theirs"),
      );
      if (told && head === before) this.#breach("signs beside what is pending", state);
    }
    if (step.do === "done") {
      const shown = [head, before].some((block) =>
        ALL.every((what) => block.allowed.includes(what)),
      );
      // After the look the block may have been taken back.
      if (!shown && !state.reorged) this.#breach("is done too early", state);
      const { transaction } = step;
      if (transaction !== null && !state.reorged && head.mined[transaction] !== true) {
        this.#breach("names a transaction that registered nothing", state);
      }
    }
    if (step.do === "refuse") this.#breach("refuses", state);
  }

  #breach(rule: string, { world }: State): void {
    if (this.#broken.size < 5) this.#broken.add(`${rule}: ${JSON.stringify(world)}`);
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

/** Two states are one where only the date differs. */
function keyOf({ world, ...rest }: State): string {
  const { now } = world;
  const times = new Set([
    "at",
    "pendingSince",
    "completeSince",
    "signedAt",
    "askedAt",
    "minedAt",
    "passedAt",
  ]);
  return JSON.stringify({ ...rest, view: world.view, own: world.own }, (name, value: unknown) =>
    times.has(name) && typeof value === "number" ? now - value : value,
  );
}
