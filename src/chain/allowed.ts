/**
 * Waiting while somebody else approves: when to ask `POST /apps/{app_id}/is-allowed` the next time (API
 * facts, section 7). Pure, and without cryptography.
 */
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Up to this long after the beginning, this often; in ms. A person approves in minutes, a Safe in hours. */
const PACE: readonly (readonly [untilMs: number, everyMs: number])[] = [
  [MINUTE_MS, 3 * SECOND_MS],
  [10 * MINUTE_MS, 5 * SECOND_MS],
  [60 * MINUTE_MS, 15 * SECOND_MS],
  [Infinity, MINUTE_MS],
];

/** Times in ms since the epoch. */
export interface Waiting {
  readonly now: number;
  readonly begunAt: number;
  /** `begunAt` and `approval_timeout`. */
  readonly until: number;
  /** When it was asked last, a commit that was answered "not yet" included; null: not at all. */
  readonly askedAt: number | null;
  /** Not before this, since the server said so; null where it did not. */
  readonly notBefore: number | null;
}

export type NextAsk =
  | { readonly do: "ask" }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "out-of-time" };

/** At once, then every few seconds, slower with time, and once more at the very end. */
export function nextAsk({ now, begunAt, until, askedAt, notBefore }: Waiting): NextAsk {
  if (askedAt !== null && (askedAt >= until || (notBefore ?? 0) > until)) {
    return { do: "out-of-time" };
  }
  const due = Math.max(
    askedAt === null ? now : askedAt + everyMs(askedAt - begunAt),
    notBefore ?? 0,
  );
  // The last one is at the end itself: an approval of the last seconds still counts.
  const next = Math.max(Math.min(due, until), notBefore ?? 0);
  return next <= now ? { do: "ask" } : { do: "wait", ms: next - now };
}

function everyMs(elapsedMs: number): number {
  return PACE.find(([untilMs]) => elapsedMs < untilMs)?.[1] ?? MINUTE_MS;
}
