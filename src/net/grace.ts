import type { Clock } from "./clock.ts";

/**
 * Runs work whose answer is worth a short wait after the step was cancelled: a create request that is
 * under way. The runner kills 10 s after it asked; the step itself is to stop within 2 s.
 *
 * @param graceMs how long after `cancel` the work's own signal is aborted, in ms
 */
export async function withGrace<T>(
  clock: Clock,
  cancel: AbortSignal,
  graceMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const finished = new AbortController();
  const onCancel = async () => {
    await clock.sleep(graceMs, finished.signal);
    late.abort();
  };
  if (cancel.aborted) void onCancel();
  cancel.addEventListener("abort", onCancel, { once: true });
  try {
    return await work(late.signal);
  } finally {
    cancel.removeEventListener("abort", onCancel);
    finished.abort();
  }
}
