/** The words in which facts and troubles speak of replicas. */
import type { Fault } from "../net/fault.ts";
import type { JsonObject } from "../text/json.ts";

/** A wish of this run, in their order; or what was there before, by its `cvmKey`. */
export type ReplicaKey = `new-${number}` | `cvm-${string}`;

/** Where a replica is asked for; all null: the platform's choice. */
export interface Place {
  readonly nodeId: number | null;
  /** As the user or the API names the node; null where only the number is known. */
  readonly name: string | null;
}

/** A node that will do; without a number it is the platform's choice. */
export interface NodeWish {
  readonly id: number | null;
  readonly name: string | null;
}

/** One replica that is wanted: where it goes and what it carries. */
export interface Slot {
  /** From 0, in the order of the requests. */
  readonly index: number;
  /** Where it is asked for, of several alternatives by the last request. */
  readonly nodeId: number | null;
  /** As the user named it, for people; null where only the number is known. */
  readonly nodeName: string | null;
  /** Sent with the request; null: left out. */
  readonly composeHash: string | null;
  /** What a replica of this request would carry, sent or not; null: not known. */
  readonly expectedHash: string | null;
  /** The name that it is asked for by; left out: the platform names it. */
  readonly name?: string;
  /** Where else it may go, in order; left out: nowhere. */
  readonly or?: readonly NodeWish[];
}

/** Who a replica is: what the state keeps of a row or an answer. */
export interface Ident {
  readonly id: number | string | null;
  /** Dashed and lower-case. */
  readonly uuid: string | null;
  /** As the API tells it, one line. */
  readonly name: string | null;
  readonly nodeId: number | null;
  readonly nodeName: string | null;
  readonly instanceId: string | null;
  /** Reaches this replica alone. */
  readonly url: string | null;
}

/** What a request is that may make a replica. */
export type Via = "create" | "prepare" | "commit";

/** What a replica is waited for, in any order. */
export type Stage = "running" | "addressed" | "healthy" | "verified";

/** What has to be registered on chain, as far as it may be shown: a 465 without its token and addresses. */
export interface ApprovalNeed {
  readonly message: string | null;
  readonly composeHash: string | null;
  readonly appId: string | null;
  readonly deviceId: string | null;
  readonly kmsInfo: JsonObject | null;
  readonly onchainStatus: JsonObject | null;
  readonly hasToken: boolean;
}

/** What was wrong with a health check's answer. */
export type HealthProblem =
  | { readonly got: "status"; readonly status: number; readonly body: string }
  | { readonly got: "fault"; readonly fault: Fault }
  /** A 2xx whose body does not hold the text that `health_expect` names. */
  | {
      readonly got: "other-text";
      readonly status: number;
      readonly expected: string;
      readonly body: string;
    }
  | { readonly got: "no-usable-url" | "unasked" }
  /** All is well with it, and has not been for as long as it must be. */
  | { readonly got: "holding" };

/** Why a CVM that was selected stays. */
export const SPARED_WHYS = [
  "last-running",
  "keep",
  "leave",
  "limit",
  "changed",
  "too-new",
  "no-date",
  "no-uuid",
  "in-progress",
  "stopped",
  "not-running",
  "unproven",
] as const;
export type SparedWhy = (typeof SPARED_WHYS)[number];

/** Of one run, and what `instances` may say: a slip of the finger must not order a thousand billed CVMs. */
export const MOST_REPLICAS = 100;

/** In what a replica differs from its request. */
export interface Difference {
  readonly what: "revision" | "node";
  readonly asked: string;
  readonly found: string;
}

/** Why a running replica has no URL of its own. */
export interface NoUrl {
  /** What could not be found out, so that the rest could not either. */
  readonly lacks: "row" | "instance-id" | "endpoint" | "gateway";
  /** Why the last reads failed; null: they did not. */
  readonly fault: Fault | null;
}

/** How a step whose end is unclear can be run again without paying twice. */
export type Rerun =
  /** With `instances` in place of `count`: this many, the source included. */
  | { readonly kind: "instances"; readonly instances: number }
  /** As it is: it looks for the names first. */
  | { readonly kind: "names" }
  /** With the same commit token. */
  | { readonly kind: "token" }
  | { readonly kind: "prepare" }
  /** What is there could not be counted before, so it may not be countable then. */
  | { readonly kind: "blind" };
