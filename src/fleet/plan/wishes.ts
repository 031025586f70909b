/** What is wanted of a run, how far each wish is, and what one more event makes of it. Pure. */
import type { ReplicaKey } from "../../ledger/terms.ts";

/** What an answer says that made nothing, once the app's list has shown that. */
export interface Refusal {
  /** What the reason speaks of. */
  readonly of: "request" | "node" | "run";
  /** The pause before the same request may go out again, in ms; null: that would change nothing. */
  readonly againMs: number | null;
}

/** How far a wish is. */
export type WishState =
  /** May be asked for, from `notBefore` on (ms since the epoch). */
  | { readonly at: "waiting"; readonly notBefore: number }
  | { readonly at: "asked" }
  /** Its answer was lost, and it is looked for. */
  | { readonly at: "doubted" }
  /** Answered, and not by a success. */
  | { readonly at: "refused"; readonly refusal: Refusal }
  | { readonly at: "settled"; readonly as: "made" | "refused" | "unknown" | "skipped" | "left" };

/** One replica that is wanted. */
export interface Wish {
  readonly key: ReplicaKey;
  /** It has a name, by which it is known wherever names hold. */
  readonly named: boolean;
  /** How many alternatives there are for its node, and which of them is next or was last asked. */
  readonly places: number;
  readonly place: number;
  /** How often all alternatives were found full. */
  readonly rounds: number;
  /** A request went out for it. */
  readonly asked: boolean;
  readonly state: WishState;
}

/** All wishes, in the order of their requests, and what holds for all of them. */
export interface Wishes {
  readonly wishes: readonly Wish[];
  /** How many may be under way at a time. */
  readonly width: number;
  /** An answer spoke of the whole run. */
  readonly refused: boolean;
  /** How many of the last that settled are of unknown fate. */
  readonly unknownInARow: number;
}

/** What happened to one wish. */
export type WishEvent =
  | { readonly key: ReplicaKey; readonly is: "asked" | "doubted" | "made" | "elsewhere" }
  | { readonly key: ReplicaKey; readonly is: "refused"; readonly refusal: Refusal }
  | { readonly key: ReplicaKey; readonly is: "again" | "full"; readonly notBefore: number }
  | {
      readonly key: ReplicaKey;
      readonly is: "settled";
      readonly as: "refused" | "unknown" | "skipped" | "left";
      /** Whatever became of it: its last answer spoke of the whole run. */
      readonly ofRun?: boolean;
    };

/** A wish of which nothing was sent yet. */
export function newWish(key: ReplicaKey, { named, places }: Pick<Wish, "named" | "places">): Wish {
  const state = { at: "waiting", notBefore: 0 } as const;
  return { key, named, places, place: 0, rounds: 0, asked: false, state };
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
    case "doubted":
      return { ...wish, state: { at: "doubted" } };
    case "refused":
      return { ...wish, state: { at: "refused", refusal: event.refusal } };
    case "made":
      return { ...wish, state: { at: "settled", as: "made" } };
    case "again":
      return { ...wish, state: { at: "waiting", notBefore: event.notBefore } };
    case "elsewhere":
      return { ...wish, place: wish.place + 1, state: { at: "waiting", notBefore: 0 } };
    case "full": {
      const state = { at: "waiting", notBefore: event.notBefore } as const;
      return { ...wish, place: 0, rounds: wish.rounds + 1, state };
    }
    case "settled":
      return { ...wish, state: { at: "settled", as: event.as } };
  }
}

/** What the event says beyond its own wish. */
function heard(all: Wishes, event: WishEvent): Partial<Wishes> {
  switch (event.is) {
    case "refused":
      return { refused: all.refused || event.refusal.of === "run" };
    case "made":
      return { unknownInARow: 0 };
    case "settled": {
      const refused = all.refused || event.ofRun === true;
      if (event.as === "unknown") return { refused, unknownInARow: all.unknownInARow + 1 };
      return event.as === "refused" ? { refused, unknownInARow: 0 } : { refused };
    }
    default:
      return {};
  }
}
