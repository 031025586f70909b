/**
 * What to do next so that an app's contract comes to allow a device and a compose hash: a pure function from
 * what is known to the next step. `register.ts` only carries it out.
 *
 * What it sees to:
 * - A transaction is signed only where none of ours can still register the same, and where nothing of the
 *   signer is pending, as far as the node knows. What the node does not know has the same nonce as ours: one
 *   of the two gets into a block at most.
 * - A nonce and what is missing are of one and the same block, so that a registration that used the nonce up
 *   shows.
 * - After any doubt the same bytes are sent again, never others in their place.
 */
import type { SendAnswer } from "./rpc-errors.ts";
import type { What } from "./trouble.ts";

/** One of our transactions. Times in ms since the epoch. */
export interface Own {
  readonly what: What;
  readonly transaction: string;
  readonly nonce: number;
  readonly signedAt: number;
  readonly sends: readonly Send[];
  readonly receipt: "none" | "ok" | "reverted";
  /** When its receipt was last asked for. */
  readonly askedAt: number | null;
  /** Since when it is known to be in a block, whatever came of it. */
  readonly minedAt: number | null;
  /** Since when a later nonce is the next one, and its registration is missing all the same. */
  readonly passedAt: number | null;
}

export interface Send {
  readonly at: number;
  readonly answer: SendAnswer;
  /** How long the node wants to be left alone, in ms. */
  readonly againMs: number | null;
}

/** The last look at the chain. */
export interface View {
  readonly at: number;
  /** What the contract does not allow yet, in the order in which it is to be registered. */
  readonly missing: readonly What[];
  /** The signer's next nonce in that block, and with what is pending. */
  readonly latest: number;
  readonly pending: number;
  readonly pendingSince: number | null;
  readonly completeSince: number | null;
  /** The signer may not register, or there is nothing to register with. */
  readonly barred: boolean;
}

export interface World {
  readonly now: number;
  /** Null: the chain was not looked at yet. */
  readonly view: View | null;
  /** In the order in which they were signed. */
  readonly own: readonly Own[];
  readonly limits: Limits;
}

/** Times in ms. */
export interface Limits {
  /** Between two looks for a receipt, or for what a node behind will show. */
  readonly pollMs: number;
  /** Between two looks at the chain while a receipt is waited for. */
  readonly chainMs: number;
  /** After this the same bytes are sent again: nodes forget. */
  readonly rebroadcastMs: number;
  /** First pause after a send that no answer came to; doubles, up to `rebroadcastMs`. */
  readonly unsureMs: number;
  /** How long a transaction may be in no block. */
  readonly minedMs: number;
  /** How long another transaction of the signer may be pending. */
  readonly pendingMs: number;
  /** How long the contract may not show what is in a block. */
  readonly effectMs: number;
  /** How long a receipt may lack where the contract shows all. */
  readonly receiptMs: number;
  /** How long a used-up nonce is watched before it counts as another transaction's; outlives a reorg of a block. */
  readonly passedMs: number;
  /** The oldest look to sign by. */
  readonly freshMs: number;
  /** How many transactions may be signed for one registration, each dead before the next. */
  readonly mostSigned: number;
}

export const LIMITS: Limits = {
  pollMs: 3_000,
  chainMs: 12_000,
  rebroadcastMs: 30_000,
  unsureMs: 1_000,
  minedMs: 300_000,
  pendingMs: 300_000,
  effectMs: 60_000,
  receiptMs: 30_000,
  passedMs: 30_000,
  freshMs: 10_000,
  mostSigned: 3,
};

export type Step =
  /** `receipts`: of our transactions alone; `chain`: these, then nonces and allowances. */
  | { readonly do: "check"; readonly what: "chain" | "receipts" }
  | { readonly do: "sign"; readonly what: What; readonly nonce: number }
  | { readonly do: "send-again"; readonly transaction: string }
  | { readonly do: "wait"; readonly ms: number }
  /** All is allowed; by which transaction of ours the compose hash is, null for none. */
  | { readonly do: "done"; readonly transaction: string | null }
  | { readonly do: "refuse" }
  | { readonly do: "fail"; readonly because: Failure };

export type Failure =
  | { readonly why: "reverted" | "not-taken" | "no-effect"; readonly own: Own }
  | { readonly why: "not-mined"; readonly own: Own; readonly waitedMs: number }
  | { readonly why: "pending"; readonly nonce: number; readonly waitedMs: number }
  | { readonly why: "nonce-taken"; readonly what: What; readonly nonce: number };

const CHECK_CHAIN: Step = { do: "check", what: "chain" };
const CHECK_RECEIPTS: Step = { do: "check", what: "receipts" };

export function nextTransaction(world: World): Step {
  const { view, own } = world;
  if (view === null) return CHECK_CHAIN;
  const what = view.missing[0];
  if (what === undefined) return toTheEnd(world, view);
  const reverted = own.find((one) => one.receipt === "reverted" && view.missing.includes(one.what));
  if (reverted !== undefined) {
    // Somebody else may have registered it since that look.
    const older = view.at < (reverted.askedAt ?? view.at);
    return older ? CHECK_CHAIN : fail({ why: "reverted", own: reverted });
  }
  const open = own.findLast((one) => isOpen(one, world, view));
  return open === undefined ? toSign(world, view, what) : toSettle(world, view, open);
}

/** Whether a transaction of ours has to come to an end before anything else is signed. */
export function isOpen(own: Own, world: World, view: View): boolean {
  const missing = view.missing.includes(own.what);
  // A look that is older than the receipt would have the same nonce used again.
  if (own.receipt !== "none") return missing || view.latest <= own.nonce;
  if (view.latest <= own.nonce) return !isSuperseded(own, world);
  return missing && !isDead(own, world);
}

/** Its nonce is another transaction's for good, or we have signed anew because it was. */
export function isDead(own: Own, world: World): boolean {
  if (isSuperseded(own, world)) return true;
  const { receipt, passedAt, askedAt } = own;
  if (receipt !== "none" || passedAt === null || askedAt === null) return false;
  return askedAt - passedAt >= world.limits.passedMs;
}

function isSuperseded(own: Own, { own: all }: World): boolean {
  return all.findLast(({ what }) => what === own.what) !== own;
}

/** Nothing is missing: which transaction was it? A receipt may come later than what it tells of. */
function toTheEnd({ now, own, limits }: World, view: View): Step {
  const ours = own.filter(({ what }) => what === "compose-hash");
  const mined = ours.find(({ receipt }) => receipt === "ok");
  if (mined !== undefined) return { do: "done", transaction: mined.transaction };
  const last = ours.at(-1);
  const waitedMs = now - (view.completeSince ?? view.at);
  if (last === undefined || last.receipt === "reverted" || waitedMs >= limits.receiptMs) {
    return { do: "done", transaction: null };
  }
  return at(now, [[(last.askedAt ?? view.at) + limits.pollMs, CHECK_RECEIPTS]]);
}

/** Nothing of ours is under way, and this is missing. */
function toSign({ now, own, limits }: World, view: View, what: What): Step {
  if (view.barred) return { do: "refuse" };
  const signed = own.filter((one) => one.what === what);
  const last = signed.at(-1);
  if (last !== undefined && signed.length >= limits.mostSigned) {
    return fail({ why: "nonce-taken", what, nonce: last.nonce });
  }
  if (view.pending > view.latest) {
    const waitedMs = now - (view.pendingSince ?? view.at);
    if (waitedMs >= limits.pendingMs) {
      return fail({ why: "pending", nonce: view.latest, waitedMs });
    }
    return at(now, [[view.at + limits.pollMs, CHECK_CHAIN]]);
  }
  if (now - view.at > limits.freshMs) return CHECK_CHAIN;
  return { do: "sign", what, nonce: view.latest };
}

/** A transaction of ours is under way. */
function toSettle({ now, limits }: World, view: View, own: Own): Step {
  const soon: Appointment = [view.at + limits.pollMs, CHECK_CHAIN];
  if (own.receipt !== "none") {
    // In a block, and not to be seen: the look was older, or by a node that lags.
    const late = now - (own.minedAt ?? now) >= limits.effectMs;
    return late ? fail({ why: "no-effect", own }) : at(now, [soon]);
  }
  // Its nonce is used up: by itself, and its receipt is late, or by another transaction.
  if (view.latest > own.nonce) return at(now, [soon]);
  if (own.sends.every(({ answer }) => answer === "refused")) return fail({ why: "not-taken", own });
  const waitedMs = now - own.signedAt;
  if (waitedMs >= limits.minedMs) return fail({ why: "not-mined", own, waitedMs });
  const last = own.sends.at(-1) as Send;
  const doubtful = last.answer === "nonce-low" || last.answer === "occupied";
  const looks: Appointment[] = [
    doubtful ? soon : [view.at + limits.chainMs, CHECK_CHAIN],
    [Math.max(own.askedAt ?? 0, last.at) + limits.pollMs, CHECK_RECEIPTS],
  ];
  const asked = own.askedAt !== null && own.askedAt >= last.at;
  const again: Appointment = asked
    ? [last.at + pauseMs(own, last, limits), { do: "send-again", transaction: own.transaction }]
    : [last.at + pauseMs(own, last, limits), CHECK_RECEIPTS];
  return at(now, [again, ...looks]);
}

/** How long after its last send a transaction may be sent again, in ms. */
function pauseMs(own: Own, last: Send, { unsureMs, rebroadcastMs }: Limits): number {
  if (last.answer !== "unsure") return rebroadcastMs;
  const known = own.sends.findLastIndex(({ answer }) => answer !== "unsure");
  const inARow = own.sends.length - 1 - known;
  const doubled = Math.min(unsureMs * 2 ** (inARow - 1), rebroadcastMs);
  return Math.max(doubled, Math.min(last.againMs ?? 0, rebroadcastMs));
}

/** When, in ms since the epoch, and what. */
type Appointment = readonly [number, Step];

/** The first step that is due, or to wait for the earliest. */
function at(now: number, appointments: readonly Appointment[]): Step {
  const due = appointments.find(([time]) => time <= now);
  if (due !== undefined) return due[1];
  return { do: "wait", ms: Math.min(...appointments.map(([time]) => time)) - now };
}

function fail(because: Failure): Step {
  return { do: "fail", because };
}
