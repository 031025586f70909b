import type { ReplicaKey } from "../../ledger/terms.ts";
import { nameOf } from "../../ledger/who.ts";
import type { BootStatus } from "../../phala/status.ts";
import { type Context, note } from "../run.ts";

/** A line for each change of one replica's state, and none for what was said already. */
export class Progress {
  readonly #key: ReplicaKey;
  /** Ms since the epoch, for a replica of which it is not known when it was made. */
  readonly #begun: number;
  #shown = "";

  constructor(key: ReplicaKey, begun: number) {
    this.#key = key;
    this.#begun = begun;
  }

  show(status: BootStatus, context: Pick<Context, "edges" | "ledger">): void {
    const progress = status.status === "running" ? "" : status.bootProgress;
    const key = [status.status, progress, status.bootError].join("\n");
    if (key === this.#shown) return;
    this.#shown = key;
    const replica = context.ledger.replica(this.#key);
    const since = replica.times.made ?? this.#begun;
    const sinceMs = context.edges.clock.now() - since;
    note(context, { note: "status", name: nameOf(replica), status, sinceMs });
  }
}
