import type { Replica } from "../../ledger/replica.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import { nameOf } from "../../ledger/who.ts";
import { type Fault, sameFault } from "../../net/fault.ts";
import { type LastLook, nextLook, pauseBefore } from "../plan/next-look.ts";
import { type Context, note } from "../run.ts";
import type { Blindness } from "./limits.ts";
import { Lookout } from "./lookout.ts";
import { Watch } from "./watch.ts";

const HEARTBEAT_MS = 60_000;

/**
 * Waits until every replica runs and, where asked, serves; each then holds its status, URLs and, if it
 * came to nothing, its failure. One request a look for all of them. A failed look is never the verdict:
 * only the deadline, a terminal state, or a rejected key is. Ends early, without verdicts, on cancel.
 */
export async function waitForAll(context: Context, replicas: readonly Replica[]): Promise<void> {
  await new Waiting(context, replicas).run();
}

/** What is waited for together. */
class Waiting {
  readonly #context: Context;
  readonly #watches: readonly Watch[];
  readonly #lookout: Lookout;
  /** Ms since the epoch. */
  readonly #begun: number;
  readonly #deadline: number;
  readonly #finished = new AbortController();
  /** Ends a pause. */
  #wake = new AbortController();
  /** Of each kind of look its last failure, the newest last; a look that comes through takes it out. */
  readonly #faults = new Map<LastLook["kind"], Fault>();
  #lookedWell = false;
  #last: LastLook = { kind: "none", someRan: false, poor: false };

  constructor(context: Context, replicas: readonly Replica[]) {
    const { inputs } = context;
    this.#context = context;
    this.#begun = context.edges.clock.now();
    this.#deadline = this.#begun + inputs.waitTimeoutMs;
    const limits = {
      begun: this.#begun,
      deadline: this.#deadline,
      wake: () => this.#onChange(),
      blind: () => this.#blind(),
    };
    this.#watches = replicas
      .filter(({ trouble }) => trouble === null)
      .map((replica) => new Watch(context, replica.key, limits));
    this.#lookout = new Lookout(context.api, inputs.appId);
  }

  async run(): Promise<void> {
    void heartbeats(this.#context, this.#watches, this.#begun, this.#finished.signal);
    try {
      while (await this.#round());
    } finally {
      this.#finished.abort();
    }
  }

  /** A pause and a look. @returns whether there is more to wait for */
  async #round(): Promise<boolean> {
    const { clock, cancel } = this.#context.edges;
    const { healthCheck } = this.#context.inputs;
    const pending = this.#watches.filter((watch) => !watch.settled);
    if (pending.length === 0) return false;
    if (clock.now() >= this.#deadline) {
      for (const watch of pending) watch.expire();
      return false;
    }
    this.#wake = new AbortController();
    const lacking = pending.filter((watch) => watch.lacksDetails).length;
    const next = nextLook(pending.length, lacking, healthCheck !== null, this.#last);
    // The list alone shows those whose UUID is not known.
    const rows = next.rows || pending.every(({ uuid }) => uuid === null);
    if (!next.atOnce) {
      await this.#pause();
      if (cancel.aborted) return false;
      if (this.#wake.signal.aborted || clock.now() >= this.#deadline) return true;
    }
    return this.#look(pending, lacking, rows);
  }

  async #pause(): Promise<void> {
    const { edges, inputs } = this.#context;
    const leftMs = this.#deadline - edges.clock.now();
    const pauseMs = pauseBefore(leftMs, inputs.pollIntervalMs, this.#last.kind !== "none");
    await edges.clock.sleep(pauseMs, AbortSignal.any([edges.cancel, this.#wake.signal]));
  }

  /** @param lacking so many ran already, and lacked details */
  async #look(pending: readonly Watch[], lacking: number, rows: boolean): Promise<boolean> {
    const { clock, cancel } = this.#context.edges;
    const uuids = pending.map(({ uuid }) => uuid).filter((uuid) => uuid !== null);
    const signal = AbortSignal.any([cancel, this.#finished.signal]);
    const leftMs = () => this.#deadline - clock.now();
    const look = await this.#lookout.look(uuids, rows, leftMs, signal);
    if (signal.aborted) return false;
    const wanted = rows ? "rows" : "batch";
    if (!look.ok) {
      this.#last = { kind: wanted, someRan: false, poor: true };
      if (look.rejected) for (const watch of pending) watch.abandon(rejected(look.fault));
      else this.#miss(wanted, look.fault);
      return !look.rejected;
    }
    this.#lookedWell = true;
    this.#faults.delete(wanted);
    for (const watch of pending) watch.observe(look.value);
    const someRan = pending.filter((watch) => watch.lacksDetails).length > lacking;
    const poor = uuids.some((uuid) => !look.value.statuses.has(uuid));
    this.#last = { kind: look.value.cvms === null ? "batch" : "rows", someRan, poor };
    return true;
  }

  /** A look failed: said once for each kind of trouble, not at each look. */
  #miss(wanted: LastLook["kind"], fault: Fault): void {
    const before = this.#faults.get(wanted);
    if (before === undefined || !sameFault(before, fault)) {
      note(this.#context, { note: "look-failed", fault });
    }
    this.#faults.delete(wanted);
    this.#faults.set(wanted, fault);
  }

  #blind(): Blindness | null {
    const fault = [...this.#faults.values()].at(-1) ?? null;
    return fault === null ? null : { fault, never: !this.#lookedWell };
  }

  #onChange(): void {
    this.#wake.abort();
    // A look that is under way could only hold the end up.
    if (this.#watches.every(({ settled }) => settled)) this.#finished.abort();
  }
}

/** A line a minute, whatever the looks do, so that a long wait never looks dead. */
async function heartbeats(
  context: Context,
  watches: readonly Watch[],
  begun: number,
  finished: AbortSignal,
): Promise<void> {
  const { clock } = context.edges;
  const limitMs = context.inputs.waitTimeoutMs;
  for (let beat = 1; ; beat++) {
    await clock.sleep(Math.max(0, begun + beat * HEARTBEAT_MS - clock.now()), finished);
    const names = watches.filter(({ settled }) => !settled).map(({ replica }) => nameOf(replica));
    if (finished.aborted || names.length === 0) return;
    const sinceMs = clock.now() - begun;
    const total = watches.length;
    note(context, { note: "still-waiting", names, total, sinceMs, limitMs });
  }
}

function rejected(fault: Fault): Trouble {
  return { kind: "request", doing: { do: "follow" }, fault, gaveUp: null };
}
