import type { Approval } from "../phala/approval.ts";
import type { CreateAnswer } from "../phala/client.ts";
import type { Attempt } from "../phala/fault.ts";
import { type Persisted, persist } from "../phala/persist.ts";
import { CREATE_BUDGET, judgeCreate, judgePrepare } from "../phala/retry.ts";
import {
  ambiguousFailure,
  approvalFailure,
  candidateList,
  requestFailure,
} from "../report/failure.ts";
import { adopted, answerLost, created, creating, waitingToRetry } from "../report/lines.ts";
import { appUrl } from "../report/links.ts";
import { duration } from "../report/time.ts";
import { type AttemptRecord, saveAttempt } from "../state.ts";
import type { Context } from "./context.ts";
import { withGrace } from "./grace.ts";
import { createdNotBefore, SETTLE_WINDOW_MS, type Wanted } from "./newcomers.ts";
import { nameOf, newReplica, type Replica, type Slot, uuidOf } from "./record.ts";
import { type Settlement, settle } from "./settle.ts";
import { baselineOf, type Survey } from "./survey.ts";

/** How long an answer that is under way is waited for after the step was cancelled, in ms. */
const CANCEL_GRACE_MS = 1_200;

/** How one create-like request is sent; a commit is another. */
export type Send = (slot: Slot, signal: AbortSignal) => Promise<CreateAnswer>;

/** The create requests of one run, one after another: the API now and then rejects concurrent ones. */
export class Creation {
  readonly #context: Context;
  readonly #survey: Survey;
  readonly #send: Send;
  readonly #baseline: ReadonlySet<string> | null;
  readonly #replicas: Replica[] = [];
  #keyRejected = false;

  constructor(context: Context, survey: Survey, send: Send) {
    this.#context = context;
    this.#survey = survey;
    this.#send = send;
    const baseline = baselineOf(survey);
    this.#baseline = baseline === null ? null : new Set(baseline);
  }

  /** A 401 was met: every further request of the run would meet it too. */
  get keyRejected(): boolean {
    return this.#keyRejected;
  }

  /**
   * Sends one slot's request and finds out what came of it: a replica, an approval to wait for, or a
   * failure. Retries only what certainly did nothing. Nothing is thrown for what a server may do.
   */
  async createOne(replica: Replica, slot: Slot, total: number): Promise<Approval | null> {
    const { edges, inputs } = this.#context;
    this.#replicas.push(replica);
    const what = inputs.prepareOnly ? "prepare a replica" : creating(slot, total);
    const sentAt = edges.clock.now();
    replica.times.sent = sentAt;
    const save = (stage: AttemptRecord["stage"]) =>
      saveAttempt(edges.runner, {
        index: slot.index,
        stage,
        nodeId: slot.nodeId,
        composeHash: slot.expectedHash,
        sentAt,
        vmUuid: uuidOf(replica),
        name: replica.cvm?.name ?? replica.vm?.name ?? null,
      });
    save("open");
    const result = await this.#persistently(slot, what);
    if (result.ok && result.value.kind === "approval") {
      save("none");
      const { approval } = result.value;
      if (!inputs.prepareOnly) replica.failure = approvalFailure(approval);
      return approval;
    }
    if (result.ok && result.value.kind === "created") {
      replica.origin = "created";
      replica.vm = result.value.vm;
      replica.times.made = edges.clock.now();
      save("made");
      edges.runner.info(
        created(nameOf(replica), uuidOf(replica), slot, edges.clock.now() - sentAt),
      );
      if (uuidOf(replica) === null) {
        await this.#locate(replica, slot, sentAt);
        save("made");
      }
      return null;
    }
    if (!result.ok) await this.#afterFailure(replica, slot, what, result, sentAt, save);
    return null;
  }

  #persistently(slot: Slot, what: string): Promise<Persisted<CreateAnswer>> {
    const { edges, inputs } = this.#context;
    const judge = inputs.prepareOnly ? judgePrepare : judgeCreate;
    return withGrace(edges.clock, edges.cancel, CANCEL_GRACE_MS, (signal) =>
      persist(
        edges,
        {
          budget: CREATE_BUDGET,
          judge,
          signal: edges.cancel,
          onWait: (fault, waitMs, next) =>
            edges.runner.info(waitingToRetry(what, fault, waitMs, next)),
        },
        async (): Promise<Attempt<CreateAnswer>> => {
          const answer = await this.#send(slot, signal);
          return answer.kind === "failed"
            ? { ok: false, fault: answer.fault }
            : { ok: true, value: answer };
        },
      ),
    );
  }

  async #afterFailure(
    replica: Replica,
    slot: Slot,
    what: string,
    { fault, gaveUp }: Persisted<never> & { ok: false },
    sentAt: number,
    save: (stage: AttemptRecord["stage"]) => void,
  ): Promise<void> {
    const { edges } = this.#context;
    this.#keyRejected ||= fault.kind === "answer" && fault.status === 401;
    if (judgeCreate(fault) !== "uncertain") {
      save("none");
      replica.failure = requestFailure(what, fault, gaveUp);
      return;
    }
    if (this.#baseline === null) {
      save("unknown");
      replica.failure = ambiguousFailure(
        what,
        fault,
        `The app's CVMs could not be listed before, so a new one can't be told from the old. ${this.#howToLook()}`,
      );
      return;
    }
    // A cancelled run leaves the search to post: the attempt stays open in the state.
    if (edges.cancel.aborted) return;
    edges.runner.info(answerLost(what, fault));
    const settlement = await this.#search(replica, slot, sentAt, null);
    if (settlement.kind === "cancelled") return;
    if (settlement.kind === "adopted") {
      replica.origin = "adopted";
      replica.cvm = settlement.cvm;
      replica.times.made = settlement.cvm.createdAt ?? edges.clock.now();
      save("made");
      edges.runner.info(adopted(nameOf(replica), uuidOf(replica)));
      return;
    }
    save("unknown");
    replica.failure = ambiguousFailure(what, fault, this.#sequel(settlement));
  }

  /** The create answer named no UUID, which is legal: the app's list knows it. */
  async #locate(replica: Replica, slot: Slot, sentAt: number): Promise<void> {
    const { edges } = this.#context;
    const name = replica.vm?.name ?? null;
    if (this.#baseline !== null && !edges.cancel.aborted) {
      const found = await this.#search(replica, slot, sentAt, name);
      if (found.kind === "adopted") replica.cvm = found.cvm;
    }
    if (uuidOf(replica) === null && !edges.cancel.aborted) {
      replica.failure = {
        code: "AMBIGUOUS",
        text: `${nameOf(replica)} was created and is billed, but the API told no UUID, so this step can't follow it. ${this.#howToLook()}`,
      };
    }
  }

  #search(replica: Replica, slot: Slot, sentAt: number, name: string | null): Promise<Settlement> {
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

  #sequel(settlement: Exclude<Settlement, { kind: "adopted" | "cancelled" }>): string {
    const { appId } = this.#context.inputs;
    const slug = this.#survey.workspaceSlug;
    if (settlement.kind === "several") {
      return `${settlement.cvms.length} new CVMs fit, so none was adopted and none is touched: ${candidateList(settlement.cvms, slug, appId)}. Delete what is not wanted.`;
    }
    if (settlement.kind === "blind") {
      return `The app's CVMs could not be listed since. ${this.#howToLook()}`;
    }
    if (settlement.lastSeen !== null) {
      return `One new CVM was seen, but only once: ${candidateList([settlement.lastSeen], slug, appId)}. ${this.#howToLook()}`;
    }
    return `Nothing new was seen in the app for ${duration(SETTLE_WINDOW_MS)}. ${this.#howToLook()}`;
  }

  #howToLook(): string {
    const { appId } = this.#context.inputs;
    return `Look at ${appUrl(this.#survey.workspaceSlug, appId)} before you run it again; a re-run with the input instances is safe, because it counts what is there.`;
  }
}

/** A replica that was not asked for any more, because the step was cancelled or the key is bad. */
export function notSent(slot: Slot, why: string): Replica {
  return { ...newReplica(slot), failure: { code: "", text: why } };
}
