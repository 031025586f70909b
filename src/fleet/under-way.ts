import type { Clock } from "../net/clock.ts";
import { aborted } from "../net/signal.ts";

/** Work that goes on beside the loop which began it: each end wakes the loop, and the first error breaks it off. */
export class UnderWay {
  readonly #running = new Set<Promise<void>>();
  #bell = new AbortController();
  #trouble: { readonly error: unknown } | null = null;

  /** Something has thrown. */
  get broken(): boolean {
    return this.#trouble !== null;
  }

  begin(work: Promise<void>): void {
    const running = work.catch((error: unknown) => {
      this.#trouble ??= { error };
    });
    this.#running.add(running);
    void running.then(() => {
      this.#running.delete(running);
      this.#bell.abort();
    });
  }

  /** Sleeps until something of it ends, or until then: ms since the epoch, or null for ever. */
  async change(clock: Clock, until: number | null, cancel: AbortSignal): Promise<void> {
    const bell = this.#bell.signal;
    if (until === null) await aborted(bell);
    else await clock.sleep(Math.max(0, until - clock.now()), AbortSignal.any([cancel, bell]));
    this.#bell = this.#bell.signal.aborted ? new AbortController() : this.#bell;
  }

  /** Waits for all of it. @throws the first error */
  async end(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#trouble !== null) throw this.#trouble.error;
  }
}
