import type { Approval } from "../phala/approval.ts";
import { isNotYet, isUnseen } from "../phala/codes.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { Vm } from "../phala/vm.ts";
import { createdAtPrepare, createdUnseen, type Failure } from "../report/annotation/failure.ts";
import { adopted, committingAtOnce, created } from "../report/log/making.ts";
import { approvalFailure, notRegisteredFailure } from "../report/words/approval.ts";
import { type Afterwards, howToLook } from "../report/words/unclear.ts";
import { Asking } from "./asking.ts";
import type { Lifetimes } from "./lifetimes.ts";
import type { Survey } from "./look.ts";
import { commitOrder, committable, type Order, orderAfter } from "./orders.ts";
import { type RequestEnd, type Stop, whyStop } from "./plan/brake.ts";
import type { Rerun } from "./plan/rerun.ts";
import { exists, nameOf, type Replica, type Slot, uuidOf } from "./record.ts";
import type { Context } from "./run.ts";
import { Search } from "./search.ts";
import { Sending } from "./sending.ts";

/** It is known what came of the request, and it is no refusal. */
const MADE: RequestEnd = { unknown: false, refusal: null };

/** How a creation gets what needs an approval approved. */
export interface Approving {
  /** Whether the step waits for approvals, or gives them itself. */
  readonly wanted: boolean;
  /** Told of each 465. @returns why no such thing is to be approved; null: it may be */
  readonly meet: (approval: Approval) => Failure | null;
  /**
   * Waits until it is approved, or approves it.
   *
   * @param approval what is known of it; null: the answer said nothing
   */
  readonly get: (approval: Approval | null) => Promise<{
    readonly approval: Approval;
    /** The transaction to name; null: it was not approved, and `failure` says why. */
    readonly transactionHash: string | null;
    /** Null: approved, or cancelled. */
    readonly failure: Failure | null;
  }>;
}

/** What a creation has to do with. */
export interface Beside {
  /** How the step can be run again where its end is unclear. */
  readonly rerun: Rerun;
  readonly lifetimes: Lifetimes;
  readonly approving: Approving;
  /** Told as soon as a replica is known to be there, and when more is known of it. */
  readonly onMade: () => void;
}

/**
 * The create requests of one run, one after another: the API now and then rejects concurrent ones. Finds
 * out what came of each, and never sends one again that may have made a replica.
 */
export class Creation {
  readonly #context: Context;
  readonly #search: Search;
  readonly #lifetimes: Lifetimes;
  readonly #sending: Sending;
  readonly #afterwards: Afterwards;
  readonly #onMade: () => void;
  readonly #approving: Approving;
  readonly #ends: RequestEnd[] = [];

  constructor(context: Context, survey: Survey, { rerun, lifetimes, approving, onMade }: Beside) {
    const { workspaceSlug } = survey;
    this.#context = context;
    this.#lifetimes = lifetimes;
    this.#onMade = onMade;
    this.#approving = approving;
    this.#search = new Search(context, survey);
    this.#afterwards = { workspaceSlug, appId: context.inputs.appId, rerun };
    this.#sending = new Sending(context, this.#search, this.#afterwards);
  }

  /** Why no further request may be sent; null: it may. */
  get stop(): Stop | null {
    return whyStop(this.#ends);
  }

  /**
   * Carries one order out. What came of it stands in `replica`: made, adopted, failed, or nothing yet
   * where the run was cancelled.
   *
   * @returns the approval that is still needed, if there is one
   */
  async carryOut(replica: Replica, slot: Slot, order: Order): Promise<Approval | null> {
    this.#search.claim(replica);
    const asking = new Asking(replica, slot, this.#context.edges);
    const needed = await this.#take(asking, order);
    const approval = await this.#seek(asking, order, needed);
    await this.#lifetimes.begin(replica);
    return approval;
  }

  /** Gets the approval where the step is to, then asks for the replica again. */
  async #seek(asking: Asking, order: Order, needed: Approval | null): Promise<Approval | null> {
    const { api, edges, inputs } = this.#context;
    const { replica } = asking;
    let approval = needed;
    // The API's node may not know our own transaction yet, though the contract shows it.
    const isOpen = (code: string) => isNotYet(code) || (approval?.isAllowed && isUnseen(code));
    while (this.#approving.wanted && order.kind !== "prepare" && isOpen(codeOf(replica))) {
      if (edges.cancel.aborted) break;
      const got = await this.#approving.get(approval);
      approval = got.approval;
      replica.failure = got.failure ?? replica.failure;
      // A commit pays; after the cancel nothing is begun that does.
      if (got.transactionHash === null || edges.cancel.aborted) break;
      replica.failure = null;
      asking.send();
      replica.times.sent = asking.sentAt;
      const again = orderAfter(api, inputs, order, approval, got.transactionHash);
      const second = await this.#take(asking, again);
      if (exists(replica)) return null;
      approval = second === null ? approval : merged(approval, second);
    }
    return approval;
  }

  async #take(asking: Asking, order: Order): Promise<Approval | null> {
    const sent = await this.#sending.send(asking, order);
    switch (sent.kind) {
      case "created":
        await this.#told(asking, order, sent.vm);
        break;
      case "approval":
        return this.#approve(asking, order, sent.approval);
      case "found":
        this.#adopt(asking, sent.cvm);
        break;
      case "failed":
        asking.save(sent.stage);
        asking.replica.failure = sent.failure;
        this.#ends.push(sent.end);
        break;
      case "cancelled":
        break;
    }
    return null;
  }

  #adopt(asking: Asking, cvm: Cvm): void {
    const { edges } = this.#context;
    const { replica } = asking;
    replica.origin = "adopted";
    replica.cvm = cvm;
    replica.times.made = edges.clock.now();
    this.#lifetimes.plan(replica);
    asking.save("made");
    this.#ends.push(MADE);
    this.#onMade();
    edges.runner.info(adopted(nameOf(replica), uuidOf(replica)));
  }

  async #approve(asking: Asking, order: Order, approval: Approval): Promise<Approval | null> {
    const { edges } = this.#context;
    if (approval.commitToken !== null) edges.runner.neverPrint(approval.commitToken);
    const refusal = this.#approving.meet(approval);
    // A commit pays; after the cancel nothing is begun that does.
    const atOnce = refusal === null && committable(approval) !== null && !edges.cancel.aborted;
    if (order.kind === "create" && atOnce) {
      return this.#commitAtOnce(asking, approval);
    }
    // A 465 is the API's own word: no edge could make it up, so this try made nothing. What an earlier one
    // made is another question.
    if (order.kind !== "prepare") asking.leaveDoubt();
    asking.save("none");
    this.#ends.push(MADE);
    if (order.kind === "commit") asking.replica.failure = notRegisteredFailure(approval);
    if (order.kind === "create") asking.replica.failure = approvalFailure(approval);
    if (refusal !== null) asking.replica.failure = refusal;
    return approval;
  }

  /** All is registered, says the answer. Where the commit sees that otherwise, an approval is needed. */
  async #commitAtOnce(asking: Asking, approval: Approval): Promise<Approval | null> {
    const { api, edges, inputs } = this.#context;
    const { replica } = asking;
    const approved = committable(approval);
    if (approved === null) return approval;
    edges.runner.info(committingAtOnce());
    // What came before the commit can't be its replica.
    asking.leaveDoubt();
    asking.send();
    const second = await this.#take(asking, commitOrder(api, inputs.vmUuid, approved));
    if (exists(replica)) return null;
    const whole = second === null ? approval : merged(approval, second);
    if (!isNotYet(codeOf(replica))) return whole;
    replica.failure = approvalFailure(whole);
    return { ...whole, isAllowed: false };
  }

  async #told(asking: Asking, order: Order, vm: Vm): Promise<void> {
    // A commit's token makes one replica, so no try before it has made another.
    if (order.kind === "create") asking.leaveDoubt();
    await this.#made(asking, vm);
    if (order.kind === "prepare") asking.replica.failure = createdAtPrepare(asking.replica);
  }

  async #made(asking: Asking, vm: Vm): Promise<void> {
    const { edges } = this.#context;
    const { replica, slot, sentAt } = asking;
    replica.origin = "created";
    replica.vm = vm;
    replica.times.made = edges.clock.now();
    this.#lifetimes.plan(replica);
    asking.save("made");
    this.#ends.push(MADE);
    this.#onMade();
    edges.runner.info(created(replica, slot, replica.times.made - sentAt));
    if (uuidOf(replica) !== null) return;
    await this.#locate(asking, vm.name ?? "");
    asking.save("made");
    this.#onMade();
  }

  /** The create answer named no UUID, which is legal: the app's list knows it. */
  async #locate(asking: Asking, name: string): Promise<void> {
    const { edges } = this.#context;
    if (this.#search.possible && !edges.cancel.aborted) {
      const found = await this.#search.for(asking, name);
      if (found.kind === "adopted") asking.replica.cvm = found.cvm;
    }
    if (uuidOf(asking.replica) === null && !edges.cancel.aborted) {
      const look = howToLook(this.#afterwards, "the app's list may show it late");
      asking.replica.failure = createdUnseen(asking.replica, look);
    }
  }
}

function codeOf({ failure }: Replica): string {
  return failure?.code ?? "";
}

/** What the last answer says goes before what an earlier one said; what it leaves out stands. */
function merged(approval: Approval, second: Approval): Approval {
  const known = Object.entries(second).filter(([, value]) => value !== null);
  return { ...approval, ...Object.fromEntries(known) };
}
