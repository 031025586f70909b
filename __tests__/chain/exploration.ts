/**
 * All worlds that `nextTransaction` can get into, up to a number of misfortunes: from each state every step
 * that the chain, its nodes and other people may take, to the last. What must never be is checked at each.
 */
import { type Limits, nextTransaction, type Step } from "../../src/chain/next-transaction.ts";
import { afterSigning, newWorld } from "../../src/chain/world.ts";
import { ALL, type Block, Moves, type Options, type State } from "./exploration-moves.ts";

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
  readonly #moves: Moves;
  /** Open: on the way from the beginning to where we are. Coming back to it is going round for ever. */
  readonly #seen = new Map<string, "open" | "closed">();
  readonly #ends: Record<string, number> = {};
  readonly #broken = new Set<string>();

  constructor(options: Options) {
    this.#options = options;
    this.#moves = new Moves(options);
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
        return this.#moves.checked(state, step.what === "chain");
      case "sign": {
        const transaction = `ours-${state.world.own.length}`;
        const saved = { what: step.what, transaction, nonce: step.nonce };
        return this.#moves.sent({ ...state, world: afterSigning(state.world, saved) }, transaction);
      }
      case "send-again":
        return this.#moves.sent(state, step.transaction);
      case "wait":
        return this.#moves.later(state, step.ms);
      default: {
        const end = step.do === "fail" ? step.because.why : step.do;
        this.#ends[end] = (this.#ends[end] ?? 0) + 1;
        return [];
      }
    }
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
