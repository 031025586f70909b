/** What is wanted of a run, how far each wish is, and what one more event makes of it. Pure. */
import type { ReplicaKey } from "../../ledger/terms.ts";

/** What an answer to a create, or the lack of one, says. */
export interface CreateVerdict {
  /** `never`: the request can't have reached the API; `no`: the answer says that nothing was made. */
  readonly made: "never" | "no" | "maybe";
  /** What the reason speaks of. */
  readonly of: "request" | "node" | "run";
  /** The pause before the same request may go out again, in ms; null: that would change nothing, or not any more. */
  readonly againMs: number | null;
  /** The API was busy with something else: fewer at once may help. */
  readonly conflict: boolean;
}

/** How far a wish is. */
export type WishState =
  /** May be asked for, from `notBefore` on (ms since the epoch). */
  | { readonly at: "waiting"; readonly notBefore: number }
  | { readonly at: "asked" }
  /** Answered, and not by a success. */
  | { readonly at: "answered"; readonly verdict: CreateVerdict }
  | { readonly at: "searching"; readonly verdict: CreateVerdict }
  /** Looked for, and not there. */
  | { readonly at: "searched"; readonly verdict: CreateVerdict }
  | { readonly at: "settled"; readonly as: "made" | "refused" | "unknown" | "skipped" | "left" };

/** One replica that is wanted. */
export interface Wish {
  readonly key: ReplicaKey;
  /** It has a name, by which it is known wherever names hold. */
  readonly named: boolean;
  /** It commits: its token makes one replica at most, whatever is sent how often. */
  readonly once: boolean;
  /** How many alternatives there are for its node, and which of them is next or was last asked. */
  readonly places: number;
  readonly place: number;
  /** How often all alternatives were found full. */
  readonly rounds: number;
  /** A request went out for it. */
  readonly asked: boolean;
  /** A request whose answer was lost went out again. */
  readonly resent: boolean;
  readonly state: WishState;
}

/** All wishes, in the order of their requests, and what holds for all of them. */
export interface Wishes {
  readonly wishes: readonly Wish[];
  /** How many may be under way at a time; an answer that speaks of a conflict makes it fewer. */
  readonly width: number;
  /** This run has seen a replica that bears the name that was asked for. */
  readonly namesHold: boolean;
  /** An answer spoke of the whole run. */
  readonly refused: boolean;
  /** How many of the last that settled are of unknown fate. */
  readonly unknownInARow: number;
}

/** What happened to one wish. */
export type WishEvent =
  | { readonly key: ReplicaKey; readonly is: "asked" | "searching" | "not-there" }
  | { readonly key: ReplicaKey; readonly is: "answered"; readonly verdict: CreateVerdict }
  | { readonly key: ReplicaKey; readonly is: "made"; readonly bearsName?: boolean }
  | { readonly key: ReplicaKey; readonly is: "again"; readonly notBefore: number }
  | { readonly key: ReplicaKey; readonly is: "elsewhere" }
  | { readonly key: ReplicaKey; readonly is: "full"; readonly notBefore: number }
  | {
      readonly key: ReplicaKey;
      readonly is: "settled";
      readonly as: "refused" | "unknown" | "skipped" | "left";
      /** Whatever became of it: its last answer spoke of the whole run. */
      readonly ofRun?: boolean;
    };

/** A wish of which nothing was sent yet. */
export function newWish(
  key: ReplicaKey,
  { named, once, places }: Pick<Wish, "named" | "once" | "places">,
): Wish {
  return {
    key,
    named,
    once,
    places,
    place: 0,
    rounds: 0,
    asked: false,
    resent: false,
    state: { at: "waiting", notBefore: 0 },
  };
}

/** The wishes after one more event. */
export function take(all: Wishes, event: WishEvent): Wishes {
  const wishes = all.wishes.map((wish) => (wish.key === event.key ? changed(wish, event) : wish));
  return { ...all, wishes, ...heard(all, event) };
}

function changed(wish: Wish, event: WishEvent): Wish {
  switch (event.is) {
    case "asked":
      return { ...wish, asked: true, state: { at: "asked" } };
    case "answered":
      return { ...wish, state: { at: "answered", verdict: event.verdict } };
    case "searching":
    case "not-there":
      return { ...wish, state: lookedFor(wish.state, event.is) };
    case "made":
      return { ...wish, state: { at: "settled", as: "made" } };
    case "again":
      return {
        ...wish,
        resent: wish.resent || isDoubtful(wish.state),
        state: { at: "waiting", notBefore: event.notBefore },
      };
    case "elsewhere":
      return { ...wish, place: wish.place + 1, state: { at: "waiting", notBefore: 0 } };
    case "full":
      return {
        ...wish,
        place: 0,
        rounds: wish.rounds + 1,
        state: { at: "waiting", notBefore: event.notBefore },
      };
    case "settled":
      return { ...wish, state: { at: "settled", as: event.as } };
  }
}

function lookedFor(state: WishState, is: "searching" | "not-there"): WishState {
  if (!("verdict" in state)) return state;
  return { at: is === "searching" ? "searching" : "searched", verdict: state.verdict };
}

/** What the event says beyond its own wish. */
function heard(all: Wishes, event: WishEvent): Partial<Wishes> {
  switch (event.is) {
    case "answered":
      return {
        refused: all.refused || event.verdict.of === "run",
        width: event.verdict.conflict ? Math.max(1, Math.floor(all.width / 2)) : all.width,
      };
    case "made":
      return { unknownInARow: 0, namesHold: all.namesHold || event.bearsName === true };
    case "settled": {
      const refused = all.refused || event.ofRun === true;
      if (event.as === "unknown") return { refused, unknownInARow: all.unknownInARow + 1 };
      return event.as === "refused" ? { refused, unknownInARow: 0 } : { refused };
    }
    default:
      return {};
  }
}

/** Whether a replica may stand behind its last request of which nobody knows yet. */
export function isDoubtful(state: WishState): boolean {
  return "verdict" in state && state.verdict.made === "maybe";
}
