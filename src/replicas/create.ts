import type { Approval } from "../phala/approval.ts";
import type { CreateAnswer } from "../phala/client.ts";
import type { Attempt, Fault } from "../phala/fault.ts";
import { type Persisted, persist } from "../phala/persist.ts";
import type { Vm } from "../phala/vm.ts";
import {
  ambiguousFailure,
  approvalFailure,
  notRegisteredFailure,
  requestFailure,
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
import { createdNotBefore, type Wanted } from "./newcomers.ts";
import { commitOrder, committable, type Order } from "./orders.ts";
import { nameOf, type Replica, type Slot, uuidOf } from "./record.ts";
import { type Settlement, settle } from "./settle.ts";
import { baselineOf, type Survey } from "./survey.ts";
import { setTtl } from "./ttl.ts";

/** How long an answer that is under way is waited for after the step was cancelled, in ms. */
const CANCEL_GRACE_MS = 1_200;
/** The commit token is used, expired or superseded (API facts, "Commit replica"). */
const TOKEN_REFUSED = 466;
/** The registration's transaction is not found (yet). */
const TRANSACTION_UNKNOWN = 467;

/**
 * The create requests of one run, one after another: the API now and then rejects concurrent ones. Finds
 * out what came of each, and never sends one again that may have made a replica.
 */
export class Creation {
  readonly #context: Context;
  readonly #survey: Survey;
  readonly #baseline: ReadonlySet<string> | null;
  readonly #replicas: Replica[] = [];
  #keyRejected = false;

  constructor(context: Context, survey: Survey) {
    this.#context = context;
    this.#survey = survey;
    const baseline = baselineOf(survey);
    this.#baseline = baseline === null ? null : new Set(baseline);
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
    this.#replicas.push(replica);
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
    else replica.failure = failure;
  }

  async #take(
    asking: Asking,
    order: Order,
    result: Persisted<CreateAnswer>,
  ): Promise<Approval | null> {
    if (!result.ok) await this.#afterFailure(asking, order, result);
    else if (result.value.kind === "created") await this.#made(asking, result.value.vm);
    else if (result.value.kind === "approval") {
      return this.#approve(asking, order, result.value.approval);
    }
    return null;
  }

  async #approve(asking: Asking, order: Order, approval: Approval): Promise<Approval | null> {
    const { api, edges, inputs } = this.#context;
    if (approval.commitToken !== null) edges.runner.neverPrint(approval.commitToken);
    const approved = order.kind === "create" ? committable(approval) : null;
    // A commit pays; after the cancel nothing is begun that does.
    if (approved !== null && !edges.cancel.aborted) {
      edges.runner.info(committingAtOnce());
      const commit = commitOrder(api, inputs.vmUuid, approved);
      return this.#take(asking, commit, await this.#persistently(asking, commit));
    }
    asking.save("none");
    if (order.kind === "commit") asking.replica.failure = notRegisteredFailure(approval);
    if (order.kind === "create") asking.replica.failure = approvalFailure(approval);
    return approval;
  }

  async #made(asking: Asking, vm: Vm): Promise<void> {
    const { edges } = this.#context;
    const { replica, slot, sentAt } = asking;
    replica.origin = "created";
    replica.vm = vm;
    replica.times.made = edges.clock.now();
    asking.save("made");
    const tookMs = replica.times.made - sentAt;
    edges.runner.info(created(nameOf(replica), uuidOf(replica), slot, tookMs));
    if (uuidOf(replica) !== null) return;
    await this.#locate(asking, vm.name ?? "");
    asking.save("made");
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
          return answer.kind === "failed"
            ? { ok: false, fault: answer.fault }
            : { ok: true, value: answer };
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
      asking.replica.failure = requestFailure(order.what, fault, gaveUp);
    } else if (this.#baseline === null) {
      asking.save("unknown");
      const sequel = `The app's CVMs could not be listed before, so a new one can't be told from the old. ${this.#howToLook()}`;
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
    const settlement = await this.#search(asking, null);
    if (settlement.kind === "cancelled") return;
    // A prepare makes nothing: what came meanwhile is somebody's, or a sign that it was no prepare.
    const adoptable = order.kind !== "prepare";
    if (settlement.kind === "adopted" && adoptable) {
      asking.replica.origin = "adopted";
      asking.replica.cvm = settlement.cvm;
      asking.replica.times.made = edges.clock.now();
      asking.save("made");
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
    if (this.#baseline !== null && !edges.cancel.aborted) {
      const found = await this.#search(asking, name);
      if (found.kind === "adopted") asking.replica.cvm = found.cvm;
    }
    if (uuidOf(asking.replica) === null && !edges.cancel.aborted) {
      asking.replica.failure = {
        code: "AMBIGUOUS",
        text: `${nameOf(asking.replica)} was created and is billed, but the API told no UUID, so this step can't follow it. ${this.#howToLook()}`,
      };
    }
  }

  #search({ replica, slot, sentAt }: Asking, name: string | null): Promise<Settlement> {
    const { api, edges, inputs } = this.#context;
    const wanted = (): Wanted => ({
      baseline: this.#baseline ?? new Set(),
      claimed: this.#claimed(replica),
      nodeId: slot.nodeId,
      composeHash: slot.expectedHash,
      name,
      notBefore: createdNotBefore(sentAt, this.#survey.clockOffsetMs),
    });
    return settle(api, edges.clock, inputs.appId, wanted, edges.cancel);
  }

  #claimed(except: Replica): ReadonlySet<string> {
    const others = this.#replicas.filter((replica) => replica !== except);
    return new Set(others.map(uuidOf).filter((uuid) => uuid !== null));
  }

  #howToLook(): string {
    return howToLook(this.#survey.workspaceSlug, this.#context.inputs.appId);
  }
}

/** An own try whose answer said to come again may have worked all the same; one without its transaction not. */
function mayHaveCommitted(fault: Fault): boolean {
  return !(fault.kind === "answer" && fault.status === TRANSACTION_UNKNOWN);
}

function tokenRefused(fault: Fault): boolean {
  return fault.kind === "answer" && fault.status === TOKEN_REFUSED;
}
