/** Time. Simulated time is just another implementation. */
export interface Clock {
  /** Now in ms since the epoch; never goes backwards. */
  now(): number;
  /** Resolves after `ms` milliseconds, or as soon as `signal` is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
