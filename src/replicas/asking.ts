import type { Edges } from "../edges.ts";
import { oneLine } from "../report/clean.ts";
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
    replica.attempt = {
      index: slot.index,
      stage,
      nodeId: slot.nodeId,
      composeHash: slot.expectedHash,
      sentAt,
      vmUuid: uuidOf(replica),
      name: shortName(replica),
      ttlSet,
      gone: false,
    };
    saveAttempt(this.#runner, replica.attempt);
  }
}

/** The state is small; the API's names are (5 to 63 characters: API facts, "Identifiers"). */
function shortName({ cvm, vm }: Replica): string | null {
  const name = cvm?.name ?? vm?.name ?? null;
  return name === null ? null : oneLine(name, 80);
}
