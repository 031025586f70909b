/**
 * What went wrong, as data: one closed union, told apart by `kind`. Rules look at the kind and its fields;
 * only `report/` has words for them. Each case carries what its words need, beside the replica that it is of.
 */
import type { ChainTrouble } from "../chain/trouble.ts";
import type { Fault } from "../net/fault.ts";
import type { GaveUp } from "../net/persist.ts";
import type { Attested } from "./attested.ts";
import type { Doing } from "./doing.ts";
import type { ApprovalWait, BootEnd, Misfit, Searched, Told, UpdateEnd } from "./ends.ts";
import type {
  ApprovalNeed,
  Difference,
  HealthProblem,
  Ident,
  NoUrl,
  Rerun,
  SparedWhy,
} from "./terms.ts";

export type { Doing } from "./doing.ts";
export type { ApprovalWait, BootEnd, Misfit, Searched, Told, UpdateEnd } from "./ends.ts";

/** Before, or outside of, any replica. */
type RunTrouble =
  /** Bad inputs, all of them. */
  | { readonly kind: "inputs"; readonly faults: readonly string[] }
  | { readonly kind: "misfit"; readonly misfit: Misfit }
  | {
      readonly kind: "request";
      readonly doing: Doing;
      readonly fault: Fault;
      readonly gaveUp: GaveUp | null;
    }
  /** More than an input allows. */
  | {
      readonly kind: "limit";
      readonly input: "max_deletions";
      readonly most: number;
      readonly would: number;
    }
  | {
      readonly kind: "limit";
      readonly input: "max_instances";
      readonly most: number;
      readonly there: number;
      readonly wanted: number;
    }
  /** What was named exactly is not there, or belongs to another app. */
  | {
      readonly kind: "not-found";
      readonly input: "vm_uuids" | "keep" | "name" | "source" | "selection" | "compose_hash";
      readonly missing: readonly string[];
      readonly elsewhere: readonly { readonly uuid: string; readonly appId: string | null }[];
    }
  /** The time for all is over. */
  | {
      readonly kind: "out-of-time";
      readonly limitMs: number;
      /** By wait_timeout; else it follows from instance_timeout. */
      readonly given: boolean;
    }
  /** Instances that are not proven to be genuine and as wanted. */
  | {
      readonly kind: "unverified";
      readonly entries: readonly Attested[];
      /** Of so many. */
      readonly of: number;
      /** It is the source, which others were to be compared with. */
      readonly source: boolean;
    }
  /** The source that replicas were to equal; found before anything was sent that creates. */
  | {
      readonly kind: "unverified-source";
      readonly entry: Attested;
      /** It could be a reference, but is one of those that count, and not what these are to be. */
      readonly counts: boolean;
    }
  /** The runner does not tell what a question to GitHub needs. */
  | { readonly kind: "github"; readonly problem: string }
  | {
      readonly kind: "internal";
      readonly what: "bug" | "outputs" | "state";
      /** An error's name and message, or the runner's reason, cleaned. */
      readonly detail: string;
    };

/** Of one that was to be made. */
type MakingTrouble =
  /** A create that made nothing. `searched`: why that is not certain; null: it is. */
  | {
      readonly kind: "refused";
      readonly doing: Doing;
      readonly fault: Fault;
      readonly gaveUp: GaveUp | null;
      readonly searched: Searched | null;
    }
  /** Whether a replica was created can't be told. */
  | {
      readonly kind: "ambiguous";
      readonly doing: Doing;
      readonly fault: Fault;
      readonly searched: Searched;
      readonly rerun: Rerun;
    }
  /** Created for certain, and its UUID is not to be had. */
  | { readonly kind: "unseen"; readonly rerun: Rerun }
  /** Only an approval was asked for, and a replica was created. */
  | { readonly kind: "made-by-prepare" }
  | {
      readonly kind: "approval";
      readonly at: "create" | "commit" | "update";
      readonly need: ApprovalNeed;
      /** Of an update: it was waited for in vain; null: it was not. */
      readonly waited?: ApprovalWait | null;
    }
  /**
   * It was waited for. `late`: nobody approved for so long; `unseen`: the contract shows it, and the API does not;
   * `untold`: the API does not tell what is to be approved.
   */
  | {
      readonly kind: "unapproved";
      readonly why: "late" | "unseen" | "untold";
      readonly waitedMs: number;
      readonly need: ApprovalNeed;
    }
  /** Whether it is approved could not be asked. */
  | { readonly kind: "approval-unread"; readonly fault: Fault; readonly need: ApprovalNeed }
  /** What a registration on chain was refused for, or came to. */
  | ChainTrouble
  /** Somebody else has the name. `unsure`: an earlier try may have made one all the same. */
  | {
      readonly kind: "taken";
      readonly name: string;
      /** Null: nothing was sent. */
      readonly fault: Fault | null;
      /** Null: who, can't be seen. */
      readonly holder: (Ident & { readonly appId: string | null }) | null;
      readonly unsure: boolean;
    }
  /** What bears the name is being deleted, and still not gone. `fault`: why the last look failed. */
  | {
      readonly kind: "name-not-free";
      readonly name: string;
      readonly waitedMs: number;
      readonly fault: Fault | null;
      readonly unsure: boolean;
    }
  | {
      readonly kind: "not-asked";
      readonly why: "cancelled" | "key-rejected" | "run-refused";
      readonly fault: Fault | null;
    }
  /** What came of so many requests in a row is not known. */
  | { readonly kind: "not-asked"; readonly why: "brake"; readonly inARow: number };

/** Of one that is there. */
type ReplicaTrouble =
  | { readonly kind: "boot"; readonly end: BootEnd; readonly told: Told }
  | { readonly kind: "late"; readonly told: Told }
  /** It was there before, and the API told no UUID of it in time, so that it could not be followed. */
  | { readonly kind: "no-uuid"; readonly told: Told }
  | {
      readonly kind: "unhealthy";
      /** What was asked; null: nothing could be. */
      readonly address: string | null;
      readonly problem: HealthProblem;
      readonly told: Told;
      /** It answered as it should, and did not for so long as `health_for` wants; left out: it never did. Ms. */
      readonly heldMs?: number;
    }
  /** It runs, and there was no URL of its own in time. `path`: of the health check that wanted it. */
  | {
      readonly kind: "no-url";
      readonly why: NoUrl;
      readonly path: string;
      readonly told: Told;
    }
  /** It has no endpoint on the port that was asked for. */
  | {
      readonly kind: "no-port";
      readonly port: number;
      readonly ports: readonly (number | null)[];
      readonly told: Told;
    }
  | { readonly kind: "mismatch"; readonly differences: readonly Difference[] }
  /** It was there before, and does not run. `named`: it bears a name that was asked for. */
  | { readonly kind: "dead"; readonly named: boolean }
  /** The moment at which its `ttl` ends it has passed. `until`: ms since the epoch, by the platform's clock. */
  | {
      readonly kind: "ttl-past";
      readonly replica: Ident;
      readonly ttlMs: number;
      readonly until: number;
    }
  /** Its `ttl` could not be set, beside what failed before. */
  | { readonly kind: "both"; readonly first: Trouble; readonly ttl: Trouble }
  /**
   * An instance of a rollout. `source`: the one whose revision is wanted; `there`: found on the revision;
   * `forth`, `back`: updated by this run.
   */
  | {
      readonly kind: "update";
      readonly stage: "source" | "there" | "forth" | "back";
      readonly replica: Ident;
      readonly end: UpdateEnd;
      /** Since it was asked for, or first looked at. */
      readonly elapsedMs: number;
    };

/** Of what was to be deleted, or was left behind. */
type LeftTrouble =
  /** Asked for exactly, and not deleted. */
  | {
      readonly kind: "kept";
      readonly kept: readonly { readonly ident: Ident; readonly why: SparedWhy }[];
    }
  /** Its deletion did not come about, or can't be seen to have. */
  | {
      readonly kind: "survived";
      readonly doing: Doing;
      readonly why: "refused" | "still-there" | "not-seen";
      readonly fault: Fault | null;
      readonly gaveUp: GaveUp | null;
    }
  /** Newcomers that may be the replicas of lost answers; nobody touches them. */
  | { readonly kind: "untold"; readonly cvms: readonly Ident[] }
  /** Whether the replica of a lost answer exists can't be told. */
  | { readonly kind: "unsearched"; readonly searched: Searched }
  /** Created for certain, and not to be found. */
  | { readonly kind: "missing"; readonly name: string }
  /** Found by elimination, so that it is neither deleted nor given its end. */
  | { readonly kind: "unproven"; readonly replica: Ident; readonly stays: "there" | "endless" }
  /** No key reached post: nothing could be done about this. */
  | { readonly kind: "no-key"; readonly about: "all" }
  | { readonly kind: "no-key"; readonly about: "lost"; readonly requests: number }
  | {
      readonly kind: "no-key";
      readonly about: "deletion" | "ttl";
      readonly replica: Ident;
    };

export type Trouble = RunTrouble | MakingTrouble | ReplicaTrouble | LeftTrouble;

export type TroubleKind = Trouble["kind"];
export type TroubleOf<K extends TroubleKind> = Extract<Trouble, { kind: K }>;
