/** Something for the log that changes nothing: `report/log` has its words. */
import type { Fault } from "../net/fault.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { BootStatus } from "../phala/status.ts";
import type { Attested } from "./attested.ts";
import type { Doing } from "./doing.ts";
import type { HealthProblem, Ident, NoUrl, Place, ReplicaKey, SparedWhy, Via } from "./terms.ts";

export type Note = LookNote | AskNote | MadeNote | TtlNote | FollowNote | LostNote | RolloutNote;

/** Of the look, before anything is paid, and after all is done. */
type LookNote =
  | { readonly note: "source"; readonly cvm: Cvm; readonly live: number }
  | {
      readonly note: "instances";
      readonly live: number;
      readonly dead: number;
      readonly wanted: number;
      readonly missing: number;
    }
  /** Of the names that were asked for. */
  | { readonly note: "names"; readonly standing: number; readonly wanted: number }
  | { readonly note: "list-unreadable"; readonly fault: Fault }
  /** More count than were asked for. `others`: what came meanwhile, and is not this run's. */
  | {
      readonly note: "too-many";
      readonly counted: number;
      readonly wanted: number;
      readonly others: readonly Ident[];
    }
  | { readonly note: "not-looked-again"; readonly fault: Fault };

/** While something is asked for. Times in ms. */
type AskNote =
  /** Before a request that may make a replica is sent again, as try number `next`. */
  | {
      readonly note: "asking-again";
      readonly via: Via;
      readonly doing: Doing;
      readonly fault: Fault;
      readonly waitMs: number;
      readonly next: number;
    }
  | { readonly note: "answer-lost"; readonly doing: Doing; readonly fault: Fault }
  | { readonly note: "committing-at-once" }
  /** Once more, since its token, or its name, makes one at most. `name` null: a commit. */
  | { readonly note: "sending-again"; readonly name: string | null }
  | { readonly note: "name-taken"; readonly name: string; readonly status: string }
  | {
      readonly note: "going-elsewhere";
      readonly name: string;
      readonly from: Tried;
      readonly to: Place;
    }
  | {
      readonly note: "no-room";
      readonly name: string;
      readonly tried: readonly Tried[];
      readonly waitMs: number;
      /** Since the epoch. */
      readonly until: number;
    };

/** A place where it was refused, with the answer's code. */
export interface Tried {
  readonly place: Place;
  readonly code: string;
}

/** Of one that is there. */
type MadeNote =
  | {
      readonly note: "created";
      readonly replica: Ident;
      /** Where it was asked for. */
      readonly place: Place;
      readonly tookMs: number;
    }
  /** `refused`: it bears the name, though the API refused to make it. */
  | {
      readonly note: "adopted";
      readonly replica: Ident;
      readonly how: "name" | "elimination" | "refused" | "older";
    }
  | { readonly note: "stands"; readonly replica: Ident }
  | { readonly note: "environment-kept"; readonly name: string }
  | { readonly note: "named-otherwise"; readonly replica: Ident; readonly asked: string };

/** Of a `ttl`. `until`: ms since the epoch, by the platform's clock. */
type TtlNote =
  | { readonly note: "ttl-set"; readonly replica: Ident; readonly until: number }
  /** Counted by our own clock, since the API told no time. */
  | { readonly note: "ttl-guessed"; readonly replica: Ident; readonly until: number }
  | {
      readonly note: "ttl-not-yet";
      readonly replica: Ident;
      readonly ttlMs: number;
      readonly fault: Fault;
    }
  /** Found by elimination alone. */
  | { readonly note: "ttl-unproven"; readonly replica: Ident };

/** While it is waited for. Times in ms. */
type FollowNote =
  | {
      readonly note: "status";
      readonly name: string;
      readonly status: BootStatus;
      /** Since it was made. */
      readonly sinceMs: number;
    }
  | {
      readonly note: "still-waiting";
      readonly names: readonly string[];
      readonly total: number;
      readonly sinceMs: number;
      readonly limitMs: number;
    }
  | { readonly note: "look-failed"; readonly fault: Fault }
  | { readonly note: "id-missing"; readonly name: string }
  /** `status`: the platform's word for what came of it. */
  | { readonly note: "id-filled-in"; readonly name: string; readonly status: string }
  | { readonly note: "id-from-events"; readonly name: string; readonly id: string }
  | { readonly note: "unhealthy-yet"; readonly name: string; readonly problem: HealthProblem }
  | { readonly note: "holding"; readonly name: string; readonly forMs: number }
  | { readonly note: "healthy"; readonly name: string }
  /** Green all the same: it runs, and that is what was asked for. */
  | { readonly note: "no-url"; readonly replica: Ident; readonly why: NoUrl }
  /** It was not waited for, and the answer to its creation says already that it won't run. */
  | {
      readonly note: "not-running";
      readonly replica: Ident;
      readonly appId: string | null;
      readonly status: string;
    };

/** Of what post looks for: the number of its `request`, from 1. */
interface LostNote {
  readonly note: "looking-for";
  readonly request: number;
}

type RolloutNote =
  | {
      readonly note: "rollout";
      readonly wanted: string;
      /** To be updated, in this order; and what is on the revision. */
      readonly order: readonly ReplicaKey[];
      readonly there: readonly ReplicaKey[];
      readonly maxUnavailable: number;
      /** For all of them, ms. */
      readonly limitMs: number;
      readonly leavesNone: boolean;
      readonly envs: boolean;
    }
  | { readonly note: "skipped"; readonly ident: Ident; readonly why: SparedWhy }
  | { readonly note: "source-serves"; readonly ident: Ident }
  | { readonly note: "source-awaited"; readonly ident: Ident; readonly limitMs: number }
  /** Of a source that was not selected, and so is no replica of the run. */
  | { readonly note: "source-attested"; readonly ident: Ident; readonly attested: Attested }
  | { readonly note: "going-back"; readonly count: number }
  /** Neither the list nor its own route tells how it is, or that it is gone. */
  | { readonly note: "unseen"; readonly ident: Ident }
  | { readonly note: "not-healthy"; readonly replica: ReplicaKey; readonly problem: HealthProblem };
