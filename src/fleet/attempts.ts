import type { Runner } from "../action/edges.ts";
import type { ReplicaKey } from "../ledger/terms.ts";
import { oneLine } from "../text/clean.ts";
import { type AttemptRecord, saveAttempt } from "./state.ts";

/** What the state holds of each request of this run, for post. */
export class Attempts {
  readonly #runner: Runner;
  readonly #isUnwritable: (error: unknown) => error is Error;
  readonly #records = new Map<ReplicaKey, AttemptRecord>();

  /** @param isUnwritable whether an error says that the state's file can't be written */
  constructor(runner: Runner, isUnwritable: (error: unknown) => error is Error) {
    this.#runner = runner;
    this.#isUnwritable = isUnwritable;
  }

  /** How far a request is, as post knows it; null: post knows nothing of it. */
  stageOf(key: ReplicaKey): AttemptRecord["stage"] | null {
    return this.#records.get(key)?.stage ?? null;
  }

  /**
   * What came of one that was sent is no reason to stop where it can't be written: its `ttl` and its wait are still
   * to come, and post searches for what it finds open.
   *
   * @throws what can't be written, for one that is about to be sent: nothing is, then
   */
  save(key: ReplicaKey, record: AttemptRecord): void {
    this.#records.set(key, record);
    try {
      saveAttempt(this.#runner, record);
    } catch (error) {
      if (record.stage === "open" || !this.#isUnwritable(error)) throw error;
      this.#runner.warning(
        `What came of create request ${record.index + 1} is unknown to the post step: ${oneLine(error.message, 300)}`,
      );
    }
  }

  /** Something more is known of it; of what post knows nothing, nothing is said. */
  amend(key: ReplicaKey, change: Partial<AttemptRecord>): void {
    const record = this.#records.get(key);
    if (record !== undefined) this.save(key, { ...record, ...change });
  }
}
