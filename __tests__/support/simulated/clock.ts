/**
 * Simulated time. It stands still while anything can run and jumps to the next appointment as soon as
 * everything waits, so that hours pass in milliseconds and the same seed gives the same story.
 */
import { setImmediate } from "node:timers";
import type { Clock } from "../../../src/net/clock.ts";

const PATIENCE_MS = 5_000;
/** A run that needs more appointments than this goes round in circles. */
const MOST_STEPS = 1_000_000;

interface Appointment {
  readonly at: number;
  readonly order: number;
  readonly keep: () => void;
}

export class SimulatedClock implements Clock {
  readonly #agenda: Appointment[] = [];
  readonly #atStep = new Map<number, () => void>();
  readonly #patienceMs: number;
  #now: number;
  #orders = 0;
  #steps = 0;

  /**
   * @param startAt ms since the epoch
   * @param patienceMs real ms for which nothing may move (a module may be loading) before it counts as stuck
   */
  constructor(startAt: number, patienceMs = PATIENCE_MS) {
    this.#now = startAt;
    this.#patienceMs = patienceMs;
  }

  now(): number {
    return this.#now;
  }

  /** How many appointments were kept so far. Between two of them nothing can happen. */
  get steps(): number {
    return this.#steps;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const finish = () => {
        forget();
        signal?.removeEventListener("abort", finish);
        resolve();
      };
      const forget = this.after(ms, finish);
      signal?.addEventListener("abort", finish, { once: true });
    });
  }

  /** Makes an appointment in `ms` milliseconds; returns what takes it back. Equal times keep their order. */
  after(ms: number, keep: () => void): () => void {
    // Node's timers don't know fractions or negative times either.
    const appointment = {
      at: this.#now + Math.max(1, Math.floor(ms)),
      order: this.#orders++,
      keep,
    };
    const later = this.#agenda.findIndex(({ at }) => at > appointment.at);
    this.#agenda.splice(later < 0 ? this.#agenda.length : later, 0, appointment);
    return () => {
      const index = this.#agenda.indexOf(appointment);
      if (index >= 0) this.#agenda.splice(index, 1);
    };
  }

  /** Calls back just before appointment number `step` (counted from 0) is kept. */
  beforeStep(step: number, callback: () => void): void {
    this.#atStep.set(step, callback);
  }

  /**
   * Lets time pass until `work` has settled; its result or rejection is passed on.
   *
   * @throws when everything waits for something that never comes, or the work never ends
   */
  async drive<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    work.then(mark, mark);
    let stuckSince: number | null = null;
    while (!settled) {
      await everythingWaits();
      if (settled) break;
      if (this.#step()) {
        stuckSince = null;
        continue;
      }
      stuckSince ??= performance.now();
      if (performance.now() - stuckSince > this.#patienceMs) {
        throw new Error("Everything waits, and nothing is to come.");
      }
    }
    return work;
  }

  #step(): boolean {
    const planned = this.#atStep.get(this.#steps);
    this.#atStep.delete(this.#steps);
    if (planned !== undefined) {
      planned();
      return true;
    }
    const next = this.#agenda.shift();
    if (next === undefined) return false;
    if (++this.#steps > MOST_STEPS) throw new Error(`Not at an end after ${MOST_STEPS} steps.`);
    this.#now = next.at;
    next.keep();
    return true;
  }
}

/** One turn of the event loop: all that promises can do on their own is done then. */
function everythingWaits(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
