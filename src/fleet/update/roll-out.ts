/** The loop of a rollout: look, ask the planner, carry out, wait. It decides nothing itself. */
import { identOf } from "../../ledger/replica.ts";
import type { Fault } from "../../net/fault.ts";
import { inParallel } from "../../net/parallel.ts";
import type { Approval } from "../../phala/approval.ts";
import { type Cvm, runs } from "../../phala/cvm.ts";
import type { Bench } from "../bench.ts";
import { LOOK_TIMEOUT_MS } from "../plan/newcomers.ts";
import { type End, maySend, nextStep, type Step } from "../plan/next-step.ts";
import type { RolloutWorld } from "../plan/rollout-world.ts";
import { QUEUE_MS } from "../plan/update-course.ts";
import { addressOf, askOnce, checkUp } from "./check-up.ts";
import { fail, finish, withdraw } from "./ends.ts";
import type { Instance } from "./instance.ts";
import type { Proving } from "./prove.ts";
import type { UpdateRules } from "./rules.ts";
import { begin, send } from "./send.ts";
import { lateEnd, observe } from "./watch.ts";

/** How it ended. */
export interface Rolled {
  readonly end: End;
  /** What has to be registered on chain; its token is for the outputs alone. */
  readonly approval: Approval | null;
}

/** Requests at once to the instances themselves. */
const AT_ONCE = 8;
const HEARTBEAT_MS = 60_000;
/** A source that serves shows it in two looks; at the next one, whoever reads the log asks what goes on. */
const LOOKS_UNTOLD = 3;

export class RollOut {
  readonly #bench: Bench;
  readonly #instances: readonly Instance[];
  readonly #rules: UpdateRules;
  /** Null: nothing is to be proven. */
  readonly #proving: Proving | null;
  #begun: number;
  #approval: Approval | null = null;
  /** The transaction that registered the revision in this run, or the word for somebody else's. */
  #registration: string | null = null;
  #blind: Fault["kind"] | null = null;
  #toldAt: number;
  #askedAt = Number.NEGATIVE_INFINITY;
  #wentBack = false;

  constructor(
    bench: Bench,
    instances: readonly Instance[],
    rules: UpdateRules,
    proving: Proving | null,
  ) {
    this.#bench = bench;
    this.#proving = proving;
    this.#instances = instances;
    this.#rules = rules;
    this.#begun = bench.edges.clock.now();
    this.#toldAt = this.#begun;
  }

  /** Waits until the source serves, for as long as one instance may take. @returns whether it does */
  async sourceServes(source: Instance): Promise<boolean> {
    for (let looks = 1; ; looks++) {
      await this.#look([source]);
      if (source.end === null && !source.fit) this.#expire([source], true);
      if (source.end !== null || source.fit || this.#cancelled) return source.fit;
      if (looks === LOOKS_UNTOLD) {
        const note = { note: "source-awaited", ident: identOf(source.row) } as const;
        const limitMs = this.#rules.instanceTimeoutMs;
        this.#bench.ledger.append({ fact: "noted", note: { ...note, limitMs } });
      }
      await this.#pause();
    }
  }

  /** Carries the rollout out, to its end. */
  async run(): Promise<Rolled> {
    for (let round = 0; ; round++) {
      await this.#look(this.#instances);
      if (round === 0) await this.#askOldOnes();
      this.#expire(this.#instances, false);
      const step = this.#plan();
      if (step.do === "end") return { end: step.end, approval: this.#approval };
      if (this.#blind === null) await this.#sendDue();
      if (this.#cancelled) continue;
      this.#beat();
      await this.#pause();
    }
  }

  /**
   * The approval that it ended for was given: `run` goes on.
   *
   * @param waitedMs for so long nothing could go on, which is no time of the rollout's own
   */
  approved(transaction: string, waitedMs: number): void {
    this.#approval = null;
    this.#registration = transaction;
    this.#begun += waitedMs;
    this.#toldAt = this.#bench.edges.clock.now();
    for (const one of this.#instances) one.since += waitedMs;
  }

  get #cancelled(): boolean {
    return this.#bench.edges.cancel.aborted;
  }

  #isBad(): boolean {
    return this.#world().members.some(({ ours }) => ours === "failed" || ours === "back-failed");
  }

  #world(): RolloutWorld {
    const { maxUnavailable, onFailure, limitMs, wanted } = this.#rules;
    return {
      members: this.#instances.map((one) => one.member(wanted)),
      maxUnavailable,
      onFailure,
      approval: this.#approval !== null,
      cancelled: this.#cancelled,
      outOfTime: this.#bench.edges.clock.now() - this.#begun >= limitMs,
    };
  }

  /** Begins whatever may begin. @returns the step that remains: to look, or the end */
  #plan(): Step {
    for (;;) {
      const step = nextStep(this.#world());
      if (step.do === "look" || step.do === "end") return step;
      // What was seen before a look that failed may be old: nothing is taken away on the strength of it.
      if (this.#blind !== null) return { do: "look" };
      const one = this.#instances.find(({ key }) => key === step.key);
      if (one === undefined) throw new Error(`no instance ${step.key}`);
      if (step.do === "roll-back") this.#goBack();
      begin(this.#bench, one, this.#rules, step.do === "roll-back");
    }
  }

  #goBack(): void {
    if (this.#wentBack) return;
    this.#wentBack = true;
    const { wanted } = this.#rules;
    const count = this.#instances.filter((one) => one.member(wanted).returns).length;
    this.#bench.ledger.append({ fact: "noted", note: { note: "going-back", count } });
  }

  /** One look at all of them, by one request; then URLs and health of those that run as they should. */
  async #look(instances: readonly Instance[]): Promise<void> {
    const { api, appId, edges, ledger } = this.#bench;
    const list = await api.listCvms(appId, { signal: edges.cancel, timeoutMs: LOOK_TIMEOUT_MS });
    if (this.#cancelled) return;
    if (!list.ok) {
      const { fault } = list;
      if (this.#blind !== fault.kind) {
        ledger.append({ fact: "noted", note: { note: "look-failed", fault } });
      }
      this.#blind = fault.kind;
      return;
    }
    this.#blind = null;
    const rows = new Map<string, Cvm>();
    for (const cvm of list.value.cvms) if (cvm.vmUuid !== null) rows.set(cvm.vmUuid, cvm);
    const there = instances.filter(({ gone }) => !gone);
    await this.#askUptimes(
      there.filter((one) => isDoubtful(one, rows.get(one.uuid), edges.clock.now())),
    );
    const running = there.filter((one) =>
      observe(this.#bench, one, rows.get(one.uuid) ?? null, this.#rules),
    );
    await inParallel(running, AT_ONCE, (one) => checkUp(this.#bench, one, this.#rules));
    const due = running.filter(({ proofSince, end }) => proofSince !== null && end === null);
    if (!this.#cancelled) await this.#proving?.look(due, this.#rules);
  }

  /** Whether the guest came up after its update: what a row says may be of the time before (API facts, 13). */
  async #askUptimes(doubtful: readonly Instance[]): Promise<void> {
    const { api, edges } = this.#bench;
    const now = edges.clock.now();
    if (doubtful.length === 0 || now - this.#askedAt < this.#rules.pollMs * 5) return;
    this.#askedAt = now;
    const uuids = doubtful.map(({ uuid }) => uuid);
    const statuses = await api.bootStatuses(uuids, {
      signal: edges.cancel,
      timeoutMs: LOOK_TIMEOUT_MS,
    });
    if (!statuses.ok) return;
    for (const one of doubtful) {
      const up = statuses.value.get(one.uuid)?.uptimeMs;
      const { acceptedAt } = one.course;
      // Told to the second: a second more may have passed since it came up.
      if (up === undefined || acceptedAt === null || now - up - 1_000 < acceptedAt) continue;
      one.course = { ...one.course, away: true };
    }
  }

  /** Which of those on another revision serve now, for the order. */
  async #askOldOnes(): Promise<void> {
    const { wanted } = this.#rules;
    const old = this.#instances.filter((one) => !one.has(wanted) || one.force);
    await inParallel(old, AT_ONCE, (one) => askOnce(this.#bench, one, this.#rules));
  }

  #expire(instances: readonly Instance[], source: boolean): void {
    const now = this.#bench.edges.clock.now();
    const { instanceTimeoutMs, wanted, verify } = this.#rules;
    for (const one of instances) {
      const { under, ours, gone, fit, parked } = one;
      const found = source || (ours === "untouched" && one.has(wanted) && !one.force);
      const waits = under !== null || (found && !fit && !parked && !gone);
      const deadline = under?.deadline ?? one.since + instanceTimeoutMs;
      if (!waits || now < deadline) continue;
      // It serves, and what is not proven is a warning alone.
      if (one.proofSince !== null && verify === "warn") finish(this.#bench, one);
      else fail(this.#bench, one, lateEnd(one, this.#rules, addressOf(one, this.#rules)));
    }
  }

  /** One request after another; after a failure none that was not sent before. */
  async #sendDue(): Promise<void> {
    const { clock } = this.#bench.edges;
    for (const one of this.#instances) {
      const { under } = one;
      if (this.#cancelled) return;
      if (under?.phase !== "asking" || clock.now() < under.notBefore) continue;
      // What is in progress would only answer that it is busy.
      if (one.row.inProgress || one.missing > 0) continue;
      const serves = runs(one.row) && one.answered !== false && !one.parked;
      if (!maySend(this.#world(), one.key, serves)) continue;
      const first = !under.sent && !under.back;
      if (first && (this.#isBad() || this.#approval !== null))
        withdraw(this.#bench, one, this.#rules.wanted);
      else
        this.#approval =
          (await send(this.#bench, one, this.#rules, this.#registration)) ?? this.#approval;
    }
  }

  /** A line a minute, so that a long wait never looks dead. */
  #beat(): void {
    const { edges, ledger } = this.#bench;
    const now = edges.clock.now();
    if (now - this.#toldAt < HEARTBEAT_MS) return;
    this.#toldAt = now;
    const waiting = this.#instances.filter(({ under, fit, ours, row }) => {
      const found = ours === "untouched" && !fit && row.composeHash === this.#rules.wanted;
      return under !== null || found;
    });
    ledger.append({
      fact: "waiting",
      what: "serving",
      keys: waiting.map(({ key }) => key),
      total: this.#instances.length,
      sinceMs: now - this.#begun,
      limitMs: this.#rules.limitMs,
    });
  }

  async #pause(): Promise<void> {
    const { clock, cancel } = this.#bench.edges;
    await clock.sleep(this.#rules.pollMs, cancel);
  }
}

/** It may not have begun its update yet, for all that its row says. */
function isDoubtful({ course, under }: Instance, row: Cvm | undefined, now: number): boolean {
  const { acceptedAt, away } = course;
  if (acceptedAt === null || away || row === undefined) return false;
  if (now - acceptedAt >= QUEUE_MS) return false;
  if (under !== null && under.phase !== "moving") return false;
  return row.composeHash === course.target && row.status === "running" && !row.inProgress;
}
