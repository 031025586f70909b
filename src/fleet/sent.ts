/** What came of an order: the forms of it, and how a failure becomes one. Pure. */
import { identOf } from "../ledger/replica.ts";
import type { Rerun } from "../ledger/terms.ts";
import type { Searched, Trouble } from "../ledger/trouble.ts";
import type { Fault } from "../net/fault.ts";
import type { Persisted } from "../net/persist.ts";
import type { Cvm } from "../phala/cvm.ts";
import { isBusyWithOthers, proofOf } from "../phala/verdict.ts";
import type { CreateAnswer } from "../phala/wire.ts";
import type { Order } from "./orders.ts";
import type { RequestEnd } from "./plan/brake.ts";
import { type Settlement, searchedOf } from "./settle.ts";
import type { Met } from "./taken.ts";

export type Answered = Exclude<CreateAnswer, { kind: "failed" }>;

/** What came of an order. */
export type Sent =
  | Answered
  /** No answer told of it; it was found in the app. */
  | { readonly kind: "found"; readonly cvm: Cvm }
  /** Its name was taken by somebody who was quicker: this CVM of the app bears it. */
  | { readonly kind: "standing"; readonly cvm: Cvm }
  | {
      readonly kind: "failed";
      /** What post is to know: `unknown` has it look once more. */
      readonly stage: "none" | "unknown";
      readonly trouble: Trouble;
      readonly end: RequestEnd;
    }
  /** The attempt stays open in the state: the search is left to post. */
  | { readonly kind: "cancelled" };

export type Failed = Persisted<never> & { ok: false };
/** What looks have shown. */
export type Shown = Exclude<Settlement, { kind: "cancelled" }>;
/** Who has a name, where it is not free. */
export type Holding = Exclude<Met, { kind: "free" }>;

/** The API refused it, and the step was cancelled before anybody could look. */
export function leftToPost(order: Order, failed: Failed): Sent {
  return refused("unknown", order, failed, { found: "cancelled" });
}

/** @param searched why it is not certain that nothing was made; null: it is */
export function refused(
  stage: "none" | "unknown",
  { doing }: Order,
  { fault, gaveUp }: Failed,
  searched: Searched | null = null,
): Sent {
  const trouble: Trouble = { kind: "refused", doing, fault, gaveUp, searched };
  return { kind: "failed", stage, trouble, end: { unknown: false, refusal: fault } };
}

/** What is known of a request whose end can't be told. */
interface Unclear {
  readonly stage: "none" | "unknown";
  /** Null: no look was possible, since nobody knows what was there before. */
  readonly shown: Shown | null;
  /** A try may have made one. */
  readonly doubted: boolean;
  readonly rerun: Rerun;
}

/** What came of it can't be told, or not for certain. */
export function untold(
  { doing }: Order,
  { fault, gaveUp }: Failed,
  { stage, shown, doubted, rerun }: Unclear,
): Sent {
  const end = { unknown: doubted, refusal: proofOf(fault) === "lost" ? null : fault };
  const searched: Searched = shown === null ? { found: "no-baseline" } : searchedOf(shown);
  const trouble: Trouble = doubted
    ? { kind: "ambiguous", doing, fault, searched, rerun }
    : { kind: "refused", doing, fault, gaveUp, searched };
  return { kind: "failed", stage, trouble, end };
}

/** What a request for a name comes to that somebody has. */
export function sentAs(
  met: Holding,
  asked: {
    readonly name: string;
    /** The refusal; null: nothing was sent. */
    readonly fault: Fault | null;
    readonly waitedMs: number;
    readonly doubted: boolean;
  },
): Sent {
  const { name, fault, waitedMs, doubted } = asked;
  // What the app's list never showed may still be that of our own lost try.
  const failed = (trouble: Trouble, unknown: boolean): Sent => {
    const end = { unknown, refusal: fault };
    return { kind: "failed", stage: unknown ? "unknown" : "none", trouble, end };
  };
  switch (met.kind) {
    case "found":
    case "standing":
    case "cancelled":
      return met;
    case "late": {
      const late = { kind: "name-not-free", name, waitedMs, fault: met.fault } as const;
      return failed({ ...late, unsure: doubted }, doubted);
    }
    case "taken": {
      const { holder: row } = met;
      const unsure = row === null && doubted;
      const holder = row === null ? null : { ...identOf(row), appId: row.appId };
      return failed({ kind: "taken", name, fault, holder, unsure }, unsure);
    }
  }
}

/** Fewer requests at once may help. */
export function isBusy(fault: Fault): boolean {
  return isBusyWithOthers(fault) || (fault.kind === "answer" && [409, 429].includes(fault.status));
}
