import type { Edges } from "../../action/edges.ts";
import type { BootStatus } from "../../phala/status.ts";
import { statusChange } from "../../report/log/following.ts";
import { nameOf, type Replica } from "../record.ts";

/** A line for each change of one replica's state, and none for what was said already. */
export class Progress {
  readonly #replica: Replica;
  /** Ms since the epoch, for a replica of which it is not known when it was made. */
  readonly #begun: number;
  #shown = "";

  constructor(replica: Replica, begun: number) {
    this.#replica = replica;
    this.#begun = begun;
  }

  show(status: BootStatus, { clock, runner }: Pick<Edges, "clock" | "runner">): void {
    const progress = status.status === "running" ? "" : status.bootProgress;
    const key = [status.status, progress, status.bootError].join("\n");
    if (key === this.#shown) return;
    this.#shown = key;
    const since = this.#replica.times.made ?? this.#begun;
    runner.info(statusChange(nameOf(this.#replica), status, clock.now() - since));
  }
}
