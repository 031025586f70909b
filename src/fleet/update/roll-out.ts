/** The loop of a rollout: look, ask the planner, carry out, wait. It decides nothing itself. */
import { identOf } from "../../ledger/replica.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import type { Approval } from "../../phala/approval.ts";
import { runs } from "../../phala/cvm.ts";
import type { Bench } from "../bench.ts";
import { type End, maySend, nextStep, type Step } from "../plan/next-step.ts";
import type { RolloutWorld } from "../plan/rollout-world.ts";
import { addressOf } from "./check-up.ts";
import { fail, finish, sourceTrouble, withdraw } from "./ends.ts";
import { type Instance, isBusy } from "./instance.ts";
import { Looks } from "./looks.ts";
import type { Proving } from "./prove.ts";
import type { UpdateRules } from "./rules.ts";
import { begin, send } from "./send.ts";
import { lateEnd } from "./watch.ts";

/** How it ended. */
export type Rolled =
  | {
      readonly end: End;
      /** What has to be registered on chain; its token is for the outputs alone. */
      readonly approval: Approval | null;
    }
  /** The source ceased to serve before anything was touched. */
  | { readonly end: "source"; readonly trouble: Trouble };

const HEARTBEAT_MS = 60_000;
/** A source that serves shows it in two looks; at the next one, whoever reads the log asks what goes on. */
const LOOKS_UNTOLD = 3;

export class RollOut {
  readonly #bench: Bench;
  readonly #instances: readonly Instance[];
  readonly #rules: UpdateRules;
  readonly #looks: Looks;
  #begun: number;
  #approval: Approval | null = null;
  /** The transaction that registered the revision in this run, or the word for somebody else's. */
  #registration: string | null = null;
  #toldAt: number;
  #wentBack = false;
  /** Null: there is none. */
  #source: Instance | null = null;
  /** Something is to be sent as soon as the source serves again. */
  #held = false;

  constructor(
    bench: Bench,
    instances: readonly Instance[],
    rules: UpdateRules,
    /** Null: nothing is to be proven. */
    proving: Proving | null,
  ) {
    this.#bench = bench;
    this.#instances = instances;
    this.#rules = rules;
    this.#looks = new Looks(bench, rules, proving);
    this.#begun = bench.edges.clock.now();
    this.#toldAt = this.#begun;
  }

  /** Waits until the source serves, for as long as one instance may take. @returns whether it does */
  async sourceServes(source: Instance): Promise<boolean> {
    this.#source = source;
    for (let looks = 1; ; looks++) {
      await this.#looks.look([source]);
      if (source.end === null && !source.fit) this.#expire([source], true);
      if (source.end !== null || source.fit || this.#cancelled) return source.fit;
      if (looks === LOOKS_UNTOLD) this.#sayAwaited(source);
      await this.#pause();
    }
  }

  /** Carries the rollout out, to its end. */
  async run(): Promise<Rolled> {
    for (let round = 0; ; round++) {
      const source = this.#untouched ? this.#source : null;
      await this.#looks.look(source === null ? this.#instances : [...this.#instances, source]);
      if (round === 0) await this.#looks.askOldOnes(this.#instances);
      this.#expire(this.#instances, false);
      if (source !== null && this.#held && !source.fit) {
        if (source.end === null) this.#expire([source], true);
        const trouble = this.#cancelled
          ? null
          : sourceTrouble(source, this.#bench.edges.clock.now());
        if (trouble !== null) return { end: "source", trouble };
      }
      const step = this.#plan();
      if (step.do === "end") return { end: step.end, approval: this.#approval };
      if (!this.#looks.blind) await this.#sendDue();
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
    if (this.#source !== null) this.#source.since += waitedMs;
  }

  get #cancelled(): boolean {
    return this.#bench.edges.cancel.aborted;
  }

  /** Nothing was asked for by this run, as far as can be told. */
  get #untouched(): boolean {
    return !this.#instances.some(({ under, changed }) => under !== null || changed);
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
    // Each is begun once between two looks, whatever the planner says: without a pause nothing else could run.
    for (let begun = 0; begun <= this.#instances.length; begun++) {
      const step = nextStep(this.#world());
      if (step.do === "look" || step.do === "end") return step;
      // What was seen before a look that failed may be old: nothing is taken away on the strength of it.
      if (this.#looks.blind) return { do: "look" };
      if (this.#untouched && this.#source?.fit === false) return this.#hold(this.#source);
      const one = this.#instances.find(({ key }) => key === step.key);
      if (one === undefined) throw new Error(`no instance ${step.key}`);
      if (one.under !== null) break;
      if (step.do === "roll-back") this.#goBack();
      begin(this.#bench, one, this.#rules, step.do === "roll-back");
    }
    return { do: "look" };
  }

  /** The source served, and does no longer: an update of it may have waited in the queue all the while. */
  #hold(source: Instance): Step {
    if (!this.#held) this.#sayAwaited(source);
    this.#held = true;
    return { do: "look" };
  }

  #sayAwaited({ row }: Instance): void {
    const limitMs = this.#rules.instanceTimeoutMs;
    const note = { note: "source-awaited", ident: identOf(row), limitMs } as const;
    this.#bench.ledger.append({ fact: "noted", note });
  }

  #goBack(): void {
    if (this.#wentBack) return;
    this.#wentBack = true;
    const { wanted } = this.#rules;
    const count = this.#instances.filter((one) => one.member(wanted).returns).length;
    this.#bench.ledger.append({ fact: "noted", note: { note: "going-back", count } });
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
    const waiting = this.#instances.filter(({ under, fit, ours, row, missing, gone }) => {
      const found = !fit && row.composeHash === this.#rules.wanted;
      const unseen = missing > 0 && !gone;
      return under !== null || unseen || (ours === "untouched" && (found || isBusy(row)));
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
