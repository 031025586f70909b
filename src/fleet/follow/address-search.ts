import { isOurs, type Replica } from "../../ledger/replica.ts";
import type { NoUrl, ReplicaKey } from "../../ledger/terms.ts";
import { nameOf, uuidOf } from "../../ledger/who.ts";
import { type Attempt, type Fault, isUnknownToApi } from "../../net/fault.ts";
import { type Cvm, runs } from "../../phala/cvm.ts";
import { pauseBefore } from "../plan/next-look.ts";
import { type Context, note } from "../run.ts";
import {
  type AddressFacts,
  type AddressStep,
  addressed,
  isGone,
  nextAddressStep,
  pauseBeforeRound,
  whyNoUrl,
} from "./address.ts";

/** The last request of a search may take so long beyond its end. Ms. */
const LAST_REQUEST_MS = 5_000;

interface Options {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** For how long to search. Times in ms since the epoch. */
export interface SearchLimits {
  readonly ranFrom: number;
  /** No round begins then, and no step of one. */
  readonly due: number;
  /** No request lasts longer. */
  readonly deadline: number;
  /** Aborted as soon as it is found, or no longer needed. */
  readonly signal: AbortSignal;
}

/**
 * Finds out the own URL of one running replica where its row does not tell it: the row again, then the
 * platform is asked once to fill the instance id in, then the replica's own event log is read.
 */
export class AddressSearch {
  readonly #context: Context;
  readonly #key: ReplicaKey;
  #facts: AddressFacts = {
    row: null,
    rowReadAt: null,
    instanceId: null,
    backfilled: false,
    unknown: 0,
    missed: false,
  };
  #fault: Fault | null = null;

  constructor(context: Context, key: ReplicaKey) {
    this.#context = context;
    this.#key = key;
  }

  get #replica(): Replica {
    return this.#context.ledger.replica(this.#key);
  }

  /** Takes a row into account. @returns it with the id and the URL filled in, as far as they are known */
  take(row: Cvm): Cvm {
    this.#facts = { ...this.#facts, row, rowReadAt: this.#context.edges.clock.now() };
    this.#fault = null;
    return this.#addressed(row);
  }

  /** The row is of the time before it ran. */
  forget(): void {
    this.#facts = { ...this.#facts, row: null, rowReadAt: null };
  }

  /** The platform's live state shows it: whoever denied it was wrong. */
  lives(): void {
    this.#facts = { ...this.#facts, unknown: 0, missed: false };
  }

  /** The platform's live state leaves it out: its own route has to say whether it is still there. */
  missed(): void {
    this.#facts = { ...this.#facts, missed: true };
  }

  /** Why there is none yet. @param fault why the looks failed; null: they did not */
  why(fault: Fault | null): NoUrl {
    return whyNoUrl(this.#facts, this.#fault ?? fault);
  }

  /**
   * Searches until it is told to end, or until `due`.
   *
   * @param onRow told of the newest row after each round
   * @returns `gone` where its own route shows that somebody deleted it
   */
  async run(limits: SearchLimits, onRow: (row: Cvm) => void): Promise<"ended" | "gone"> {
    const { clock } = this.#context.edges;
    const { due, signal } = limits;
    for (let n = 0; ; n++) {
      await clock.sleep(pauseBefore(due - clock.now(), pauseBeforeRound(n), n > 0), signal);
      if (signal.aborted || clock.now() >= due) return "ended";
      const row = await this.#round(limits);
      if (signal.aborted) return "ended";
      if (isGone(this.#facts)) return "gone";
      // One that says otherwise is for the looks to judge: they wait for two that do.
      if (row !== null && runs(row)) onRow(row);
      if (signal.aborted) return "ended";
    }
  }

  /** One round; a request that fails is made up for by the next. @returns the newest row since it runs */
  async #round({ ranFrom, due, deadline, signal }: SearchLimits): Promise<Cvm | null> {
    const { clock } = this.#context.edges;
    const done: AddressStep[] = [];
    for (;;) {
      const { row } = this.#facts;
      const known = row === null ? null : this.#addressed(row);
      if (signal.aborted || (known !== null && known.instanceUrl !== null)) return known;
      const now = clock.now();
      if (now >= due) return known;
      const ours = isOurs(this.#replica);
      const step = nextAddressStep(this.#facts, done, { ours, now, ranFrom });
      if (step === "none") return known;
      done.push(step);
      // The last round is just before the end, which is not worth cutting its answer off for.
      const timeoutMs = Math.min(deadline - now, Math.max(due - now, LAST_REQUEST_MS));
      await this.#carryOut(step, { signal, timeoutMs: Math.max(1, timeoutMs) });
    }
  }

  async #carryOut(step: Exclude<AddressStep, "none">, options: Options): Promise<void> {
    const { api } = this.#context;
    const uuid = uuidOf(this.#replica) ?? "";
    const name = nameOf(this.#replica);
    if (step === "read") {
      this.#facts = { ...this.#facts, missed: false };
      const read = await api.getCvm(uuid, options);
      const row = this.#noted(read);
      const unknown = isUnknown(read) ? this.#facts.unknown + 1 : 0;
      if (read.ok || unknown > 0) this.#facts = { ...this.#facts, unknown };
      if (row !== null && row.vmUuid === uuid) this.take(row);
    } else if (step === "backfill") {
      // Once, whatever comes of it: the event log is the way on.
      this.#facts = { ...this.#facts, backfilled: true };
      note(this.#context, { note: "id-missing", name });
      const filled = this.#noted(await api.backfillInstanceId(uuid, options));
      if (filled !== null) {
        this.#learn(filled.instanceId);
        const { status } = filled;
        note(this.#context, { note: "id-filled-in", name, status });
      }
    } else {
      const attested = this.#noted(await api.attestedInstanceId(uuid, options));
      const id = attested?.instanceId ?? null;
      this.#learn(id);
      if (id !== null) note(this.#context, { note: "id-from-events", name, id });
    }
  }

  #noted<T>(result: Attempt<T>): T | null {
    this.#fault = result.ok ? null : result.fault;
    return result.ok ? result.value : null;
  }

  #learn(instanceId: string | null): void {
    this.#facts = { ...this.#facts, instanceId: instanceId ?? this.#facts.instanceId };
  }

  #addressed(row: Cvm): Cvm {
    const { appId, port } = this.#context.inputs;
    return addressed(row, this.#facts.instanceId, appId, port);
  }
}

function isUnknown(read: Attempt<Cvm>): boolean {
  return !read.ok && isUnknownToApi(read.fault);
}
