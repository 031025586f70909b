import type { Attested } from "../ledger/attested.ts";
import { NOBODY } from "../ledger/replica.ts";
import type { Ident } from "../ledger/terms.ts";
import type { Trouble } from "../ledger/trouble.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { Vm } from "../phala/vm.ts";
import { oneLine } from "../text/clean.ts";
import type { AttemptRecord } from "./state.ts";

/** A node as the requests will name it; without a number it is the platform's choice. */
export interface Place {
  readonly id: number | null;
  readonly name: string | null;
}

/** One create request to come: where the replica goes and what it carries. */
export interface Slot {
  readonly index: number;
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
  readonly or?: readonly Place[];
}

/** When it happened, in ms since the epoch by our clock; for the summary's timeline. */
export interface Times {
  sent?: number;
  made?: number;
  running?: number;
  healthy?: number;
  /** When its attestation was first asked for. */
  verifying?: number;
  verified?: number;
  /** When it was given up. */
  failed?: number;
}

/**
 * One replica through the run: what was asked, what came of it. The one mutable thing in the logic; it is
 * changed by create, ttl, wait and health in this order, and everything reported is read from it.
 */
export interface Replica {
  /** With the node of its last request, of several alternatives. */
  slot: Slot | null;
  /** What happened at creation; a later failure is in `trouble`. */
  origin: "created" | "adopted" | "existing" | "none";
  /** Adopted because it bears the name that was asked for, which nothing did before. */
  byName: boolean;
  /** The create answer; null for an adopted or existing one. */
  vm: Vm | null;
  /** The CVM as it was last read; null before the first read. */
  cvm: Cvm | null;
  /** Newer than `cvm` where a look told only the status. */
  status: string | null;
  trouble: Trouble | null;
  /** It was there, and somebody deleted it. */
  gone: boolean;
  /** When its `ttl` ends it, by the platform's clock, ms since the epoch; null: none, or not known. */
  endsAt: number | null;
  /** The platform knows of that end. */
  ttlSet: boolean;
  /** What its attestation showed; null: nobody verified it. */
  attested: Attested | null;
  /** What the state holds of its request. */
  attempt: AttemptRecord | null;
  readonly times: Times;
}

export function newReplica(slot: Slot | null): Replica {
  return {
    slot,
    origin: "none",
    byName: false,
    vm: null,
    cvm: null,
    status: null,
    trouble: null,
    gone: false,
    endsAt: null,
    ttlSet: false,
    attested: null,
    attempt: null,
    times: {},
  };
}

/** Its UUID, dashed; null where it has none or was never made. */
export function uuidOf(replica: Replica): string | null {
  return replica.cvm?.vmUuid ?? replica.vm?.vmUuid ?? null;
}

/** What people call it, fit for printing. */
export function nameOf(replica: Replica): string {
  const made =
    replica.cvm?.name ?? replica.vm?.name ?? uuidOf(replica) ?? replica.slot?.name ?? null;
  return made === null ? `replica ${(replica.slot?.index ?? 0) + 1}` : oneLine(made, 80);
}

/** Whether a billed CVM stands behind it, as far as is known. */
export function exists(replica: Replica): boolean {
  return replica.origin !== "none";
}

/** Whether this run brought it about. */
export function isOurs({ origin }: Replica): boolean {
  return origin === "created" || origin === "adopted";
}

/** Whether this run made something that somebody pays for by now. */
export function isBilled(replica: Replica): boolean {
  return isOurs(replica) && !replica.gone;
}

/** Where it is, as far as the answers or the request tell. */
export function nodeOf({ vm, cvm, slot }: Replica): {
  readonly id: number | null;
  readonly name: string | null;
} {
  return {
    id: vm?.teepodId ?? cvm?.nodeId ?? slot?.nodeId ?? null,
    name: vm?.teepodName ?? cvm?.nodeName ?? slot?.nodeName ?? null,
  };
}

/** As the API last told it; empty where it never did. */
export function currentStatus(replica: Replica): string {
  return replica.status ?? replica.cvm?.status ?? replica.vm?.status ?? "";
}

/** Who it is, as far as the answers tell; by the name that people call it. */
export function whoIs(replica: Replica): Ident {
  const { vm, cvm } = replica;
  return {
    ...NOBODY,
    uuid: uuidOf(replica),
    name: nameOf(replica),
    nodeId: vm?.teepodId ?? cvm?.nodeId ?? null,
    nodeName: vm?.teepodName ?? cvm?.nodeName ?? null,
  };
}
