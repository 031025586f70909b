/**
 * The one place where something that happened is written down. A fact is taken into the fold, saved where
 * it changes what post would do, and then told to whoever listens; in this order, so that nothing is said
 * that a kill could undo.
 */
import { type Fact, isReplicaFact, type NewFact, type ReplicaFact } from "./fact.ts";
import { fold } from "./fold.ts";
import { blankReplica, type Replica } from "./replica.ts";
import { blankRun, foldRun, type RunSoFar } from "./run-so-far.ts";
import type { ReplicaKey } from "./terms.ts";

/** Told of each fact once it is saved. */
export type Subscriber = (fact: Fact, ledger: Ledger) => void;

/** Writes into what the runner keeps of a step, even of a killed one. Throws where it can't. */
export interface Pen {
  run(run: RunSoFar): void;
  /**
   * @param index the replica's place in the ledger, which names it in the state
   * @param fact what is new of it
   */
  replica(index: number, replica: Replica, fact: ReplicaFact): void;
}

/** For post, which writes nothing. */
export const NO_PEN: Pen = { run: () => undefined, replica: () => undefined };

/** What a ledger begins with: what main left, in post. */
export interface Pages {
  readonly run: RunSoFar;
  readonly replicas: readonly Replica[];
}

export class Ledger {
  readonly #now: () => number;
  readonly #pen: Pen;
  readonly #subscribers: Subscriber[] = [];
  readonly #replicas: Map<ReplicaKey, Replica>;
  /** Facts that a subscriber appended while others were still being told. */
  readonly #queue: Fact[] = [];
  #telling = false;
  #run: RunSoFar;

  /** @param now our clock, ms since the epoch */
  constructor(now: () => number, pen: Pen, pages: Pages = { run: blankRun, replicas: [] }) {
    this.#now = now;
    this.#pen = pen;
    this.#run = pages.run;
    this.#replicas = new Map(pages.replicas.map((replica) => [replica.key, replica]));
  }

  /** The run as its own facts tell it. */
  get run(): RunSoFar {
    return this.#run;
  }

  /** All replicas, in the order in which they came up. */
  replicas(): readonly Replica[] {
    return [...this.#replicas.values()];
  }

  /** One replica; blank where there are no facts of it. */
  replica(key: ReplicaKey): Replica {
    return this.#replicas.get(key) ?? blankReplica(key);
  }

  /**
   * @param broke told of what the subscriber throws: that something can't be told is no reason to stop a run which
   *   may have made what is billed
   */
  subscribe(subscriber: Subscriber, broke: (error: unknown) => void): void {
    this.#subscribers.push((fact, ledger) => {
      try {
        subscriber(fact, ledger);
      } catch (error) {
        broke(error);
      }
    });
  }

  /**
   * Takes a fact in.
   *
   * @throws where it can't be saved: no request must leave without its record
   */
  append(news: NewFact): void {
    const fact: Fact = { at: this.#now(), ...news };
    if (isReplicaFact(fact)) this.#takeIn(fact);
    else {
      this.#run = foldRun(this.#run, fact);
      if (SAVED.has(fact.fact)) this.#pen.run(this.#run);
    }
    this.#queue.push(fact);
    this.#tell();
  }

  #takeIn(fact: Fact & ReplicaFact): void {
    const { replica: key } = fact;
    this.#replicas.set(key, fold(this.replica(key), fact));
    if (!SAVED.has(fact.fact)) return;
    const index = [...this.#replicas.keys()].indexOf(key);
    this.#pen.replica(index, this.replica(key), fact);
  }

  /** One after another: what a subscriber appends waits until all have been told of what came before. */
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let fact = this.#queue.shift(); fact !== undefined; fact = this.#queue.shift()) {
        for (const subscriber of this.#subscribers) subscriber(fact, this);
      }
    } finally {
      this.#telling = false;
    }
  }
}

/** A fact that changes what post would do, or say, is saved at once; the others are not. */
const SAVED: ReadonlySet<Fact["fact"]> = new Set<Fact["fact"]>([
  "began",
  "surveyed",
  "approving",
  "signed",
  "ended",
  "found",
  "spared",
  "asking",
  "unmade",
  "overtaken",
  "refused",
  "searched",
  "approval",
  "created",
  "located",
  "adopted",
  "ending",
  "limited",
  "updating",
  "updated",
  "withdrawn",
  "deleting",
  "deleted",
  "vanished",
]);
