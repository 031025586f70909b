/** What troubles are made of: what was searched, what does not fit, how it ended. */
import type { Fault } from "../net/fault.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { PhalaNode } from "../phala/nodes.ts";
import type { BootStatus } from "../phala/status.ts";
import type { Attested } from "./attested.ts";
import type { Doing } from "./doing.ts";
import type { HealthProblem, Ident } from "./terms.ts";

/** What the search for the replica of a lost answer showed. */
export type Searched =
  /** Nothing that fits, for so long. */
  | { readonly found: "nothing"; readonly forMs: number }
  /** One that fits, but not in two looks in a row; it is not touched. */
  | { readonly found: "one-once"; readonly cvms: readonly Ident[] }
  /** One that can't be ours: a prepare makes none. */
  | { readonly found: "one-not-ours"; readonly cvms: readonly Ident[] }
  | { readonly found: "several"; readonly cvms: readonly Ident[] }
  /** New ones that fit, and tell a time of creation a little before the request; none is touched. */
  | { readonly found: "older"; readonly cvms: readonly Ident[] }
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
  /** The source that was given is none of the app's CVMs. */
  | {
      readonly input: "vm_uuid";
      readonly why: "not-of-the-app";
      readonly uuid: string;
      readonly appId: string;
      readonly found: number;
    }
  /** None was given, and none of these will do. */
  | {
      readonly input: "vm_uuid";
      readonly why: "none-runs";
      readonly composeHash: string | null;
      readonly there: readonly Cvm[];
    }
  | { readonly input: "app_id"; readonly why: "not-told" | "no-instance" }
  /** The source can't show what replicas have to equal. */
  | { readonly input: "verify"; readonly status: string }
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
      /** It answered as it should, and did not for so long as `health_for` wants; left out: it never did. Ms. */
      readonly heldMs?: number;
    }
  | { readonly why: "no-url" }
  /** It has no endpoint on the port that was asked for. */
  | {
      readonly why: "no-port";
      readonly port: number;
      readonly ports: readonly (number | null)[];
    }
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
  /** Not one look came through. */
  readonly never: boolean;
  readonly elapsedMs: number;
}

/** For how long an approval was waited for, in ms. `ours`: it is registered by us, and the API did not see it. */
export interface ApprovalWait {
  readonly ms: number;
  readonly ours: boolean;
}
