/**
 * How many requests are under way at once that only read, or concern one CVM each: enough for a large app within
 * the five minutes that a cancelled job has for all its post steps, and few enough for rate limits, of which nothing
 * is known (API facts, "Unknown").
 */
export const AT_ONCE = 8;

/**
 * Runs work on each item, a few at a time, in the order of the items.
 *
 * @param width how many at once
 */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}

/**
 * Lets so many pieces of work run at once, the others wait for their turn in the order in which they came. For
 * work that is begun at different times, or that pauses between its pieces.
 *
 * @param width how many at once
 */
export function gateOf(width: number): <R>(work: () => Promise<R>) => Promise<R> {
  const waiting: (() => void)[] = [];
  let free = width;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
