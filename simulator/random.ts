/**
 * A source of numbers in [0, 1). The world takes one as a parameter, so that a seed replays it.
 */
export type Random = () => number;

/**
 * Seeded generator (mulberry32). Good enough to draw ids and choices; never use it for real keys.
 *
 * @param seed any integer; equal seeds give equal sequences
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Lower-case hex digits. */
export function randomHex(random: Random, digits: number): string {
  let text = "";
  while (text.length < digits) text += Math.floor(random() * 16).toString(16);
  return text;
}

/** A UUID of version 4, dashed and lower-case. */
export function randomUuid(random: Random): string {
  const hex = randomHex(random, 32);
  const variant = "89ab"[Math.floor(random() * 4)];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join("-");
}

/** Lower-case letters and digits. */
export function randomLower(random: Random, length: number): string {
  let text = "";
  while (text.length < length) text += Math.floor(random() * 36).toString(36);
  return text;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Letters and digits, as hashed ids (`cvm_…`, `kms_…`) hold them. */
export function randomText(random: Random, length: number): string {
  let text = "";
  while (text.length < length) text += LETTERS[Math.floor(random() * LETTERS.length)];
  return text;
}
