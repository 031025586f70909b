/** The looks behind a request that brought no usable answer: did it make something, and may it be sent again? */
import type { Edges } from "../action/edges.ts";
import type { Fault } from "../net/fault.ts";
import type { Verdict } from "../net/retry.ts";
import type { Cvm } from "../phala/cvm.ts";
import { sameName } from "../phala/names.ts";
import { proofOf } from "../phala/verdict.ts";
import type { Asking } from "./asking.ts";
import type { Order } from "./orders.ts";
import { lookWithin } from "./plan/newcomers.ts";
import type { Search } from "./search.ts";
import type { Sent } from "./sent.ts";
import { glance, type Settlement, type Window } from "./settle.ts";

export class LookBehind {
  readonly #edges: Pick<Edges, "clock" | "cancel">;
  readonly #search: Search;

  constructor(edges: Pick<Edges, "clock" | "cancel">, search: Search) {
    this.#edges = edges;
    this.#search = search;
  }

  /** Where nobody knows what was there before, no look can tell whether a create may be sent again. */
  judge(order: Order, fault: Fault, earlier: readonly Fault[]): Verdict {
    const verdict = order.judge(fault, earlier);
    const isBlind = order.kind === "create" && !this.#search.possible;
    return isBlind && verdict === "retry" && proofOf(fault) !== "unsent" ? "final" : verdict;
  }

  /**
   * Waits before a create is sent again, and looks.
   *
   * @returns null: nothing new is there, so it may be sent again; else what the looks showed
   */
  async pause(asking: Asking, fault: Fault, waitMs: number): Promise<Settlement | null> {
    const { clock, cancel } = this.#edges;
    const lookMs = lookWithin(waitMs, fault, clock.now());
    await clock.sleep(waitMs - lookMs, cancel);
    if (isCertain(fault, asking)) return null;
    if (cancel.aborted) return { kind: "cancelled" };
    const settlement = await this.lookFor(asking, glance(lookMs));
    return showsNothing(settlement) ? null : settlement;
  }

  /** By its name, and where nobody knows yet whether names hold, also what bears another. */
  async lookFor(asking: Asking, window: Window | null): Promise<Settlement> {
    const thorough = window === null || window.leastMs > 0;
    const olderMs = this.#search.olderWithin(thorough);
    const settlement = await this.#search.for(asking, null, window, olderMs);
    const sure = this.#search.nameFor(asking) === null || this.#search.namesHold;
    return sure || !showsNothing(settlement) ? settlement : this.#search.others(asking, olderMs);
  }

  /** Whether what the looks showed answers the request. @returns null: it does not, or nobody can tell */
  takeUp(asking: Asking, order: Order, settlement: Settlement): Sent | null {
    const name = this.#search.nameFor(asking);
    const byName = name !== null;
    // A prepare makes nothing: what came meanwhile is somebody's, or a sign that it was no prepare.
    if (settlement.kind !== "adopted" || order.kind === "prepare") return null;
    const { cvm } = settlement;
    if (!bears(cvm, name)) return null;
    // It was there before our request, though no list had shown it: another run was quicker.
    const age = this.#search.ageOf(asking, cvm);
    const isTwins = age === "before" || (age === "older" && !asking.doubted);
    if (byName && isTwins) return { kind: "standing", cvm };
    // Nor is it likely that the API refused what it did: such a newcomer is named, and stays somebody else's,
    // unless it bears the name. Even that is no proof then: two runs may ask for a name in the same second.
    if (byName || asking.doubted) return { kind: "found", cvm };
    return null;
  }
}

/** Whether it is certain that nothing was made: neither this try nor one before it left the runner. */
export function isCertain(fault: Fault, asking: Asking): boolean {
  return proofOf(fault) === "unsent" && !asking.doubted;
}

/** What bears another name than it was looked for by may be anybody's. */
function bears(cvm: Cvm, name: string | null): boolean {
  return name === null || sameName(cvm.name, name);
}

/** The looks came through, and nothing new that fits is there. */
export function showsNothing(settlement: Settlement): boolean {
  return settlement.kind === "none" && settlement.lastSeen === null;
}
