/** The tries of one order, and the looks between them. */
import type { Attempt, Fault } from "../net/fault.ts";
import { withGrace } from "../net/grace.ts";
import { persist } from "../net/persist.ts";
import type { Verdict } from "../net/retry.ts";
import { mayHaveWorked } from "../phala/tries.ts";
import { isBusyWithOthers, proofOf } from "../phala/verdict.ts";
import type { Asking } from "./asking.ts";
import type { Order } from "./orders.ts";
import { lookWithin } from "./plan/newcomers.ts";
import { type Context, note } from "./run.ts";
import { NAMES_ANOTHER, type Search } from "./search.ts";
import type { Answered } from "./sent.ts";
import { glance, type Settlement, showsNothing, type Window } from "./settle.ts";

/** How long an answer that is under way is waited for after the step was cancelled, in ms. */
const CANCEL_GRACE_MS = 1_200;

/**
 * Sends orders as often as their rules allow. No create is sent again before the app was compared with what was there
 * before the first try, unless nothing left the runner.
 */
export class Tries {
  readonly #context: Context;
  readonly #search: Search;

  constructor(context: Context, search: Search) {
    this.#context = context;
    this.#search = search;
  }

  /** @returns beside the result what the looks between two tries showed, where that ended the trying */
  async send(asking: Asking, order: Order) {
    const { edges } = this.#context;
    const looks: Settlement[] = [];
    const pause = async (fault: Fault, waitMs: number) => {
      const shown = await this.#pause(asking, fault, waitMs);
      if (shown !== null) looks.push(shown);
      return shown === null;
    };
    const result = await withGrace(edges.clock, edges.cancel, CANCEL_GRACE_MS, (signal) =>
      persist(
        edges,
        {
          budget: order.budget,
          judge: (fault, earlier) => this.#judge(order, fault, earlier),
          signal: edges.cancel,
          onWait: (fault, waitMs, next) => {
            // A run that ends in this pause leaves something to look for, unless nothing was ever sent.
            if (order.kind === "create" && isCertain(fault, asking)) {
              asking.append({ fact: "unmade" });
            }
            if (isBusy(fault)) asking.told.busy();
            const { kind: via, doing } = order;
            note(this.#context, { note: "asking-again", via, doing, fault, waitMs, next });
          },
          // A commit's token makes one replica, whatever is sent how often, and a prepare none.
          ...(order.kind === "create" ? { pause } : {}),
        },
        () => this.#try(asking, order, signal),
      ),
    );
    return { result, seen: looks[0] ?? null };
  }

  /** Where nobody knows what was there before, no look can tell whether a create may be sent again. */
  #judge(order: Order, fault: Fault, earlier: readonly Fault[]): Verdict {
    const verdict = order.judge(fault, earlier);
    const isBlind = order.kind === "create" && !this.#search.possible;
    return isBlind && verdict === "retry" && proofOf(fault) !== "unsent" ? "final" : verdict;
  }

  async #try(asking: Asking, order: Order, signal: AbortSignal): Promise<Attempt<Answered>> {
    asking.send(order.kind);
    const answer = await order.send(signal);
    const misnamed = answer.kind === "created" && this.#search.isAnother(answer.vm, asking.key);
    if (answer.kind !== "failed" && !misnamed) return { ok: true, value: answer };
    const fault = answer.kind === "failed" ? answer.fault : NAMES_ANOTHER;
    if (mayHaveWorked(fault)) asking.append({ fact: "lost", fault });
    return { ok: false, fault };
  }

  /**
   * Waits before a create is sent again, and looks.
   *
   * @returns null: nothing new is there, so it may be sent again; else what the looks showed
   */
  async #pause(asking: Asking, fault: Fault, waitMs: number): Promise<Settlement | null> {
    const { clock, cancel } = this.#context.edges;
    const lookMs = lookWithin(waitMs, fault, clock.now());
    await clock.sleep(waitMs - lookMs, cancel);
    if (isCertain(fault, asking)) return null;
    if (cancel.aborted) return { kind: "cancelled" };
    const settlement = await this.lookFor(asking, glance(lookMs));
    return showsNothing(settlement) ? null : settlement;
  }

  /** By its name, and where nobody knows yet whether names hold, also what bears another. */
  async lookFor(asking: Asking, window: Window | null): Promise<Settlement> {
    const settlement = await this.#search.for(asking, null, window);
    const sure = this.#search.nameFor(asking) === null || this.#search.namesHold;
    return sure || !showsNothing(settlement) ? settlement : this.#search.others(asking);
  }
}

/** Fewer requests at once may help. */
function isBusy(fault: Fault): boolean {
  return isBusyWithOthers(fault) || (fault.kind === "answer" && [409, 429].includes(fault.status));
}

/** Whether it is certain that nothing was made: neither this try nor one before it left the runner. */
export function isCertain(fault: Fault, asking: Asking): boolean {
  return proofOf(fault) === "unsent" && !asking.doubted;
}
