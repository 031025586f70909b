import type { Rerun } from "../ledger/terms.ts";
import type { Attempt, Fault } from "../net/fault.ts";
import { withGrace } from "../net/grace.ts";
import { persist } from "../net/persist.ts";
import type { Verdict } from "../net/retry.ts";
import type { Cvm } from "../phala/cvm.ts";
import { isTaken, sameName } from "../phala/names.ts";
import { mayHaveWorked, tokenRefused } from "../phala/tries.ts";
import { isBusyWithOthers, proofOf } from "../phala/verdict.ts";
import type { Asking } from "./asking.ts";
import type { Order } from "./orders.ts";
import { lookWithin, windowAfter } from "./plan/newcomers.ts";
import { type Context, note } from "./run.ts";
import { NAMES_ANOTHER, type Search } from "./search.ts";
import {
  type Answered,
  type Failed,
  type Holding,
  leftToPost,
  refused,
  type Sent,
  type Shown,
  sentAs,
  untold,
} from "./sent.ts";
import { glance, type Settlement, type Window } from "./settle.ts";
import { TakenName } from "./taken.ts";

/** How long an answer that is under way is waited for after the step was cancelled, in ms. */
const CANCEL_GRACE_MS = 1_200;

/**
 * Sends orders, and finds out what came of those that brought no usable answer. No create is sent again,
 * and none is said to have made nothing, before the app was compared with what was there before the first
 * try, unless nothing left the runner.
 */
export class Sending {
  readonly #context: Context;
  readonly #search: Search;
  readonly #rerun: Rerun;
  readonly #taken: TakenName;

  /** @param rerun how the step can be run again where its end is unclear */
  constructor(context: Context, search: Search, rerun: Rerun) {
    this.#context = context;
    this.#search = search;
    this.#rerun = rerun;
    this.#taken = new TakenName(context, search);
  }

  /**
   * Carries one order out, as often as its rules allow.
   *
   * @param outwait what bears its name has to be gone first
   */
  async send(asking: Asking, order: Order, outwait = false): Promise<Sent> {
    if (outwait && order.name !== null) {
      const { name } = order;
      const met = await this.#taken.outwait(name, (status) => this.#tellWait(name, status));
      if (met.kind === "cancelled") asking.save("none");
      if (met.kind !== "free") return this.#metAs(asking, name, met, null);
    }
    const { result, seen } = await this.#persistently(asking, order);
    return result.ok ? result.value : this.#afterFailure(asking, order, result, seen);
  }

  /** @returns beside the result what the looks between two tries showed, where that ended the trying */
  async #persistently(asking: Asking, order: Order) {
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
            if (order.kind === "create" && isCertain(fault, asking)) asking.save("none");
            if (isBusy(fault)) asking.told.busy();
            const { kind: via, doing } = order;
            this.#note({ note: "asking-again", via, doing, fault, waitMs, next });
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
    // A commit may have worked at any of its tries, so the first one counts.
    if (order.kind !== "commit") asking.send();
    // A prepare makes nothing (the app is known to be on-chain), so post has nothing to look for.
    asking.save(order.kind === "prepare" ? "none" : "open");
    const answer = await order.send(signal);
    const misnamed = answer.kind === "created" && this.#search.isAnother(answer.vm, asking.key);
    if (answer.kind !== "failed" && !misnamed) return { ok: true, value: answer };
    const fault = answer.kind === "failed" ? answer.fault : NAMES_ANOTHER;
    if (mayHaveWorked(fault)) asking.doubt();
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
    const settlement = await this.#lookFor(asking, glance(lookMs));
    return showsNothing(settlement) ? null : settlement;
  }

  /** By its name, and where nobody knows yet whether names hold, also what bears another. */
  async #lookFor(asking: Asking, window: Window | null): Promise<Settlement> {
    const settlement = await this.#search.for(asking, null, window);
    const sure = this.#search.nameFor(asking) === null || this.#search.namesHold;
    return sure || !showsNothing(settlement) ? settlement : this.#search.others(asking);
  }

  /** @param seen what looks have shown since the last try; null: there was none */
  async #afterFailure(
    asking: Asking,
    order: Order,
    failed: Failed,
    seen: Settlement | null,
  ): Promise<Sent> {
    const { cancel } = this.#context.edges;
    const { fault, earlier } = failed;
    if (order.name !== null && isTaken(fault)) return this.#meetHolder(asking, order, failed);
    const makesNothing = order.kind === "prepare" && order.judge(fault, earlier) !== "uncertain";
    if (makesNothing || isCertain(fault, asking)) return refused("none", order, failed);
    if (!this.#search.possible) return this.#untold(asking, order, failed, null);
    if (cancel.aborted) return asking.doubted ? { kind: "cancelled" } : leftToPost(order, failed);
    return this.#reconcile(asking, order, failed, seen, null);
  }

  /**
   * Looks for the replica of a request that may have made one, and makes sure that one which was refused
   * has made none.
   *
   * @param mayResend whether it may be sent once more though its answer is lost; null: as the order says, since
   * a commit's token makes one replica at most, and so does a name where names are seen to hold
   */
  async #reconcile(
    asking: Asking,
    order: Order,
    failed: Failed,
    seen: Settlement | null,
    mayResend: false | null,
  ): Promise<Sent> {
    const { cancel } = this.#context.edges;
    const { fault } = failed;
    const usedByUs = order.kind === "commit" && tokenRefused(fault) && asking.doubted;
    const lost = usedByUs || proofOf(fault) === "lost";
    if (lost && seen === null) this.#note({ note: "answer-lost", doing: order.doing, fault });
    if (lost) asking.told.lost();
    const window = lost ? null : glance(windowAfter(fault));
    // A commit may be sent again whatever else is new: its token makes one.
    const look = () =>
      order.kind === "commit"
        ? this.#search.for(asking, null, window)
        : this.#lookFor(asking, window);
    const settlement = seen ?? (await look());
    if (settlement.kind === "cancelled") return settlement;
    const name = this.#search.nameFor(asking);
    const byName = name !== null;
    // A prepare makes nothing: what came meanwhile is somebody's, or a sign that it was no prepare.
    if (settlement.kind === "adopted" && order.kind !== "prepare" && bears(settlement.cvm, name)) {
      const { cvm } = settlement;
      // It was there before our request, though no list had shown it: another run was quicker.
      if (byName && !this.#search.isSince(asking, cvm)) return { kind: "standing", cvm };
      // Nor is it likely that the API refused what it did: such a newcomer is named, and stays somebody else's,
      // unless it bears the name. Even that is no proof then: two runs may ask for a name in the same second.
      if (byName || asking.doubted) return { kind: "found", cvm };
    }
    if (showsNothing(settlement)) {
      const oneAtMost =
        mayResend ?? (order.kind === "commit" || (byName && this.#search.namesHold));
      const again = lost && oneAtMost && !usedByUs && !cancel.aborted;
      if (again) return this.#again(asking, order, failed);
      // An earlier try may have made it under another name, whatever the API says to this one.
      if (order.kind === "commit" && byName && asking.doubted && !this.#search.namesHold) {
        const others = await this.#search.others(asking);
        if (others.kind === "cancelled") return others;
        if (lost || !showsNothing(others)) return this.#untold(asking, order, failed, others);
      }
      if (!lost) return refused(asking.doubted ? "unknown" : "none", order, failed);
    }
    return this.#untold(asking, order, failed, settlement);
  }

  async #again(asking: Asking, order: Order, failed: Failed): Promise<Sent> {
    const { cancel } = this.#context.edges;
    this.#note({ note: "sending-again", name: order.kind === "commit" ? null : order.name });
    const { result } = await this.#persistently(asking, order);
    if (result.ok) return result.value;
    const lostAgain = proofOf(result.fault) === "lost" || tokenRefused(result.fault);
    if (!lostAgain) return this.#afterFailure(asking, order, result, null);
    if (cancel.aborted) return { kind: "cancelled" };
    return this.#reconcile(asking, order, failed, null, false);
  }

  /** Where names are not honoured, a step that is run again finds nothing by its name. */
  #rerunOf({ slot }: Asking): Rerun {
    const blind = slot.name !== undefined && this.#search.namesIgnored;
    return blind ? { kind: "blind" } : this.#rerun;
  }

  /** The name is taken: by whom, and is it free in a moment? */
  async #meetHolder(asking: Asking, order: Order, failed: Failed): Promise<Sent> {
    const name = order.name ?? "";
    const { fault } = failed;
    // Who compares names honours them.
    this.#search.sawName(name, name);
    for (;;) {
      // Nothing of ours is there, so post must not take the holder for it.
      if (!asking.doubted) asking.save("none");
      const met = await this.#taken.meet(asking, name, (status) => this.#tellWait(name, status));
      // What was deleted a moment ago may hold its name on, and nobody shows it (API facts, "Named instances").
      const hidden = met.kind === "taken" && met.holder === null;
      if (met.kind !== "free" && !hidden) return this.#metAs(asking, name, met, fault);
      const { result } = await this.#persistently(asking, order);
      if (result.ok) return result.value;
      if (!isTaken(result.fault)) return this.#afterFailure(asking, order, result, null);
      if (!hidden) continue;
      if (!asking.doubted) asking.save("none");
      return this.#metAs(asking, name, met, result.fault);
    }
  }

  #tellWait(name: string, status: string): void {
    this.#note({ note: "name-taken", name, status });
  }

  /** @param fault the refusal; null: nothing was sent */
  #metAs(asking: Asking, name: string, met: Holding, fault: Fault | null): Sent {
    const { waitTimeoutMs: waitedMs } = this.#context.inputs;
    return sentAs(met, { name, fault, waitedMs, doubted: asking.doubted });
  }

  /** What came of it can't be told, or not for certain. @param shown what the looks showed; null: no look */
  #untold(asking: Asking, order: Order, failed: Failed, shown: Shown | null): Sent {
    const stage = order.kind === "prepare" && this.#search.possible ? "none" : "unknown";
    const { doubted } = asking;
    return untold(order, failed, { stage, shown, doubted, rerun: this.#rerunOf(asking) });
  }

  #note(what: Parameters<typeof note>[1]): void {
    note(this.#context, what);
  }
}

/** Fewer requests at once may help. */
function isBusy(fault: Fault): boolean {
  return isBusyWithOthers(fault) || (fault.kind === "answer" && [409, 429].includes(fault.status));
}

/** Whether it is certain that nothing was made: neither this try nor one before it left the runner. */
function isCertain(fault: Fault, asking: Asking): boolean {
  return proofOf(fault) === "unsent" && !asking.doubted;
}

/** What bears another name than it was looked for by may be anybody's. */
function bears(cvm: Cvm, name: string | null): boolean {
  return name === null || sameName(cvm.name, name);
}

/** The looks came through, and nothing new that fits is there. */
function showsNothing(settlement: Settlement): boolean {
  return settlement.kind === "none" && settlement.lastSeen === null;
}
