import { codeOfFault } from "../ledger/code.ts";
import { exists, type Replica } from "../ledger/replica.ts";
import type { Slot } from "../ledger/terms.ts";
import type { Fault } from "../net/fault.ts";
import type { Approval } from "../phala/approval.ts";
import { isAboutRoom, scopeOf } from "../phala/verdict.ts";
import type { Approving } from "./approving.ts";
import {
  calledIn,
  isAlone,
  isUnsureOf,
  type Job,
  jobOf,
  nextPlaceOf,
  notAsked,
  orderFor,
  slotAt,
  wantsHash,
  wishesOf,
} from "./jobs.ts";
import type { Lifetimes } from "./lifetimes.ts";
import type { Survey } from "./look.ts";
import { type Carried, Creation } from "./make.ts";
import type { Order } from "./orders.ts";
import type { RunPlan } from "./plan/create.ts";
import { misfitOf } from "./plan/mismatch.ts";
import { type NextAsk, nextAsk } from "./plan/next-ask.ts";
import { rerunWith } from "./plan/rerun.ts";
import { type Refusal, take, type Wish, type WishEvent, type Wishes } from "./plan/wishes.ts";
import { type Context, note } from "./run.ts";
import { UnderWay } from "./under-way.ts";

/** How many named ones are under way at a time; what has no name goes out one after another. */
const MOST_AT_ONCE = 4;

/** What goes on beside the making, or is written as it goes. */
export interface MakingHooks {
  readonly approving: () => Promise<Approving>;
  readonly lifetimes: Lifetimes;
  readonly onApproval: (approval: Approval) => void;
}

/**
 * Makes what is planned: carries out what the planner (`plan/next-ask.ts`) says, which decides who is asked for
 * next, where else, and when no more. What becomes of a single request is `Creation`'s.
 *
 * @throws what a request throws (the state can't be written), once all others that are under way have ended
 */
export class MakeAll {
  readonly #context: Context;
  readonly #hooks: MakingHooks;
  readonly #going: ReadonlySet<number>;
  readonly #creation: Creation;
  readonly #jobs: ReadonlyMap<Wish["key"], Job>;
  readonly #underWay = new UnderWay();
  readonly #roomUntil: number;
  #all: Wishes;
  /** How many at most, once names are seen to hold. */
  #widest: number;
  #made = false;

  constructor(context: Context, survey: Survey, plan: RunPlan & { ok: true }, hooks: MakingHooks) {
    const { inputs, edges } = context;
    this.#context = context;
    this.#hooks = hooks;
    this.#going = plan.going;
    const rerun = rerunWith(inputs, survey, plan.counted);
    const { lifetimes, approving } = hooks;
    this.#creation = new Creation(context, survey, { rerun, lifetimes, approving });
    const jobs = plan.slots.map(jobOf);
    this.#jobs = new Map(jobs.map((job) => [job.key, job]));
    this.#roomUntil = edges.clock.now() + inputs.capacityWaitMs;
    this.#widest = isAlone(inputs, survey) ? 1 : MOST_AT_ONCE;
    this.#all = wishesOf(jobs);
  }

  async run(): Promise<void> {
    const { clock, cancel } = this.#context.edges;
    while (!this.#underWay.broken) {
      const next = nextAsk(this.#all, {
        now: clock.now(),
        cancelled: cancel.aborted,
        roomUntil: this.#context.inputs.capacityWaitMs > 0 ? this.#roomUntil : null,
      });
      if (next.do === "done") break;
      if (next.do === "wait") await this.#underWay.change(clock, next.until, cancel);
      else this.#carryOut(next);
    }
    await this.#underWay.end();
  }

  #carryOut(next: Exclude<NextAsk, { do: "wait" | "done" }>): void {
    const job = this.#jobs.get(next.key);
    if (job === undefined) return;
    const { key } = job;
    switch (next.do) {
      case "ask":
        this.#happened({ key, is: "asked" });
        this.#underWay.begin(this.#ask(job));
        break;
      case "again":
        this.#happened({ key, is: "again", notBefore: next.notBefore });
        break;
      case "elsewhere":
        this.#tellElsewhere(job);
        this.#happened({ key, is: "elsewhere" });
        break;
      case "full":
        this.#tellFull(job, next.notBefore);
        this.#happened({ key, is: "full", notBefore: next.notBefore });
        break;
      case "give-up":
        this.#happened({ key, is: "settled", as: "refused" });
        break;
      case "skip": {
        const trouble = notAsked(next.why === "cancelled" ? null : this.#creation.stop);
        if (this.#replica(job).slot === null) this.#plan(job, job.slot);
        this.#context.ledger.append({ replica: key, fact: "skipped", trouble });
        this.#happened({ key, is: "settled", as: "skipped" });
        break;
      }
    }
  }

  #happened(event: WishEvent): void {
    this.#all = take(this.#all, event);
  }

  async #ask(job: Job): Promise<void> {
    const { key } = job;
    const slot = this.#slotNow(job);
    const outwait = this.#going.has(slot.index) && this.#replica(job).times.sent === undefined;
    this.#plan(job, slot);
    const told = { lost: () => this.#doubt(key), busy: () => this.#narrow() };
    const carried = await this.#creation.carryOut(key, slot, this.#orderFor(slot), {
      told,
      outwait,
    });
    if (carried.approval !== null) this.#hooks.onApproval(carried.approval);
    if (exists(this.#replica(job))) this.#take(job);
    else this.#refused(job, carried);
  }

  #replica({ key }: Job): Replica {
    return this.#context.ledger.replica(key);
  }

  #plan({ key }: Job, slot: Slot): void {
    this.#context.ledger.append({ replica: key, fact: "planned", slot });
  }

  #take(job: Job): void {
    const { key } = job;
    const replica = this.#replica(job);
    this.#made ||= replica.origin !== "existing";
    if (replica.origin !== "existing") {
      const trouble = misfitOf(replica);
      if (trouble !== null) {
        this.#context.ledger.append({ replica: key, fact: "failed", during: "making", trouble });
      }
    }
    this.#happened({ key, is: "made" });
    if (this.#creation.namesHold) this.#all = { ...this.#all, width: this.#widest };
  }

  #refused(job: Job, { end }: Carried): void {
    const { key } = job;
    if (end === null) this.#happened({ key, is: "settled", as: "left" });
    else if (end.unknown) {
      const ofRun = end.refusal !== null && scopeOf(end.refusal) === "run";
      this.#happened({ key, is: "settled", as: "unknown", ofRun });
    } else if (end.refusal === null) this.#happened({ key, is: "settled", as: "refused" });
    else this.#happened({ key, is: "refused", refusal: this.#refusalOf(job, end.refusal) });
  }

  /** Only an answer that proves that nothing was made, and that the node was the reason, leads to another. */
  #refusalOf(job: Job, fault: Fault): Refusal {
    const { places } = job;
    const replica = this.#replica(job);
    const scope = scopeOf(fault);
    const sure = replica.fate === "nothing" && !isUnsureOf(replica);
    if (sure && wantsHash(fault, replica.slot)) {
      job.wantsHash = true;
      return { of: "request", againMs: 0 };
    }
    if (scope !== "node" || !sure) {
      return { of: scope === "node" ? "request" : scope, againMs: null };
    }
    const { nodeId, nodeName } = replica.slot ?? job.slot;
    job.tried.push({ place: { nodeId, name: nodeName }, code: codeOfFault(fault) });
    job.lacksRoom ||= isAboutRoom(fault);
    const last = job.tried.length >= places.length;
    // No pause makes room on a node that is unfit for another reason.
    return { of: last && !job.lacksRoom ? "request" : "node", againMs: null };
  }

  #tellElsewhere(job: Job): void {
    const elsewhere = nextPlaceOf(job);
    if (elsewhere === null) return;
    note(this.#context, { note: "going-elsewhere", name: calledIn(job), ...elsewhere });
  }

  #tellFull(job: Job, notBefore: number): void {
    const { tried } = job;
    const waitMs = notBefore - this.#context.edges.clock.now();
    const until = this.#roomUntil;
    note(this.#context, { note: "no-room", name: calledIn(job), tried, waitMs, until });
    job.tried = [];
    job.lacksRoom = false;
  }

  /** A replica may be there of which nobody knows; the brake counts it already. */
  #doubt(key: Wish["key"]): void {
    this.#happened({ key, is: "doubted" });
  }

  #narrow(): void {
    this.#widest = Math.max(1, Math.floor(this.#widest / 2));
    this.#all = { ...this.#all, width: Math.min(this.#all.width, this.#widest) };
  }

  /** For the alternative that is due; from the second instance on the API wants to be told the revision. */
  #slotNow(job: Job): Slot {
    const wish = this.#all.wishes.find(({ key }) => key === job.key);
    return slotAt(job, wish?.place ?? 0, this.#made || job.wantsHash);
  }

  #orderFor(slot: Slot): Order {
    const { api, inputs } = this.#context;
    return orderFor(api, inputs, slot, this.#jobs.size);
  }
}
