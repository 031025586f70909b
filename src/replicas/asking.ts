import type { Edges } from "../edges.ts";
import { type AttemptRecord, saveAttempt } from "../state.ts";
import { type Replica, type Slot, uuidOf } from "./record.ts";

/** One replica that is being asked for, and what post has to know of it at each moment. */
export class Asking {
  readonly replica: Replica;
  readonly slot: Slot;
  /** When its request was sent, our clock, ms since the epoch. */
  sentAt: number;
  readonly #runner: Edges["runner"];

  constructor(replica: Replica, slot: Slot, { clock, runner }: Pick<Edges, "clock" | "runner">) {
    this.replica = replica;
    this.slot = slot;
    this.sentAt = clock.now();
    this.#runner = runner;
    replica.times.sent = this.sentAt;
  }

  /** Writes into the state how far it is. */
  save(stage: AttemptRecord["stage"], ttlSet = false): void {
    const { slot, replica, sentAt } = this;
    saveAttempt(this.#runner, {
      index: slot.index,
      stage,
      nodeId: slot.nodeId,
      composeHash: slot.expectedHash,
      sentAt,
      vmUuid: uuidOf(replica),
      name: replica.cvm?.name ?? replica.vm?.name ?? null,
      ttlSet,
    });
  }
}
