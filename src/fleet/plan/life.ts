/** When a `ttl` ends a replica's life: arithmetic over clocks that disagree, apart from all I/O. */

/** What is known of a replica's creation. All in ms since the epoch. */
export interface Birth {
  /** `created_at`, by the platform's clock; null: not told. */
  readonly createdAt: number | null;
  /** The platform's clock at the moment `seenAt`, as a `Date` told it; null: not told. */
  readonly platformTime: number | null;
  /** Our clock at that moment. */
  readonly seenAt: number;
  /** Our clock when the replica was created, as near as we know. */
  readonly bornAt: number;
}

export interface LifeEnd {
  /** By the platform's clock, ms since the epoch. */
  readonly at: number;
  /** Neither `created_at` nor `Date` was told: it is counted by our clock, which may be off. */
  readonly guessed: boolean;
}

/**
 * The moment that the platform is to be told. Counted from the creation as the platform tells it: a runner's
 * clock may be hours off, and would end a replica far too early, or too late.
 *
 * @param ttlMs how long it shall live
 */
export function lifeEnd(
  { createdAt, platformTime, seenAt, bornAt }: Birth,
  ttlMs: number,
): LifeEnd {
  const date = platformTime === null ? null : platformTime - (seenAt - bornAt);
  const born = [createdAt, date].find((time) => time !== null && time + ttlMs <= LAST_MOMENT);
  return born === undefined || born === null
    ? { at: bornAt + ttlMs, guessed: true }
    : { at: born + ttlMs, guessed: false };
}

/** Beyond it a time can't be written down. Ms since the epoch. */
const LAST_MOMENT = 8.64e15;

/**
 * What the platform's clock may be ahead of what we think: a `Date` has whole seconds and travels, and so does
 * the request that tells the end. Ms.
 */
const MARGIN_MS = 12_000;

/**
 * How long the platform can still be told of an end, in ms; none, or less, where it lies in the past by the
 * platform's clock, or will by the time that it hears of it: such an end would delete at once, or never, which
 * nobody knows.
 *
 * @param at the end, by the platform's clock
 * @param now our clock
 */
export function timeToTell(at: number, birth: Birth, now: number): number {
  const { createdAt, platformTime, seenAt, bornAt } = birth;
  // Without a `Date`, what has passed since the creation is all that can be trusted of our clock.
  const there =
    platformTime === null ? (createdAt ?? bornAt) + (now - bornAt) : platformTime + (now - seenAt);
  return at - there - MARGIN_MS;
}
