import type { ReplicaFact } from "../ledger/fact.ts";
import type { Replica } from "../ledger/replica.ts";
import type { ReplicaKey, Slot, Via } from "../ledger/terms.ts";
import type { RequestEnd } from "./plan/brake.ts";
import type { Context } from "./run.ts";

/** What the run wants to be told while one replica is asked for. */
export interface Told {
  /** An answer was lost: a replica may be there of which nobody knows. */
  readonly lost: () => void;
  /** The platform was busy with something else. */
  readonly busy: () => void;
}

const UNTOLD: Told = { lost: () => undefined, busy: () => undefined };

type Unkeyed<F> = F extends ReplicaFact ? Omit<F, "replica"> : never;
type Needed = Pick<Context, "edges" | "ledger">;

/** One replica that is being asked for, and what the ledger is told of each of its tries. */
export class Asking {
  readonly key: ReplicaKey;
  readonly slot: Slot;
  /** When its last try was sent; of a commit the first one. Our clock, ms since the epoch. */
  sentAt: number;
  /** How it ended; null while it has not, or where that is left to post. */
  end: RequestEnd | null = null;
  readonly told: Told;
  readonly #context: Needed;
  #tries = 0;
  #via: Via | null = null;

  constructor(context: Needed, key: ReplicaKey, slot: Slot, told: Told = UNTOLD) {
    this.told = told;
    this.key = key;
    this.slot = slot;
    this.sentAt = context.edges.clock.now();
    this.#context = context;
  }

  /** As it is known by now. */
  get replica(): Replica {
    return this.#context.ledger.replica(this.key);
  }

  /** Something happened to it. */
  append(what: Unkeyed<ReplicaFact>): void {
    this.#context.ledger.append({ replica: this.key, ...what });
  }

  /** It is asked for once more: what the tries before have met is over. */
  begin(): void {
    this.#tries = 0;
    this.#via = null;
  }

  /**
   * A try leaves now.
   *
   * @throws what can't be saved: nothing is sent, then
   */
  send(via: Via): void {
    if (via !== "commit" || this.#via !== "commit") this.sentAt = this.#context.edges.clock.now();
    this.#via = via;
    const { nodeId, nodeName: name } = this.slot;
    this.append({ fact: "asking", via, attempt: ++this.#tries, place: { nodeId, name } });
  }

  /** When the first try was sent that may have made it: nothing made before is its replica. */
  get since(): number {
    return this.replica.since ?? this.sentAt;
  }

  /** A try is known that may have made it, though no look has shown that. */
  get doubted(): boolean {
    return this.replica.doubted;
  }

  /** How many tries may have made it. */
  get lostTries(): number {
    return this.replica.tries.filter(({ fault }) => fault !== null).length;
  }

  /**
   * The request is settled, and not by the try that is in doubt. Lists may show late what that one made, so
   * post looks once more for it.
   */
  leaveDoubt(): void {
    if (this.doubted) this.append({ fact: "overtaken", nextAt: this.sentAt });
  }
}
