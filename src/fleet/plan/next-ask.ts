/**
 * What is asked next: the rules by which a run makes what is wanted. Pure, so that every world of a few
 * wishes can be walked through to its last state (`__tests__/fleet/next-ask.test.ts`).
 *
 * - No answer but a success is taken at its word before the app's list has been looked at: an edge may say
 *   503 after the work was done.
 * - Nothing that may have been made is asked for again, but what its name, or its token, makes one at most.
 * - After two requests in a row of unknown fate, or an answer about the whole run, nothing more is sent.
 */
import type { ReplicaKey } from "../../ledger/terms.ts";
import { isDoubtful, type Wish, type Wishes } from "./wishes.ts";

export type NextAsk =
  | { readonly do: "ask" | "search"; readonly key: ReplicaKey }
  /** Ask again, for the same place. @see notBefore ms since the epoch */
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
  /** Its fate stays unknown, or it was refused for good. */
  | { readonly do: "give-up"; readonly key: ReplicaKey; readonly as: "refused" | "unknown" }
  /** The step was cancelled: what may have been made is for post to find. */
  | { readonly do: "leave"; readonly key: ReplicaKey }
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
    const next = afterAnswer(wish, all, around);
    if (next !== null) return next;
  }
  const waiting = open.filter(({ state }) => state.at === "waiting");
  const [first] = waiting;
  if (first === undefined) return { do: "wait", until: null };
  const ended = whyNoMore(all, around);
  if (ended !== null) return withoutAsking(first, ended);
  // What is in doubt may turn out unknown: then the brake would have held the next one.
  const doubts = busy.filter(({ state }) => isDoubtful(state)).length;
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

/** What an answer, or a search, makes of one wish; null: it waits, or something is under way. */
function afterAnswer(wish: Wish, all: Wishes, around: Circumstances): NextAsk | null {
  const { key, state } = wish;
  if (state.at === "answered") {
    if (state.verdict.made === "never") return afterSearch(wish, all, around);
    return around.cancelled ? { do: "leave", key } : { do: "search", key };
  }
  return state.at === "searched" ? afterSearch(wish, all, around) : null;
}

/** Nothing was made, or nothing was found. */
function afterSearch(wish: Wish, all: Wishes, around: Circumstances): NextAsk {
  const { key, state } = wish;
  if (!("verdict" in state)) return { do: "wait", until: null };
  const { verdict } = state;
  const { now, cancelled, roomUntil } = around;
  if (verdict.made === "maybe") {
    const one = wish.once || (wish.named && all.namesHold);
    if (one && !wish.resent && !cancelled && !all.refused)
      return { do: "again", key, notBefore: now };
    return { do: "give-up", key, as: "unknown" };
  }
  const refused = giveUp(wish);
  if (verdict.of === "run" || cancelled || all.refused) return refused;
  if (verdict.of === "node") {
    if (wish.place + 1 < wish.places) return { do: "elsewhere", key };
    const pause = Math.min(FIRST_ROOM_PAUSE_MS * 2 ** wish.rounds, LONGEST_ROOM_PAUSE_MS);
    const left = (roomUntil ?? now) - now;
    return left > 0 ? { do: "full", key, notBefore: now + Math.min(pause, left) } : refused;
  }
  return verdict.againMs === null
    ? refused
    : { do: "again", key, notBefore: now + verdict.againMs };
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

function withoutAsking(wish: Wish, why: "brake" | "run-refused" | "cancelled"): NextAsk {
  // What was refused for certain and was to be tried again keeps the reason that it was given.
  return wish.asked ? giveUp(wish) : { do: "skip", key: wish.key, why };
}

/** One whose answer was lost once stays in doubt, whatever its name was answered later. */
function giveUp({ key, resent }: Wish): NextAsk {
  return { do: "give-up", key, as: resent ? "unknown" : "refused" };
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
