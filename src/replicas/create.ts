import type { Approval } from "../phala/approval.ts";
import type { CreateAnswer } from "../phala/client.ts";
import { APPROVAL_CODE, NOT_ALLOWED, NOT_ALLOWED_CODE } from "../phala/codes.ts";
import type { Attempt, Fault } from "../phala/fault.ts";
import { type Persisted, persist } from "../phala/persist.ts";
import { mayHaveCommitted, tokenRefused } from "../phala/retry.ts";
import type { Vm } from "../phala/vm.ts";
import { approvalFailure, notRegisteredFailure } from "../report/approval.ts";
import {
  ambiguousFailure,
  createdAtPrepare,
  createdUnseen,
  listUnknown,
  refusedFailure,
} from "../report/failure.ts";
import {
  adopted,
  answerLost,
  committingAtOnce,
  created,
  howToLook,
  sendingAgain,
  sequelOf,
  waitingToRetry,
} from "../report/lines.ts";
import { Asking } from "./asking.ts";
import type { Context } from "./context.ts";
import { withGrace } from "./grace.ts";
import { commitOrder, committable, type Order } from "./orders.ts";
import { exists, nameOf, type Replica, type Slot, uuidOf } from "./record.ts";
import { NAMES_ANOTHER, Search } from "./search.ts";
import type { Survey } from "./survey.ts";
import { setTtl } from "./ttl.ts";

/** How long an answer that is under way is waited for after the step was cancelled, in ms. */
const CANCEL_GRACE_MS = 1_200;

/**
 * The create requests of one run, one after another: the API now and then rejects concurrent ones. Finds
 * out what came of each, and never sends one again that may have made a replica.
 */
export class Creation {
  readonly #context: Context;
  readonly #survey: Survey;
  readonly #search: Search;
  readonly #onMade: () => void;
  #keyRejected = false;

  /** @param onMade told as soon as a replica is known to be there, and when more is known of it */
  constructor(context: Context, survey: Survey, onMade: () => void) {
    this.#context = context;
    this.#survey = survey;
    this.#onMade = onMade;
    this.#search = new Search(context, survey);
  }

  /** A 401 was met: every further request of the run would meet it too. */
  get keyRejected(): boolean {
    return this.#keyRejected;
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
    const approval = await this.#take(asking, order, await this.#persistently(asking, order));
    await this.#limitLife(asking);
    return approval;
  }

  /** Sets the `ttl` at once, so that a replica dies in time even if every runner does. */
  async #limitLife(asking: Asking): Promise<void> {
    const { api, edges, inputs } = this.#context;
    const { replica } = asking;
    const vmUuid = uuidOf(replica);
    if (inputs.ttlMs === null || vmUuid === null) return;
    const life = { ttlMs: inputs.ttlMs, clockOffsetMs: this.#survey.clockOffsetMs };
    const failure = await setTtl(edges, api, { vmUuid, name: nameOf(replica) }, life);
    if (failure === null) asking.save("made", true);
    else replica.failure ??= failure;
  }

  async #take(
    asking: Asking,
    order: Order,
    result: Persisted<CreateAnswer>,
  ): Promise<Approval | null> {
    if (!result.ok) await this.#afterFailure(asking, order, result);
    else if (result.value.kind === "created") await this.#told(asking, order, result.value.vm);
    else if (result.value.kind === "approval") {
      return this.#approve(asking, order, result.value.approval);
    }
    return null;
  }

  async #approve(asking: Asking, order: Order, approval: Approval): Promise<Approval | null> {
    const { edges } = this.#context;
    if (approval.commitToken !== null) edges.runner.neverPrint(approval.commitToken);
    // A commit pays; after the cancel nothing is begun that does.
    if (order.kind === "create" && committable(approval) !== null && !edges.cancel.aborted) {
      return this.#commitAtOnce(asking, approval);
    }
    asking.save("none");
    if (order.kind === "commit") asking.replica.failure = notRegisteredFailure(approval);
    if (order.kind === "create") asking.replica.failure = approvalFailure(approval);
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
    asking.sentAt = edges.clock.now();
    const commit = commitOrder(api, inputs.vmUuid, approved);
    const second = await this.#take(asking, commit, await this.#persistently(asking, commit));
    if (exists(replica)) return null;
    const known = Object.entries(second ?? {}).filter(([, value]) => value !== null);
    const whole: Approval = { ...approval, ...Object.fromEntries(known) };
    const notAllowed = [APPROVAL_CODE, NOT_ALLOWED_CODE, `HTTP-${NOT_ALLOWED}`];
    if (notAllowed.includes(replica.failure?.code ?? "")) {
      replica.failure = approvalFailure(whole);
    }
    return whole;
  }

  async #told(asking: Asking, order: Order, vm: Vm): Promise<void> {
    await this.#made(asking, vm);
    if (order.kind === "prepare") asking.replica.failure = createdAtPrepare(asking.replica);
  }

  async #made(asking: Asking, vm: Vm): Promise<void> {
    const { edges } = this.#context;
    const { replica, slot, sentAt } = asking;
    replica.origin = "created";
    replica.vm = vm;
    replica.times.made = edges.clock.now();
    asking.save("made");
    this.#onMade();
    edges.runner.info(created(replica, slot, replica.times.made - sentAt));
    if (uuidOf(replica) !== null) return;
    await this.#locate(asking, vm.name ?? "");
    asking.save("made");
    this.#onMade();
  }

  #persistently(asking: Asking, order: Order): Promise<Persisted<CreateAnswer>> {
    const { edges } = this.#context;
    const { budget, judge, what } = order;
    return withGrace(edges.clock, edges.cancel, CANCEL_GRACE_MS, (signal) =>
      persist(
        edges,
        {
          budget,
          judge,
          signal: edges.cancel,
          onWait: (fault, waitMs, next) => {
            // Should the run end in this pause, there is nothing to look for; a commit may be different.
            if (order.kind !== "commit") asking.save("none");
            edges.runner.info(waitingToRetry(what, fault, waitMs, next));
          },
        },
        async (): Promise<Attempt<CreateAnswer>> => {
          this.#aboutToSend(asking, order);
          const answer = await order.send(signal);
          if (answer.kind === "failed") return { ok: false, fault: answer.fault };
          const misnamed =
            answer.kind === "created" && this.#search.isAnother(answer.vm, asking.replica);
          return misnamed ? { ok: false, fault: NAMES_ANOTHER } : { ok: true, value: answer };
        },
      ),
    );
  }

  /**
   * Saves the intent. A create that is sent again was refused for certain, so only what came after this try
   * can be its replica; a commit may have worked at any of its tries.
   */
  #aboutToSend(asking: Asking, order: Order): void {
    if (order.kind !== "commit") asking.sentAt = this.#context.edges.clock.now();
    // A prepare makes nothing (the app is known to be on-chain), so post has nothing to look for.
    asking.save(order.kind === "prepare" ? "none" : "open");
  }

  async #afterFailure(
    asking: Asking,
    order: Order,
    { fault, gaveUp, earlier }: Persisted<never> & { ok: false },
  ): Promise<void> {
    const { edges } = this.#context;
    this.#keyRejected ||= fault.kind === "answer" && fault.status === 401;
    const usedByUs =
      order.kind === "commit" && tokenRefused(fault) && earlier.some(mayHaveCommitted);
    if (order.judge(fault) !== "uncertain" && !usedByUs) {
      asking.save("none");
      asking.replica.failure = refusedFailure(order.what, fault, gaveUp);
    } else if (!this.#search.possible) {
      asking.save("unknown");
      const sequel = listUnknown(this.#howToLook());
      asking.replica.failure = ambiguousFailure(order.what, fault, sequel);
    } else if (!edges.cancel.aborted) {
      // A cancelled run leaves the search to post: the attempt stays open in the state.
      edges.runner.info(answerLost(order.what, fault));
      await this.#reconcile(asking, order, fault, order.kind === "commit" && !usedByUs);
    }
  }

  /**
   * Looks for the replica of a lost answer.
   *
   * @param mayResend nothing was sent again yet, and may be: a commit, whose token makes one replica at most
   */
  async #reconcile(asking: Asking, order: Order, fault: Fault, mayResend: boolean): Promise<void> {
    const { edges } = this.#context;
    const settlement = await this.#search.for(asking, null);
    if (settlement.kind === "cancelled") return;
    // A prepare makes nothing: what came meanwhile is somebody's, or a sign that it was no prepare.
    const adoptable = order.kind !== "prepare";
    if (settlement.kind === "adopted" && adoptable) {
      asking.replica.origin = "adopted";
      asking.replica.cvm = settlement.cvm;
      asking.replica.times.made = edges.clock.now();
      asking.save("made");
      this.#onMade();
      edges.runner.info(adopted(nameOf(asking.replica), uuidOf(asking.replica)));
      return;
    }
    if (mayResend && settlement.kind === "none" && settlement.lastSeen === null) {
      edges.runner.info(sendingAgain());
      const result = await this.#persistently(asking, order);
      const lostAgain =
        !result.ok && (order.judge(result.fault) === "uncertain" || tokenRefused(result.fault));
      if (!lostAgain) await this.#take(asking, order, result);
      else if (!edges.cancel.aborted) await this.#reconcile(asking, order, fault, false);
      return;
    }
    asking.save(adoptable ? "unknown" : "none");
    const { workspaceSlug } = this.#survey;
    const sequel = sequelOf(settlement, workspaceSlug, this.#context.inputs.appId);
    asking.replica.failure = ambiguousFailure(order.what, fault, sequel);
  }

  /** The create answer named no UUID, which is legal: the app's list knows it. */
  async #locate(asking: Asking, name: string): Promise<void> {
    const { edges } = this.#context;
    if (this.#search.possible && !edges.cancel.aborted) {
      const found = await this.#search.for(asking, name);
      if (found.kind === "adopted") asking.replica.cvm = found.cvm;
    }
    if (uuidOf(asking.replica) === null && !edges.cancel.aborted) {
      asking.replica.failure = createdUnseen(asking.replica, this.#howToLook());
    }
  }

  #howToLook(): string {
    return howToLook(this.#survey.workspaceSlug, this.#context.inputs.appId);
  }
}
