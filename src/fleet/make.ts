import { apiCodeOf } from "../ledger/code.ts";
import { needOf } from "../ledger/need.ts";
import { exists, isOurs } from "../ledger/replica.ts";
import type { ReplicaKey, Rerun, Slot } from "../ledger/terms.ts";
import type { Approval } from "../phala/approval.ts";
import { isNotYet, isUnseen } from "../phala/codes.ts";
import { type Approving, merged, needsApproval } from "./approving.ts";
import { Arrivals, MADE } from "./arrivals.ts";
import { Asking, type Told } from "./asking.ts";
import type { Lifetimes } from "./lifetimes.ts";
import type { Survey } from "./look.ts";
import { commitOf, committable, type Order, orderAfter } from "./orders.ts";
import { type RequestEnd, type Stop, whyStop } from "./plan/brake.ts";
import { type Context, note } from "./run.ts";
import { Search } from "./search.ts";
import { Sending } from "./sending.ts";

/** What a creation has to do with. */
export interface Beside {
  /** How the step can be run again where its end is unclear. */
  readonly rerun: Rerun;
  readonly lifetimes: Lifetimes;
  readonly approving: () => Promise<Approving>;
}

/** What carrying an order out came to, besides what stands in the ledger. */
export interface Carried {
  /** The approval that is still needed, if there is one. */
  readonly approval: Approval | null;
  /** Null: the run was cancelled before it was known. */
  readonly end: RequestEnd | null;
}

/**
 * The create requests of one run. Finds out what came of each, and never sends one again that may have made a
 * replica, but what its name or its token makes one at most.
 */
export class Creation {
  readonly #context: Context;
  readonly #search: Search;
  readonly #lifetimes: Lifetimes;
  readonly #sending: Sending;
  readonly #arrivals: Arrivals;
  readonly #approving: () => Promise<Approving>;
  readonly #ends: RequestEnd[] = [];

  constructor(context: Context, survey: Survey, { rerun, lifetimes, approving }: Beside) {
    this.#context = context;
    this.#lifetimes = lifetimes;
    this.#approving = approving;
    this.#search = new Search(context, survey);
    this.#sending = new Sending(context, this.#search, rerun);
    const ended = (asking: Asking, end: RequestEnd) => this.#ended(asking, end);
    this.#arrivals = new Arrivals(context, this.#search, { rerun, lifetimes, ended });
  }

  /** A CVM bears a name that was asked for by it, so names hold. */
  get namesHold(): boolean {
    return this.#search.namesHold;
  }

  /** Why no further request may be sent; null: it may. */
  get stop(): Stop | null {
    return whyStop(this.#ends);
  }

  /**
   * Carries one order out. What came of it stands in the ledger: made, adopted, failed, or nothing yet
   * where the run was cancelled.
   *
   * @param told while it is under way
   * @param outwait a CVM that bears its name is on its way out, and has to be gone before it is sent
   */
  async carryOut(
    key: ReplicaKey,
    slot: Slot,
    order: Order,
    { told, outwait = false }: { readonly told?: Told; readonly outwait?: boolean } = {},
  ): Promise<Carried> {
    const { ledger } = this.#context;
    this.#search.claim(key);
    const asking = new Asking(this.#context, key, slot, told);
    const needed = await this.#take(asking, order, outwait);
    const approval = await this.#seek(asking, order, needed);
    if (isOurs(ledger.replica(key))) await this.#lifetimes.begin(key);
    return { approval, end: asking.end };
  }

  /** Gets the approval where the step is to, then asks for the replica again. */
  async #seek(asking: Asking, order: Order, needed: Approval | null): Promise<Approval | null> {
    const { api, edges, inputs } = this.#context;
    let approval = needed;
    // The API's node may not know our own transaction yet, though the contract shows it.
    const isOpen = (code: string | null) =>
      code !== null && (isNotYet(code) || (approval?.isAllowed && isUnseen(code)));
    while (order.kind !== "prepare" && isOpen(apiCodeOf(asking.replica.trouble))) {
      const approving = await this.#approving();
      if (!approving.wanted || edges.cancel.aborted) break;
      const got = await approving.get(approval);
      approval = got.approval;
      if (got.trouble !== null) asking.append({ fact: "refused", trouble: got.trouble });
      // A commit pays; after the cancel nothing is begun that does.
      if (got.transactionHash === null || edges.cancel.aborted) break;
      asking.begin();
      const again = orderAfter(api, inputs, asking.slot, order, approval, got.transactionHash);
      const second = await this.#take(asking, again);
      if (exists(asking.replica)) return null;
      approval = second === null ? approval : merged(approval, second);
    }
    return approval;
  }

  async #take(asking: Asking, order: Order, outwait = false): Promise<Approval | null> {
    const sent = await this.#sending.send(asking, order, outwait);
    switch (sent.kind) {
      case "created":
        await this.#arrivals.created(asking, order, sent.vm);
        break;
      case "approval":
        return this.#approve(asking, order, sent.approval);
      case "found":
        this.#arrivals.adopted(asking, order, sent.cvm);
        break;
      case "standing":
        this.#arrivals.standing(asking, sent.cvm);
        break;
      case "failed":
        asking.append({
          fact: sent.stage === "none" ? "refused" : "searched",
          trouble: sent.trouble,
        });
        this.#ended(asking, sent.end);
        break;
      case "cancelled":
        break;
    }
    return null;
  }

  #ended(asking: Asking, end: RequestEnd): void {
    asking.end = end;
    this.#ends.push(end);
  }

  async #approve(asking: Asking, order: Order, approval: Approval): Promise<Approval | null> {
    const { edges } = this.#context;
    if (approval.commitToken !== null) edges.runner.neverPrint(approval.commitToken);
    const refusal = (await this.#approving()).meet(approval);
    // A commit pays; after the cancel nothing is begun that does.
    const atOnce = refusal === null && committable(approval) !== null && !edges.cancel.aborted;
    if (order.kind === "create" && atOnce) {
      return this.#commitAtOnce(asking, approval);
    }
    // A 465 is the API's own word: no edge could make it up, so this try made nothing. What an earlier one
    // made is another question.
    if (order.kind !== "prepare") asking.leaveDoubt();
    this.#ended(asking, MADE);
    const trouble =
      refusal ?? (order.kind === "prepare" ? null : needsApproval(order.kind, approval));
    asking.append({ fact: "approval", need: needOf(approval), trouble });
    return approval;
  }

  /** All is registered, says the answer. Where the commit sees that otherwise, an approval is needed. */
  async #commitAtOnce(asking: Asking, approval: Approval): Promise<Approval | null> {
    const { api, inputs } = this.#context;
    const { slot } = asking;
    const approved = committable(approval);
    if (approved === null) return approval;
    note(this.#context, { note: "committing-at-once" });
    // What came before the commit can't be its replica.
    asking.leaveDoubt();
    const second = await this.#take(asking, commitOf(api, inputs, slot, approved));
    if (exists(asking.replica)) return null;
    const whole = second === null ? approval : merged(approval, second);
    if (!isNotYet(apiCodeOf(asking.replica.trouble) ?? "")) return whole;
    const trouble = needsApproval("create", whole);
    asking.append({ fact: "approval", need: needOf(whole), trouble });
    return { ...whole, isAllowed: false };
  }
}
