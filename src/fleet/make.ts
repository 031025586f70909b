import { apiCodeOf } from "../ledger/code.ts";
import { needOf } from "../ledger/need.ts";
import type { Rerun } from "../ledger/terms.ts";
import type { Trouble } from "../ledger/trouble.ts";
import type { Approval } from "../phala/approval.ts";
import { isNotYet, isUnseen } from "../phala/codes.ts";
import type { Cvm } from "../phala/cvm.ts";
import { sameName } from "../phala/names.ts";
import type { Vm } from "../phala/vm.ts";
import { Asking, type Told } from "./asking.ts";
import type { Lifetimes } from "./lifetimes.ts";
import type { Survey } from "./look.ts";
import { commitOf, committable, type Order, orderAfter } from "./orders.ts";
import { type RequestEnd, type Stop, whyStop } from "./plan/brake.ts";
import { standing } from "./plan/mismatch.ts";
import { slotStanding } from "./plan/names.ts";
import { placesOf } from "./plan/placement.ts";
import { exists, isOurs, type Replica, type Slot, uuidOf, whoIs } from "./record.ts";
import { type Context, note } from "./run.ts";
import { Search } from "./search.ts";
import { Sending } from "./sending.ts";

/** It is known what came of the request, and it is no refusal. */
const MADE: RequestEnd = { unknown: false, refusal: null };

/** How a creation gets what needs an approval approved. */
export interface Approving {
  /** Whether the step waits for approvals, or gives them itself. */
  readonly wanted: boolean;
  /** Told of each 465. @returns why no such thing is to be approved; null: it may be */
  readonly meet: (approval: Approval) => Trouble | null;
  /**
   * Waits until it is approved, or approves it.
   *
   * @param approval what is known of it; null: the answer said nothing
   */
  readonly get: (approval: Approval | null) => Promise<{
    readonly approval: Approval;
    /** The transaction to name; null: it was not approved, and `trouble` says why. */
    readonly transactionHash: string | null;
    /** Null: approved, or cancelled. */
    readonly trouble: Trouble | null;
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

/** What carrying an order out came to, besides what stands in the replica. */
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
  readonly #rerun: Rerun;
  readonly #onMade: () => void;
  readonly #approving: Approving;
  readonly #ends: RequestEnd[] = [];

  constructor(context: Context, survey: Survey, { rerun, lifetimes, approving, onMade }: Beside) {
    this.#context = context;
    this.#lifetimes = lifetimes;
    this.#onMade = onMade;
    this.#approving = approving;
    this.#search = new Search(context, survey);
    this.#rerun = rerun;
    this.#sending = new Sending(context, this.#search, rerun);
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
   * Carries one order out. What came of it stands in `replica`: made, adopted, failed, or nothing yet
   * where the run was cancelled.
   *
   * @param told while it is under way
   * @param outwait a CVM that bears its name is on its way out, and has to be gone before it is sent
   */
  async carryOut(
    replica: Replica,
    slot: Slot,
    order: Order,
    { told, outwait = false }: { readonly told?: Told; readonly outwait?: boolean } = {},
  ): Promise<Carried> {
    this.#search.claim(replica);
    const asking = new Asking(replica, slot, this.#context.edges, told);
    const needed = await this.#take(asking, order, outwait);
    const approval = await this.#seek(asking, order, needed);
    if (isOurs(replica)) await this.#lifetimes.begin(replica);
    return { approval, end: asking.end };
  }

  /** Gets the approval where the step is to, then asks for the replica again. */
  async #seek(asking: Asking, order: Order, needed: Approval | null): Promise<Approval | null> {
    const { api, edges, inputs } = this.#context;
    const { replica } = asking;
    let approval = needed;
    // The API's node may not know our own transaction yet, though the contract shows it.
    const isOpen = (code: string | null) =>
      code !== null && (isNotYet(code) || (approval?.isAllowed && isUnseen(code)));
    const { wanted } = this.#approving;
    while (wanted && order.kind !== "prepare" && isOpen(apiCodeOf(replica.trouble))) {
      if (edges.cancel.aborted) break;
      const got = await this.#approving.get(approval);
      approval = got.approval;
      replica.trouble = got.trouble ?? replica.trouble;
      // A commit pays; after the cancel nothing is begun that does.
      if (got.transactionHash === null || edges.cancel.aborted) break;
      replica.trouble = null;
      asking.send();
      replica.times.sent = asking.sentAt;
      const again = orderAfter(api, inputs, asking.slot, order, approval, got.transactionHash);
      const second = await this.#take(asking, again);
      if (exists(replica)) return null;
      approval = second === null ? approval : merged(approval, second);
    }
    return approval;
  }

  async #take(asking: Asking, order: Order, outwait = false): Promise<Approval | null> {
    const sent = await this.#sending.send(asking, order, outwait);
    switch (sent.kind) {
      case "created":
        await this.#told(asking, order, sent.vm);
        break;
      case "approval":
        return this.#approve(asking, order, sent.approval);
      case "found":
        this.#adopt(asking, order, sent.cvm);
        break;
      case "standing":
        this.#leaveStanding(asking, sent.cvm);
        break;
      case "failed":
        asking.save(sent.stage);
        asking.replica.trouble = sent.trouble;
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

  #adopt(asking: Asking, { name }: Order, cvm: Cvm): void {
    const { replica } = asking;
    replica.origin = "adopted";
    const named = name !== null && this.#search.nameFor(asking) !== null;
    replica.byName = named && asking.doubted;
    replica.cvm = cvm;
    replica.times.made = this.#context.edges.clock.now();
    if (name !== null && named) this.#search.sawName(cvm.name, name);
    this.#lifetimes.plan(replica);
    asking.save("made");
    this.#ended(asking, MADE);
    this.#onMade();
    const how = replica.byName ? "name" : named ? "refused" : "elimination";
    note(this.#context, { note: "adopted", replica: whoIs(replica), how });
  }

  /** Another run of the same names was quicker: nothing of it is ours. */
  #leaveStanding(asking: Asking, cvm: Cvm): void {
    const { inputs } = this.#context;
    const { replica, slot } = asking;
    const { name = "", nodeId: id, nodeName } = slot;
    const places = placesOf({ id, name: nodeName, ...(slot.or ? { or: slot.or } : {}) });
    const asked = slotStanding({ index: slot.index, name, places }, cvm, inputs.composeHash);
    const { origin, status, trouble } = standing(asked, cvm);
    Object.assign(replica, { slot: asked, origin, cvm, status, trouble });
    this.#search.sawName(cvm.name, name);
    asking.save("none");
    this.#ended(asking, MADE);
    this.#onMade();
    note(this.#context, { note: "stands", replica: whoIs(replica) });
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
    this.#ended(asking, MADE);
    if (order.kind !== "prepare") asking.replica.trouble = unapproved(order.kind, approval);
    if (refusal !== null) asking.replica.trouble = refusal;
    return approval;
  }

  /** All is registered, says the answer. Where the commit sees that otherwise, an approval is needed. */
  async #commitAtOnce(asking: Asking, approval: Approval): Promise<Approval | null> {
    const { api, inputs } = this.#context;
    const { replica, slot } = asking;
    const approved = committable(approval);
    if (approved === null) return approval;
    note(this.#context, { note: "committing-at-once" });
    // What came before the commit can't be its replica.
    asking.leaveDoubt();
    asking.send();
    const second = await this.#take(asking, commitOf(api, inputs, slot, approved));
    if (exists(replica)) return null;
    const whole = second === null ? approval : merged(approval, second);
    if (!isNotYet(apiCodeOf(replica.trouble) ?? "")) return whole;
    replica.trouble = unapproved("create", whole);
    return { ...whole, isAllowed: false };
  }

  async #told(asking: Asking, order: Order, vm: Vm): Promise<void> {
    // A commit's token makes one replica, so no try before it has made another.
    if (order.kind === "create") this.#settleDoubt(asking, order, vm);
    await this.#made(asking, vm);
    if (order.kind === "prepare") asking.replica.trouble = { kind: "made-by-prepare" };
  }

  #settleDoubt(asking: Asking, { name }: Order, vm: Vm): void {
    if (name !== null && sameName(vm.name, name)) asking.forgetDoubt();
    else asking.leaveDoubt();
  }

  async #made(asking: Asking, vm: Vm): Promise<void> {
    const { edges } = this.#context;
    const { replica, slot, sentAt } = asking;
    replica.origin = "created";
    replica.vm = vm;
    replica.times.made = edges.clock.now();
    if (slot.name !== undefined) this.#search.sawName(vm.name, slot.name);
    this.#lifetimes.plan(replica);
    asking.save("made");
    this.#ended(asking, MADE);
    this.#onMade();
    const { nodeId, nodeName } = slot;
    const tookMs = replica.times.made - sentAt;
    const who = whoIs(replica);
    const place = { nodeId, name: nodeName };
    note(this.#context, { note: "created", replica: who, place, tookMs });
    if (vm.name !== null && slot.name !== undefined && !sameName(vm.name, slot.name)) {
      note(this.#context, { note: "named-otherwise", replica: who, asked: slot.name });
    }
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
      asking.replica.trouble = { kind: "unseen", rerun: this.#rerun };
    }
  }
}

function unapproved(at: "create" | "commit", approval: Approval): Trouble {
  return { kind: "approval", at, need: needOf(approval) };
}

/** What the last answer says goes before what an earlier one said; what it leaves out stands. */
function merged(approval: Approval, second: Approval): Approval {
  const known = Object.entries(second).filter(([, value]) => value !== null);
  return { ...approval, ...Object.fromEntries(known) };
}
