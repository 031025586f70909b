/**
 * A replica as its facts tell it. Nothing writes to one (`fold.ts` makes the next from the last); what main,
 * post, the outputs, the summary and the tests know of a replica is this and nothing else.
 */
import type { Fault } from "../net/fault.ts";
import { type Cvm, cvmKey } from "../phala/cvm.ts";
import type { Vm } from "../phala/vm.ts";
import type { Attested } from "./attested.ts";
import type { ApprovalNeed, Ident, Place, ReplicaKey, Slot, SparedWhy, Via } from "./terms.ts";
import type { Trouble } from "./trouble.ts";

/** One request that may have made it. */
export interface Try {
  /** Ms since the epoch, our clock. */
  readonly at: number;
  readonly via: Via;
  readonly place: Place;
  /** What came instead of an answer, or of a success; null: nothing yet, or a success. */
  readonly fault: Fault | null;
}

/** Tries of its request that may have made another one, which no look has shown. Our clock, ms since the epoch. */
export interface Doubt {
  /** When the first of them was sent. */
  readonly since: number;
  /** When the try was sent that settled the request in their place. */
  readonly nextAt: number;
}

/** When what happened, in ms since the epoch by our clock. */
export interface Times {
  readonly sent?: number;
  readonly made?: number;
  readonly running?: number;
  readonly addressed?: number;
  readonly healthy?: number;
  /** When its attestation was first asked for. */
  readonly verifying?: number;
  readonly verified?: number;
  /** When it was given up. */
  readonly failed?: number;
  /** Of an update: first seen not serving, and serving on the revision. */
  readonly away?: number;
  readonly updated?: number;
  readonly backSent?: number;
  readonly backDone?: number;
}

export interface Replica {
  readonly key: ReplicaKey;
  /** Null: it was there before. */
  readonly slot: Slot | null;
  readonly ident: Ident;
  readonly origin: "none" | "created" | "adopted" | "existing";
  /** What says that it is ours. */
  readonly proof: "answer" | "name" | "elimination" | null;
  /**
   * `unasked`: no request; `open`: one is under way, or its answer is not settled; `nothing`: none was made for
   * certain; `unknown`: nobody can say; `there`; `going`: its deletion was asked for; `gone`.
   */
  readonly fate: "unasked" | "open" | "nothing" | "there" | "unknown" | "going" | "gone";
  readonly goneBy: "us" | "somebody" | null;
  /** The API has begun to delete it, and nobody waits for more. */
  readonly begun: boolean;
  readonly tries: readonly Try[];
  /**
   * Nothing made before it is ours: when the first try was sent that may have made it, our clock, ms since the
   * epoch.
   */
  readonly since: number | null;
  /** A try is known that may have made it, though no look has shown that. */
  readonly doubted: boolean;
  readonly earlier: readonly Doubt[];
  /** The create answer; null in post. */
  readonly vm: Vm | null;
  /** The row as it was last read; null in post. */
  readonly cvm: Cvm | null;
  /** Newer than `cvm` where a look told only the status. */
  readonly status: string | null;
  /** The first since it was asked for or updated. */
  readonly trouble: Trouble | null;
  readonly warnings: readonly Trouble[];
  readonly need: ApprovalNeed | null;
  /** When its `ttl` is to end it, as `until`; null: none, or not worked out yet. */
  readonly endsAt: number | null;
  /** When the platform deletes it, ms since the epoch by the server's clock; null: not set. */
  readonly until: number | null;
  readonly revision: {
    readonly from: string | null;
    readonly to: string;
    readonly done: boolean;
    /** Whether it was brought back to `from`. */
    readonly back: "asked" | "done" | "failed" | null;
    readonly backTrouble: Trouble | null;
  } | null;
  readonly spared: SparedWhy | null;
  /** Null: nobody verified it. */
  readonly attested: Attested | null;
  readonly times: Times;
}

export const NOBODY: Ident = {
  id: null,
  uuid: null,
  name: null,
  nodeId: null,
  nodeName: null,
  instanceId: null,
  url: null,
};

/** A replica of which nothing is known yet. */
export function blankReplica(key: ReplicaKey): Replica {
  return {
    key,
    slot: null,
    ident: NOBODY,
    origin: "none",
    proof: null,
    fate: "unasked",
    goneBy: null,
    begun: false,
    tries: [],
    since: null,
    doubted: false,
    earlier: [],
    vm: null,
    cvm: null,
    status: null,
    trouble: null,
    warnings: [],
    need: null,
    endsAt: null,
    until: null,
    revision: null,
    spared: null,
    attested: null,
    times: {},
  };
}

/** The key of one that was there before. */
export function keyOfCvm(cvm: Cvm): ReplicaKey {
  return `cvm-${cvmKey(cvm)}`;
}

/** The fact that one was there before. */
export function wasFound(cvm: Cvm) {
  return { replica: keyOfCvm(cvm), fact: "found", ident: identOf(cvm), cvm } as const;
}

/** Who a row is. */
export function identOf(cvm: Cvm): Ident {
  return {
    id: cvm.id,
    uuid: cvm.vmUuid,
    name: cvm.name,
    nodeId: cvm.nodeId,
    nodeName: cvm.nodeName,
    instanceId: cvm.instanceId,
    url: cvm.instanceUrl,
  };
}

/** Who an answer says it made. */
export function identOfVm(vm: Vm): Ident {
  return {
    id: vm.id,
    uuid: vm.vmUuid,
    name: vm.name,
    nodeId: vm.teepodId,
    nodeName: vm.teepodName,
    instanceId: vm.instanceId,
    url: null,
  };
}

/** Whether this run brought it about. */
export function isOurs({ origin }: Pick<Replica, "origin">): boolean {
  return origin === "created" || origin === "adopted";
}

/** Whether this run made something that somebody pays for by now. */
export function isBilled(replica: Pick<Replica, "origin" | "fate">): boolean {
  return isOurs(replica) && replica.fate !== "gone";
}

/** Whether a CVM stands behind it, as far as is known. */
export function exists({ origin }: Pick<Replica, "origin">): boolean {
  return origin !== "none";
}

/** Whether this run deleted it: seen to be gone, or, where nobody waits, the API has begun with it. */
export function isDeleted({ fate, goneBy, begun }: Replica): boolean {
  return (fate === "gone" && goneBy === "us") || begun;
}
