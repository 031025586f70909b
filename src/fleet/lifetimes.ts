import type { ReplicaKey } from "../ledger/terms.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { uuidOf, whoIs } from "../ledger/who.ts";
import type { Fault } from "../net/fault.ts";
import { AT_ONCE, gateOf } from "../net/parallel.ts";
import { type Budget, nextTry } from "../net/retry.ts";
import { isDoubtful, judgeTtl } from "../phala/deletion.ts";
import { type Limited, ttlIsPast } from "./limit.ts";
import { type Birth, lifeEnd, timeToTell } from "./plan/life.ts";
import { type Context, note } from "./run.ts";

/** Of one try, in ms. */
const TRY_MS = 10_000;
/** A replica that has just come to run is not to wait long for its `ttl`. Ms. */
const LONGEST_PAUSE_MS = 10_000;
/** How long an answer is believed to be for now that may be for good, in ms. */
const DOUBT_MS = 60_000;
/** The pauses alone: when it is over, the step decides. */
const NO_END: Budget = { maxTries: Number.POSITIVE_INFINITY, totalMs: Number.POSITIVE_INFINITY };

/** One replica whose `ttl` is not set yet. */
interface Limit extends Limited {
  readonly key: ReplicaKey;
  /** When it was tried first, our clock, ms since the epoch. */
  readonly begunAt: number;
}

/**
 * The `ttl` of a run's replicas. Each is set right after the creation, so that a replica dies in time even if
 * every runner does. While the CVM is busy the platform may refuse that, so it is tried again beside all that
 * the run does, and never holds up or ends the waiting.
 */
export class Lifetimes {
  readonly #context: Context;
  readonly #clockOffsetMs: number | null;
  readonly #gate = gateOf(AT_ONCE);
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  readonly #pending: Promise<void>[] = [];
  readonly #troubles = new Map<ReplicaKey, Trouble>();
  /** Ends the pauses; replaced each time. */
  #wake = new AbortController();

  /** @param clockOffsetMs the platform's clock minus ours, as the run's first look told it; null: not known */
  constructor(context: Context, clockOffsetMs: number | null) {
    this.#context = context;
    this.#clockOffsetMs = clockOffsetMs;
    this.#signal = AbortSignal.any([context.edges.cancel, this.#over.signal]);
  }

  /** Works out when the replica ends; before it is saved that it was made, so that post knows as well. */
  plan(key: ReplicaKey): void {
    const { inputs, ledger } = this.#context;
    if (inputs.ttlMs === null) return;
    const { at: until } = lifeEnd(this.#birthOf(key), inputs.ttlMs);
    ledger.append({ replica: key, fact: "ending", until });
  }

  /** The first try. Where it fails for the moment, more follow beside the run. */
  async begin(key: ReplicaKey): Promise<void> {
    const { edges, inputs, ledger } = this.#context;
    const replica = ledger.replica(key);
    const { clock, cancel } = edges;
    const vmUuid = uuidOf(replica);
    const { ttlMs } = inputs;
    if (ttlMs === null || vmUuid === null || cancel.aborted) return;
    const who = { ...whoIs(replica), uuid: vmUuid };
    if (replica.proof === "elimination" && !inputs.exclusive) {
      note(this.#context, { note: "ttl-unproven", replica: who });
      return;
    }
    const { at: endsAt, guessed } = lifeEnd(this.#birthOf(key), ttlMs);
    const limit: Limit = { replica: who, endsAt, key, ttlMs, begunAt: clock.now() };
    if (guessed) note(this.#context, { note: "ttl-guessed", replica: who, until: endsAt });
    const fault = await this.#try(limit, 1);
    if (fault === null || this.#signal.aborted) return;
    note(this.#context, { note: "ttl-not-yet", replica: who, ttlMs, fault });
    this.#pending.push(this.#goOn(limit, fault));
  }

  /**
   * Waits for what is not set yet, at most until `deadline` (our clock, ms since the epoch). What is not set then
   * is a failure of its replica, beside any other.
   */
  async finish(deadline: number): Promise<void> {
    const { clock, cancel } = this.#context.edges;
    const leftMs = Math.max(0, deadline - clock.now());
    if (leftMs === 0) this.stop();
    // The waiting is over: what is running by now may be busy no more.
    else this.#wake.abort();
    if (this.#pending.length > 0) {
      const finished = new AbortController();
      const end = clock.sleep(leftMs, finished.signal).then(() => this.stop());
      await Promise.all(this.#pending);
      finished.abort();
      await end;
    }
    // Of a cancelled run nothing failed; post sees to the rest.
    if (cancel.aborted) return;
    const { ledger } = this.#context;
    for (const [key, trouble] of this.#troubles) {
      ledger.append({ replica: key, fact: "failed", during: "limiting", trouble });
    }
  }

  /** Ends all tries at once: nothing of it may outlive the run. */
  stop(): void {
    this.#over.abort();
  }

  async #goOn(limit: Limit, first: Fault): Promise<void> {
    let fault = first;
    for (let tries = 1; ; tries++) {
      await this.#pause(fault, tries);
      const next = this.#signal.aborted ? null : await this.#try(limit, tries + 1);
      // A try that the end of the step cut off tells nothing new.
      if (this.#signal.aborted && this.#context.ledger.replica(limit.key).until === null) {
        this.#troubles.set(limit.key, givenUp(limit, fault, tries));
        return;
      }
      if (next === null) return;
      fault = next;
    }
  }

  /** As long as the server asks, or what patience suggests, which ends when something may have changed. */
  async #pause(fault: Fault, tries: number): Promise<void> {
    const { clock, random } = this.#context.edges;
    const next = nextTry(fault, tries, 0, NO_END, clock.now(), random());
    const ms = next.again ? next.waitMs : LONGEST_PAUSE_MS;
    if (fault.kind === "answer" && fault.retryAfter !== null) {
      await clock.sleep(ms, this.#signal);
      return;
    }
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
    const signal = AbortSignal.any([this.#signal, this.#wake.signal]);
    await clock.sleep(Math.min(ms, LONGEST_PAUSE_MS), signal);
  }

  /** @returns why it is worth another try; null: it is set, or will never be */
  async #try(limit: Limit, tries: number): Promise<Fault | null> {
    const { api, edges } = this.#context;
    const { key, endsAt, begunAt } = limit;
    const now = edges.clock.now();
    if (timeToTell(endsAt, this.#birthOf(key), now) <= 0) {
      this.#troubles.set(key, ttlIsPast(limit));
      return null;
    }
    const options = { signal: this.#signal, timeoutMs: TRY_MS };
    const result = await this.#gate(() => api.scheduleDelete(limit.replica.uuid, endsAt, options));
    if (result.ok) {
      this.#isSet(limit);
      return null;
    }
    const { fault } = result;
    const doubted = isDoubtful(fault) && now - begunAt > DOUBT_MS;
    if (this.#signal.aborted || (judgeTtl(fault) === "retry" && !doubted)) return fault;
    this.#troubles.set(key, givenUp(limit, fault, tries));
    return null;
  }

  #isSet({ key, replica, endsAt }: Limit): void {
    const { ledger } = this.#context;
    ledger.append({ replica: key, fact: "limited", until: endsAt });
    note(this.#context, { note: "ttl-set", replica, until: endsAt });
  }

  #birthOf(key: ReplicaKey): Birth {
    const { edges, ledger } = this.#context;
    const { origin, vm, cvm, times } = ledger.replica(key);
    const now = edges.clock.now();
    const seenAt = times.made ?? now;
    // What was adopted was seen long after it was created.
    const bornAt = origin === "adopted" ? (times.sent ?? seenAt) : seenAt;
    const offset = this.#clockOffsetMs === null ? null : seenAt + this.#clockOffsetMs;
    return {
      createdAt: vm?.createdAt ?? cvm?.createdAt ?? null,
      platformTime: vm?.answeredAt ?? offset,
      seenAt,
      bornAt,
    };
  }
}

function givenUp({ replica, ttlMs }: Limit, fault: Fault, tries: number): Trouble {
  const gaveUp = { again: false, because: "time", tries } as const;
  return { kind: "request", doing: { do: "limit", replica, ttlMs }, fault, gaveUp };
}
