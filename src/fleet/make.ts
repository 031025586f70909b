import { apiCodeOf } from "../ledger/code.ts";
import type { ReplicaFact } from "../ledger/fact.ts";
import { needOf } from "../ledger/need.ts";
import { exists, identOf, identOfVm, isOurs } from "../ledger/replica.ts";
import type { ReplicaKey, Rerun, Slot } from "../ledger/terms.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { uuidOf, whoIs } from "../ledger/who.ts";
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
import { type Context, note } from "./run.ts";
import { Search } from "./search.ts";
import { Sending } from "./sending.ts";
import { takeIn } from "./take-in.ts";

/** It is known what came of the request, and it is no refusal. */
const MADE: RequestEnd = { unknown: false, refusal: null };

type Unkeyed<F> = F extends ReplicaFact ? Omit<F, "replica"> : never;

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
    this.#asking(asking, order);
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
    const { wanted } = this.#approving;
    while (wanted && order.kind !== "prepare" && isOpen(apiCodeOf(asking.replica.trouble))) {
      if (edges.cancel.aborted) break;
      const got = await this.#approving.get(approval);
      approval = got.approval;
      if (got.trouble !== null) this.#append(asking, { fact: "refused", trouble: got.trouble });
      // A commit pays; after the cancel nothing is begun that does.
      if (got.transactionHash === null || edges.cancel.aborted) break;
      asking.send();
      this.#asking(asking, order);
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
        this.#append(asking, {
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

  /** A request goes out for it, from now on. */
  #asking(asking: Asking, { kind: via }: Order): void {
    const { nodeId, nodeName: name } = asking.slot;
    this.#append(asking, { fact: "asking", via, attempt: 1, place: { nodeId, name } });
  }

  #append({ key }: Asking, what: Unkeyed<ReplicaFact>): void {
    this.#context.ledger.append({ replica: key, ...what });
  }

  #ended(asking: Asking, end: RequestEnd): void {
    asking.end = end;
    this.#ends.push(end);
  }

  #adopt(asking: Asking, { name }: Order, cvm: Cvm): void {
    const named = name !== null && this.#search.nameFor(asking) !== null;
    const proof = named && asking.doubted ? "name" : "elimination";
    this.#append(asking, { fact: "adopted", ident: identOf(cvm), cvm, proof });
    if (name !== null && named) this.#search.sawName(cvm.name, name);
    this.#lifetimes.plan(asking.key);
    asking.save("made");
    this.#ended(asking, MADE);
    this.#onMade();
    const how = proof === "elimination" && named ? "refused" : proof;
    note(this.#context, { note: "adopted", replica: whoIs(asking.replica), how });
  }

  /** Another run of the same names was quicker: nothing of it is ours. */
  #leaveStanding(asking: Asking, cvm: Cvm): void {
    const { inputs } = this.#context;
    const { slot } = asking;
    const { name = "", nodeId: id, nodeName } = slot;
    const places = placesOf({ id, name: nodeName, ...(slot.or ? { or: slot.or } : {}) });
    const asked = slotStanding({ index: slot.index, name, places }, cvm, inputs.composeHash);
    takeIn(this.#context.ledger, standing(asked, cvm));
    this.#search.sawName(cvm.name, name);
    asking.save("none");
    this.#ended(asking, MADE);
    this.#onMade();
    note(this.#context, { note: "stands", replica: whoIs(asking.replica) });
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
    const trouble = refusal ?? (order.kind === "prepare" ? null : unapproved(order.kind, approval));
    this.#append(asking, { fact: "approval", need: needOf(approval), trouble });
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
    asking.send();
    const second = await this.#take(asking, commitOf(api, inputs, slot, approved));
    if (exists(asking.replica)) return null;
    const whole = second === null ? approval : merged(approval, second);
    if (!isNotYet(apiCodeOf(asking.replica.trouble) ?? "")) return whole;
    const trouble = unapproved("create", whole);
    this.#append(asking, { fact: "approval", need: needOf(whole), trouble });
    return { ...whole, isAllowed: false };
  }

  async #told(asking: Asking, order: Order, vm: Vm): Promise<void> {
    // A commit's token makes one replica, so no try before it has made another.
    if (order.kind === "create") this.#settleDoubt(asking, order, vm);
    await this.#made(asking, vm, order.kind);
    if (order.kind !== "prepare") return;
    this.#append(asking, {
      fact: "failed",
      during: "making",
      trouble: { kind: "made-by-prepare" },
    });
  }

  #settleDoubt(asking: Asking, { name }: Order, vm: Vm): void {
    if (name !== null && sameName(vm.name, name)) asking.forgetDoubt();
    else asking.leaveDoubt();
  }

  async #made(asking: Asking, vm: Vm, via: Order["kind"]): Promise<void> {
    const { slot, sentAt } = asking;
    this.#append(asking, { fact: "created", ident: identOfVm(vm), vm });
    if (slot.name !== undefined) this.#search.sawName(vm.name, slot.name);
    this.#lifetimes.plan(asking.key);
    asking.save("made");
    this.#ended(asking, MADE);
    this.#onMade();
    const { nodeId, nodeName } = slot;
    const tookMs = this.#context.edges.clock.now() - sentAt;
    const who = whoIs(asking.replica);
    const place = { nodeId, name: nodeName };
    note(this.#context, { note: "created", replica: who, place, tookMs });
    if (vm.name !== null && slot.name !== undefined && !sameName(vm.name, slot.name)) {
      note(this.#context, { note: "named-otherwise", replica: who, asked: slot.name });
    }
    if (uuidOf(asking.replica) !== null) return;
    await this.#locate(asking, vm.name ?? "", via);
    asking.save("made");
    this.#onMade();
  }

  /** The create answer named no UUID, which is legal: the app's list knows it. */
  async #locate(asking: Asking, name: string, via: Order["kind"]): Promise<void> {
    const { edges } = this.#context;
    if (this.#search.possible && !edges.cancel.aborted) {
      const found = await this.#search.for(asking, name);
      if (found.kind === "adopted") {
        const { cvm } = found;
        this.#append(asking, { fact: "located", ident: identOf(cvm), cvm });
      }
    }
    // That a prepare made one says more.
    if (via !== "prepare" && uuidOf(asking.replica) === null && !edges.cancel.aborted) {
      const trouble = { kind: "unseen", rerun: this.#rerun } as const;
      this.#append(asking, { fact: "failed", during: "making", trouble });
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
