import type { Rerun } from "../ledger/terms.ts";
import type { Attempt, Fault } from "../net/fault.ts";
import { withGrace } from "../net/grace.ts";
import { persist } from "../net/persist.ts";
import { isTaken } from "../phala/names.ts";
import { mayHaveWorked, tokenRefused } from "../phala/tries.ts";
import { proofOf } from "../phala/verdict.ts";
import type { Asking } from "./asking.ts";
import { isCertain, LookBehind, showsNothing } from "./look-behind.ts";
import type { Order } from "./orders.ts";
import { windowAfter } from "./plan/newcomers.ts";
import { type Context, note } from "./run.ts";
import { NAMES_ANOTHER, type Search } from "./search.ts";
import {
  type Answered,
  type Failed,
  type Holding,
  isBusy,
  leftToPost,
  refused,
  type Sent,
  type Shown,
  sentAs,
  untold,
} from "./sent.ts";
import { glance, type Settlement } from "./settle.ts";
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
  readonly #behind: LookBehind;

  /** @param rerun how the step can be run again where its end is unclear */
  constructor(context: Context, search: Search, rerun: Rerun) {
    this.#context = context;
    this.#search = search;
    this.#rerun = rerun;
    this.#taken = new TakenName(context, search);
    this.#behind = new LookBehind(context.edges, search);
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
      const shown = await this.#behind.pause(asking, fault, waitMs);
      if (shown !== null) looks.push(shown);
      return shown === null;
    };
    const result = await withGrace(edges.clock, edges.cancel, CANCEL_GRACE_MS, (signal) =>
      persist(
        edges,
        {
          budget: order.budget,
          judge: (fault, earlier) => this.#behind.judge(order, fault, earlier),
          signal: edges.cancel,
          onWait: (fault, waitMs, next) => {
            // A run that ends in this pause leaves something to look for, unless nothing was ever sent.
            if (order.kind === "create" && isCertain(fault, asking)) {
              asking.append({ fact: "unmade" });
            }
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

  async #try(asking: Asking, order: Order, signal: AbortSignal): Promise<Attempt<Answered>> {
    asking.send(order.kind);
    const answer = await order.send(signal);
    const misnamed = answer.kind === "created" && this.#search.isAnother(answer.vm, asking.key);
    if (answer.kind !== "failed" && !misnamed) return { ok: true, value: answer };
    const fault = answer.kind === "failed" ? answer.fault : NAMES_ANOTHER;
    if (mayHaveWorked(fault)) asking.append({ fact: "lost", fault });
    return { ok: false, fault };
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
        : this.#behind.lookFor(asking, window);
    const settlement = seen ?? (await look());
    if (settlement.kind === "cancelled") return settlement;
    const met = this.#behind.takeUp(asking, order, settlement);
    if (met !== null) return met;
    if (!showsNothing(settlement)) return this.#untold(asking, order, failed, settlement);
    const byName = this.#search.nameFor(asking) !== null;
    const oneAtMost = order.kind === "commit" || (byName && this.#search.namesHold);
    const again = lost && (mayResend ?? oneAtMost) && !usedByUs && !cancel.aborted;
    if (again) return this.#again(asking, order, failed);
    return this.#unseen(asking, order, failed, lost, settlement);
  }

  /** Nothing that bears its name came. */
  async #unseen(
    asking: Asking,
    order: Order,
    failed: Failed,
    lost: boolean,
    shown: Shown,
  ): Promise<Sent> {
    const byName = this.#search.nameFor(asking) !== null;
    // An earlier try may have made it under another name, whatever the API says to this one.
    if (order.kind === "commit" && byName && asking.doubted && !this.#search.namesHold) {
      const others = await this.#search.others(asking);
      if (others.kind === "cancelled") return others;
      if (lost || !showsNothing(others)) return this.#untold(asking, order, failed, others);
    }
    if (!lost) return refused(asking.doubted ? "unknown" : "none", order, failed);
    return this.#untold(asking, order, failed, shown);
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
      if (!asking.doubted) asking.append({ fact: "unmade" });
      const met = await this.#taken.meet(asking, name, (status) => this.#tellWait(name, status));
      // What was deleted a moment ago may hold its name on, and nobody shows it (API facts, "Named instances").
      const hidden = met.kind === "taken" && met.holder === null;
      if (met.kind !== "free" && !hidden) return this.#metAs(asking, name, met, fault);
      const { result } = await this.#persistently(asking, order);
      if (result.ok) return result.value;
      if (!isTaken(result.fault)) return this.#afterFailure(asking, order, result, null);
      if (!hidden) continue;
      if (!asking.doubted) asking.append({ fact: "unmade" });
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
