import type { ReplicaFact } from "../ledger/fact.ts";
import type { Replica } from "../ledger/replica.ts";
import type { ReplicaKey, Slot, Via } from "../ledger/terms.ts";
import { uuidOf } from "../ledger/who.ts";
import { oneLine } from "../text/clean.ts";
import type { RequestEnd } from "./plan/brake.ts";
import type { Context } from "./run.ts";
import { type AttemptRecord, saveEarlier } from "./state.ts";

/** What the run wants to be told while one replica is asked for. */
export interface Told {
  /** An answer was lost: a replica may be there of which nobody knows. */
  readonly lost: () => void;
  /** The platform was busy with something else. */
  readonly busy: () => void;
}

const UNTOLD: Told = { lost: () => undefined, busy: () => undefined };

type Unkeyed<F> = F extends ReplicaFact ? Omit<F, "replica"> : never;
type Needed = Pick<Context, "edges" | "ledger" | "attempts">;

/** One replica that is being asked for, and what post has to know of it at each moment. */
export class Asking {
  readonly key: ReplicaKey;
  readonly slot: Slot;
  /** When its last try was sent; of a commit the first one. Our clock, ms since the epoch. */
  sentAt: number;
  /** How it ended; null while it has not, or where that is left to post. */
  end: RequestEnd | null = null;
  readonly told: Told;
  readonly #context: Needed;
  #since: number;
  #doubted = false;

  constructor(context: Needed, key: ReplicaKey, slot: Slot, told: Told = UNTOLD) {
    this.told = told;
    this.key = key;
    this.slot = slot;
    this.sentAt = context.edges.clock.now();
    this.#since = this.sentAt;
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

  /** A request goes out for it, from now on. */
  begin(via: Via): void {
    const { nodeId, nodeName: name } = this.slot;
    this.append({ fact: "asking", via, attempt: 1, place: { nodeId, name } });
  }

  /** When the first try was sent that may have made it: nothing made before is its replica. */
  get since(): number {
    return this.#since;
  }

  /** A try is known that may have made it, though no look has shown that. */
  get doubted(): boolean {
    return this.#doubted;
  }

  /** The next try of a create leaves now. */
  send(): void {
    this.sentAt = this.#context.edges.clock.now();
    if (!this.#doubted) this.#since = this.sentAt;
  }

  /** The last try may have made it: what is found later may be older than the next try. */
  doubt(): void {
    this.#doubted = true;
  }

  /**
   * The request is settled, and not by the try that is in doubt. Lists may show late what that one made, so
   * post looks once more for it.
   */
  leaveDoubt(): void {
    const record = this.#record("unknown");
    if (this.#doubted) saveEarlier(this.#context.edges.runner, { ...record, nextAt: this.sentAt });
    this.#doubted = false;
  }

  /** What it is called makes one at most, and that one is known: no try before made another. */
  forgetDoubt(): void {
    this.#doubted = false;
  }

  /** Writes into the state how far it is. */
  save(stage: AttemptRecord["stage"]): void {
    const { attempts } = this.#context;
    attempts.save(this.key, this.#record(stage));
  }

  /** Whether what was found, or is found later, may be somebody else's: the API has refused each try. */
  #isUnproven(stage: AttemptRecord["stage"]): boolean {
    const { origin, proof } = this.replica;
    return stage === "unknown" ? !this.#doubted : origin === "adopted" && proof !== "name";
  }

  #record(stage: AttemptRecord["stage"]): AttemptRecord {
    const { slot, replica } = this;
    return {
      index: slot.index,
      stage,
      nodeId: slot.nodeId,
      composeHash: slot.expectedHash,
      sentAt: this.#since,
      nextAt: null,
      vmUuid: uuidOf(replica),
      name: shortName(replica),
      asked: slot.name ?? null,
      adopted: this.#isUnproven(stage),
      endsAt: replica.endsAt,
      ttlSet: replica.until !== null,
      gone: false,
    };
  }
}

/** The state is small; the API's names are (5 to 63 characters: API facts, "Identifiers"). */
function shortName({ cvm, vm }: Replica): string | null {
  const name = cvm?.name ?? vm?.name ?? null;
  return name === null ? null : oneLine(name, 80);
}
