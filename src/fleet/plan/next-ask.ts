/**
 * What is asked next: the rules by which a run makes what is wanted. Pure, so that every world of a few
 * wishes can be walked through to its last state (`__tests__/fleet/next-ask.test.ts`).
 *
 * - Nothing that may have been made is asked for again. Whether a request may go out once more, since its name or its
 *   token makes one at most, is decided while it is carried out (`sending.ts`), and what is refused here was looked
 *   for there.
 * - After two requests in a row of unknown fate, or an answer about the whole run, nothing more is sent.
 */
import type { ReplicaKey } from "../../ledger/terms.ts";
import type { Wish, Wishes } from "./wishes.ts";

export type NextAsk =
  | { readonly do: "ask"; readonly key: ReplicaKey }
  /** Ask again, for the same place; `notBefore` in ms since the epoch. */
  | { readonly do: "again"; readonly key: ReplicaKey; readonly notBefore: number }
  /** The next alternative for its node. */
  | { readonly do: "elsewhere"; readonly key: ReplicaKey }
  /** All alternatives are full: from the first on again, later. */
  | { readonly do: "full"; readonly key: ReplicaKey; readonly notBefore: number }
  | {
      readonly do: "skip";
      readonly key: ReplicaKey;
      readonly why: "brake" | "run-refused" | "cancelled";
    }
  /** It was refused for good. */
  | { readonly do: "give-up"; readonly key: ReplicaKey }
  /** Nothing to do before something under way ends, or until then; null: only the former. */
  | { readonly do: "wait"; readonly until: number | null }
  | { readonly do: "done" };

/** What the rules depend on besides the wishes. Times in ms since the epoch. */
export interface Circumstances {
  readonly now: number;
  readonly cancelled: boolean;
  /** Until when a full platform is asked again; null: not at all. */
  readonly roomUntil: number | null;
}

/** So many requests in a row of unknown fate, and no further one is sent. */
const MOST_UNKNOWN = 2;
const FIRST_ROOM_PAUSE_MS = 5_000;
const LONGEST_ROOM_PAUSE_MS = 60_000;

export function nextAsk(all: Wishes, around: Circumstances): NextAsk {
  const open = all.wishes.filter(({ state }) => state.at !== "settled");
  if (open.length === 0) return { do: "done" };
  const busy = open.filter(({ state }) => state.at !== "waiting");
  for (const wish of busy) {
    const next = afterRefusal(wish, all, around);
    if (next !== null) return next;
  }
  const waiting = open.filter(({ state }) => state.at === "waiting");
  const [first] = waiting;
  if (first === undefined) return { do: "wait", until: null };
  const ended = whyNoMore(all, around);
  if (ended !== null) return withoutAsking(first, ended);
  // What is in doubt may turn out unknown: then the brake would have held the next one.
  const doubts = busy.filter(({ state }) => state.at === "doubted").length;
  if (all.unknownInARow + doubts >= MOST_UNKNOWN) return { do: "wait", until: null };
  const free = Math.max(0, all.width - busy.length);
  if (free === 0) return { do: "wait", until: null };
  // One that pauses holds its place, so that what is not named goes out one after another; what is named is told
  // apart by that, and may overtake.
  const inLine = waiting.filter((wish) => !wish.named || isDue(wish, around));
  return askFirst(inLine.length > 0 ? inLine.slice(0, free) : waiting, around);
}

function isDue({ state }: Wish, { now }: Circumstances): boolean {
  return state.at === "waiting" && state.notBefore <= now;
}

/** What a refusal makes of one wish; null: it is under way. */
function afterRefusal(
  { key, state, place, places, rounds }: Wish,
  all: Wishes,
  { now, cancelled, roomUntil }: Circumstances,
): NextAsk | null {
  if (state.at !== "refused") return null;
  const { of, againMs } = state.refusal;
  if (of === "run" || cancelled || all.refused) return { do: "give-up", key };
  if (of === "node") {
    if (place + 1 < places) return { do: "elsewhere", key };
    const pause = Math.min(FIRST_ROOM_PAUSE_MS * 2 ** rounds, LONGEST_ROOM_PAUSE_MS);
    const left = (roomUntil ?? now) - now;
    if (left <= 0) return { do: "give-up", key };
    return { do: "full", key, notBefore: now + Math.min(pause, left) };
  }
  if (againMs === null) return { do: "give-up", key };
  return { do: "again", key, notBefore: now + againMs };
}

/** Why nothing more may be sent; null: it may. */
function whyNoMore(
  all: Wishes,
  { cancelled }: Circumstances,
): "brake" | "run-refused" | "cancelled" | null {
  if (cancelled) return "cancelled";
  if (all.refused) return "run-refused";
  return all.unknownInARow >= MOST_UNKNOWN ? "brake" : null;
}

function withoutAsking({ key, asked }: Wish, why: "brake" | "run-refused" | "cancelled"): NextAsk {
  // What was refused for certain and was to be tried again keeps the reason that it was given.
  return asked ? { do: "give-up", key } : { do: "skip", key, why };
}

/** @param candidates wishes that wait, and may be asked for as far as the width goes */
function askFirst(candidates: readonly Wish[], { now }: Circumstances): NextAsk {
  const times = candidates.flatMap(({ key, state }) =>
    state.at === "waiting" ? [{ key, notBefore: state.notBefore }] : [],
  );
  const due = times.find(({ notBefore }) => notBefore <= now);
  if (due !== undefined) return { do: "ask", key: due.key };
  if (times.length === 0) return { do: "wait", until: null };
  return { do: "wait", until: Math.min(...times.map(({ notBefore }) => notBefore)) };
}
