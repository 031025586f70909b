/**
 * What went wrong, as data: one closed union, told apart by `kind`. Rules look at the kind and its fields;
 * only `report/` has words for them. Each case carries what its words need.
 */
import type { ChainTrouble } from "../chain/trouble.ts";
import type { Fault } from "../net/fault.ts";
import type { GaveUp } from "../net/persist.ts";
import { APPROVAL_CODE } from "../phala/codes.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { PhalaNode } from "../phala/nodes.ts";
import type { BootStatus } from "../phala/status.ts";
import type { Attested } from "./attested.ts";
import type { ApprovalNeed, HealthProblem, Ident, Place, Slot, SparedWhy } from "./terms.ts";

/** What was tried: the object of "Could not …". */
export type Doing =
  | {
      readonly do:
        | "list"
        | "count"
        | "find-nodes"
        | "read-app"
        | "read-source"
        | "read-kms"
        | "read-key"
        | "read-root-key"
        | "read-deployments"
        | "read-revisions"
        | "follow"
        | "prepare"
        | "commit"
        | "ask-approval"
        | "ask-approver";
    }
  | { readonly do: "create"; readonly slot: Slot; readonly place: Place; readonly of: number }
  | { readonly do: "limit"; readonly replica: Ident; readonly ttlMs: number }
  | {
      readonly do: "delete" | "read" | "attest" | "instance-id" | "redeploy" | "replace-envs";
      readonly replica: Ident;
    }
  /** What Intel publishes. */
  | { readonly do: "collateral"; readonly what: string }
  | { readonly do: "record"; readonly name: string }
  | { readonly do: "tell"; readonly deployment: number; readonly state: string };

/** What the search for the replica of a lost answer showed. */
export type Searched =
  /** Nothing that fits, for so long. */
  | { readonly found: "nothing"; readonly forMs: number }
  /** One that fits, but not in two looks in a row; it is not touched. */
  | { readonly found: "one-once"; readonly cvms: readonly Ident[] }
  /** One that can't be ours: a prepare makes none. */
  | { readonly found: "one-not-ours"; readonly cvms: readonly Ident[] }
  | { readonly found: "several"; readonly cvms: readonly Ident[] }
  /** The list could not be read (any more). */
  | { readonly found: "blind"; readonly fault: Fault; readonly cvms: readonly Ident[] }
  /** What was there before is not known, so nothing can be told from it. */
  | { readonly found: "no-baseline" }
  | { readonly found: "cancelled" };

/** Inputs that don't fit what the API knows. */
export type Misfit =
  | {
      readonly input: "node_id";
      readonly problems: readonly { readonly name: string; readonly ids: readonly number[] }[];
      readonly nodes: readonly PhalaNode[];
    }
  | {
      readonly input: "vm_uuid";
      readonly uuid: string;
      readonly appId: string;
      readonly found: number;
    }
  | { readonly input: "app_id" }
  | { readonly input: "compose_hash"; readonly live: readonly Cvm[] }
  | { readonly input: "prepare_only"; readonly why: "not-on-chain" | "not-told" }
  | {
      readonly input: "envs";
      readonly why:
        | "kms-not-told"
        | "key-not-told"
        | "key-disowned"
        | "key-unsigned"
        | "key-unusable";
      readonly detail: string | null;
    };

/** Why a replica is not booting any more. */
export type BootEnd =
  | { readonly why: "status"; readonly status: string }
  | { readonly why: "going"; readonly status: string }
  | { readonly why: "stopped" | "boot-error" | "vanished" };

/** Why an instance is not on the revision and serving. */
export type UpdateEnd =
  | { readonly why: "refused"; readonly fault: Fault; readonly doing: Doing }
  /** The answer was lost, and no look showed that it had been begun. */
  | { readonly why: "unsettled"; readonly fault: Fault; readonly doing: Doing }
  | { readonly why: "status"; readonly status: string }
  | { readonly why: "late"; readonly status: string; readonly inProgress: boolean }
  | {
      readonly why: "unhealthy";
      /** What was asked; null: nothing could be. */
      readonly address: string | null;
      readonly path: string;
      readonly problem: HealthProblem;
    }
  | { readonly why: "no-url" }
  /** Somebody else brought it to another revision after us. */
  | { readonly why: "overtaken"; readonly composeHash: string | null }
  | { readonly why: "vanished" }
  /** It runs, and its attestation does not prove that it is genuine and as wanted. */
  | { readonly why: "unverified"; readonly entry: Attested }
  /** The app has no revision to go back to. */
  | { readonly why: "no-revision"; readonly composeHash: string | null };

/** What the waiting knew of a replica when it ended badly. */
export interface Told {
  readonly last: BootStatus | null;
  /** Why the looks of late failed; null: they did not. */
  readonly blind: Fault | null;
  readonly elapsedMs: number;
}

/** For how long an approval was waited for, in ms. `ours`: it is registered by us, and the API did not see it. */
export interface ApprovalWait {
  readonly ms: number;
  readonly ours: boolean;
}

export type Trouble =
  /** Bad inputs, all of them. */
  | { readonly kind: "inputs"; readonly faults: readonly string[] }
  | { readonly kind: "misfit"; readonly misfit: Misfit }
  | {
      readonly kind: "request";
      readonly doing: Doing;
      readonly fault: Fault;
      readonly gaveUp: GaveUp | null;
    }
  /** A create that made nothing for certain. */
  | {
      readonly kind: "refused";
      readonly doing: Doing;
      readonly fault: Fault;
      readonly gaveUp: GaveUp | null;
    }
  /** Whether a replica was created can't be told. */
  | {
      readonly kind: "ambiguous";
      readonly doing: Doing;
      readonly fault: Fault;
      readonly searched: Searched;
    }
  /** Created for certain, and its UUID is not to be had. */
  | { readonly kind: "unseen" }
  /** Only an approval was asked for, and a replica was created. */
  | { readonly kind: "made-by-prepare" }
  | {
      readonly kind: "approval";
      readonly at: "create" | "commit" | "update";
      readonly need: ApprovalNeed;
      /** It was waited for in vain; null: it was not. */
      readonly waited?: ApprovalWait | null;
    }
  /** What a registration on chain was refused for, or came to. */
  | ChainTrouble
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
    }
  /** The time for all is over. */
  | { readonly kind: "out-of-time"; readonly limitMs: number }
  | { readonly kind: "boot"; readonly end: BootEnd; readonly told: Told }
  | { readonly kind: "late"; readonly told: Told }
  | {
      readonly kind: "unhealthy";
      /** What was asked; null: nothing could be. */
      readonly address: string | null;
      readonly path: string;
      readonly problem: HealthProblem;
      readonly told: Told;
    }
  | {
      readonly kind: "not-asked";
      readonly why: "cancelled" | "key-rejected" | "brake" | "run-refused";
      readonly fault: Fault | null;
    }
  /** More than an input allows. */
  | {
      readonly kind: "limit";
      readonly input: "max_deletions" | "max_instances";
      readonly most: number;
      readonly would: number;
    }
  /** What was named exactly is not there, or belongs to another app. */
  | {
      readonly kind: "not-found";
      readonly input: "vm_uuids" | "keep" | "name" | "source" | "selection" | "compose_hash";
      readonly missing: readonly string[];
      readonly elsewhere: readonly { readonly uuid: string; readonly appId: string | null }[];
    }
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
  /** Instances that are not proven to be genuine and as wanted. */
  | {
      readonly kind: "unverified";
      readonly entries: readonly Attested[];
      /** Of so many. */
      readonly of: number;
      /** It is the source, which others were to be compared with. */
      readonly source: boolean;
    }
  /** The runner does not tell what a question to GitHub needs. */
  | { readonly kind: "github"; readonly problem: string }
  | {
      readonly kind: "internal";
      readonly what: "bug" | "outputs" | "state";
      /** An error's name and message, cleaned. */
      readonly detail: string;
    };

export type TroubleKind = Trouble["kind"];

/** `ERR-…`, `HTTP-nnn`, `NETWORK` or `TIMEOUT`. */
export function codeOfFault(fault: Fault): string {
  if (fault.kind === "network") return fault.network === "timeout" ? "TIMEOUT" : "NETWORK";
  if (fault.kind === "unreadable") return `HTTP-${fault.status}`;
  return fault.errorCode ?? `HTTP-${fault.status}`;
}

/** The output `error_code`; empty for what is no failure of its own. */
export function codeOf(trouble: Trouble): string {
  switch (trouble.kind) {
    case "inputs":
    case "misfit":
    case "github":
      return "INPUT";
    case "request":
    case "refused":
      return codeOfFault(trouble.fault);
    case "ambiguous":
    case "unseen":
      return "AMBIGUOUS";
    case "made-by-prepare":
      return "HTTP-200";
    case "approval":
      return APPROVAL_CODE;
    case "rejected":
      return "REJECTED";
    case "chain":
      return "CHAIN";
    case "boot":
      return "BOOT";
    case "late":
      return "TIMEOUT";
    case "unhealthy":
      return "UNHEALTHY";
    case "not-asked":
      return "";
    case "limit":
      return "LIMIT";
    case "not-found":
      return "NOT_FOUND";
    case "kept":
      return "KEPT";
    case "update":
      return codeOfUpdate(trouble.end);
    case "out-of-time":
      return "TIMEOUT";
    case "survived":
      return trouble.fault === null ? "TIMEOUT" : codeOfFault(trouble.fault);
    case "unverified":
      return "UNVERIFIED";
    case "internal":
      return "INTERNAL";
  }
}

function codeOfUpdate(end: UpdateEnd): string {
  switch (end.why) {
    case "refused":
    case "unsettled":
      return codeOfFault(end.fault);
    case "status":
    case "vanished":
      return "BOOT";
    case "late":
      return "TIMEOUT";
    case "unhealthy":
      return "UNHEALTHY";
    case "no-url":
      return "NO_URL";
    case "unverified":
      return "UNVERIFIED";
    case "overtaken":
      return "MISMATCH";
    case "no-revision":
      return "NOT_FOUND";
  }
}
