import type { Rerun } from "../ledger/terms.ts";
import type { Fault } from "../net/fault.ts";
import type { Cvm } from "../phala/cvm.ts";
import { isTaken, sameName } from "../phala/names.ts";
import { tokenRefused } from "../phala/tries.ts";
import { proofOf } from "../phala/verdict.ts";
import type { Asking } from "./asking.ts";
import type { Order } from "./orders.ts";
import { windowAfter } from "./plan/newcomers.ts";
import { type Context, note } from "./run.ts";
import type { Search } from "./search.ts";
import {
  type Failed,
  type Holding,
  leftToPost,
  refused,
  type Sent,
  type Shown,
  sentAs,
  untold,
} from "./sent.ts";
import { glance, type Settlement, showsNothing } from "./settle.ts";
import { TakenName } from "./taken.ts";
import { isCertain, Tries } from "./tries.ts";

/**
 * Carries orders out, and finds out what came of those that brought no usable answer. None is said to have made
 * nothing before the app was compared with what was there before the first try, unless nothing left the runner.
 */
export class Sending {
  readonly #context: Context;
  readonly #search: Search;
  readonly #rerun: Rerun;
  readonly #taken: TakenName;
  readonly #tries: Tries;

  /** @param rerun how the step can be run again where its end is unclear */
  constructor(context: Context, search: Search, rerun: Rerun) {
    this.#context = context;
    this.#search = search;
    this.#rerun = rerun;
    this.#taken = new TakenName(context, search);
    this.#tries = new Tries(context, search);
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
    const { result, seen } = await this.#tries.send(asking, order);
    return result.ok ? result.value : this.#afterFailure(asking, order, result, seen);
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
    const settlement = seen ?? (await this.#look(asking, order, lost ? null : fault));
    if (settlement.kind === "cancelled") return settlement;
    const ours = this.#claim(asking, order, settlement);
    if (ours !== null) return ours;
    if (!showsNothing(settlement)) return this.#untold(asking, order, failed, settlement);
    const byName = this.#search.nameFor(asking) !== null;
    const oneAtMost = mayResend ?? (order.kind === "commit" || (byName && this.#search.namesHold));
    const again = lost && oneAtMost && !usedByUs && !cancel.aborted;
    if (again) return this.#again(asking, order, failed);
    // An earlier try may have made it under another name, whatever the API says to this one.
    if (order.kind === "commit" && byName && asking.doubted && !this.#search.namesHold) {
      const others = await this.#search.others(asking);
      if (others.kind === "cancelled") return others;
      if (lost || !showsNothing(others)) return this.#untold(asking, order, failed, others);
    }
    if (!lost) return refused(asking.doubted ? "unknown" : "none", order, failed);
    return this.#untold(asking, order, failed, settlement);
  }

  /** @param refusal what the API said no with; null: its answer is lost */
  #look(asking: Asking, order: Order, refusal: Fault | null): Promise<Settlement> {
    const window = refusal === null ? null : glance(windowAfter(refusal));
    // A commit may be sent again whatever else is new: its token makes one.
    if (order.kind === "commit") return this.#search.for(asking, null, window);
    return this.#tries.lookFor(asking, window);
  }

  /** What a look showed to be this request's; null: nothing is. */
  #claim(asking: Asking, order: Order, settlement: Settlement): Sent | null {
    const name = this.#search.nameFor(asking);
    // A prepare makes nothing: what came meanwhile is somebody's, or a sign that it was no prepare.
    if (settlement.kind !== "adopted" || order.kind === "prepare") return null;
    const { cvm } = settlement;
    if (!bears(cvm, name)) return null;
    // It was there before our request, though no list had shown it: another run was quicker.
    if (name !== null && !this.#search.isSince(asking, cvm)) return { kind: "standing", cvm };
    // Nor is it likely that the API refused what it did: such a newcomer is named, and stays somebody else's,
    // unless it bears the name. Even that is no proof then: two runs may ask for a name in the same second.
    return name !== null || asking.doubted ? { kind: "found", cvm } : null;
  }

  async #again(asking: Asking, order: Order, failed: Failed): Promise<Sent> {
    const { cancel } = this.#context.edges;
    this.#note({ note: "sending-again", name: order.kind === "commit" ? null : order.name });
    const { result } = await this.#tries.send(asking, order);
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
      if (met.kind !== "free") return this.#metAs(asking, name, met, fault);
      const { result } = await this.#tries.send(asking, order);
      if (result.ok) return result.value;
      if (!isTaken(result.fault)) return this.#afterFailure(asking, order, result, null);
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

/** What bears another name than it was looked for by may be anybody's. */
function bears(cvm: Cvm, name: string | null): boolean {
  return name === null || sameName(cvm.name, name);
}
