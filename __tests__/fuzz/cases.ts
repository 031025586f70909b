/** How many cases of a random kind are tried, and from which seed. Loads nothing, for tests that need no more. */

/** Cases of each property: `FUZZ_RUNS`, which `script/fuzz` sets; 500 when not given. */
export const RUNS = wholeFrom(process.env.FUZZ_RUNS, 500);
/** `FUZZ_SEED`. Fixed when not given, so that `script/test` is the same test each time. */
export const SEED = wholeFrom(process.env.FUZZ_SEED, 8);
/** Limit of one test in ms. Generous: it is there to end a hang, not to measure. */
export const LIMIT_MS = 60_000 + RUNS * 100;

function wholeFrom(text: string | undefined, fallback: number): number {
  const number = Number(text || fallback);
  if (!Number.isSafeInteger(number)) throw new Error(`not a whole number: ${text}`);
  return number;
}
