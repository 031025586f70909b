/**
 * Why nothing was registered, as data: `report/` puts it into words. Plain JSON, so that it can be saved:
 * amounts are decimal texts of wei, addresses and hashes lower-case hex with `0x`. No case has a field for
 * the key, the signed bytes or the RPC's address.
 */
import type { Fault } from "../net/fault.ts";

/** The two things that can be registered, in the order in which they are. */
export type What = "device" | "compose-hash";

/** A transaction of ours, as it is saved before its bytes leave. */
export interface SavedTransaction {
  readonly what: What;
  /** Its hash. */
  readonly transaction: string;
  readonly nonce: number;
}

/** Refused by us before anything is sent (`REJECTED`). */
export type Rejected =
  /** Null: the API does not tell the app's chain. */
  | { readonly why: "other-chain"; readonly app: number | null; readonly rpc: number | null }
  /** Nothing at the contract's address answers like one. */
  | { readonly why: "no-contract"; readonly contract: string }
  /** Null: the contract does not tell. */
  | { readonly why: "not-owner"; readonly signer: string; readonly owner: string | null }
  /** Another device than the one that was reviewed. */
  | { readonly why: "other-device"; readonly reviewed: string; readonly told: string }
  /** Another revision than the one that was reviewed. */
  | { readonly why: "other-hash"; readonly reviewed: string; readonly told: string }
  /** `least`: what the transaction needs now, gas times price. */
  | { readonly why: "fee"; readonly what: What; readonly least: string; readonly most: string }
  | { readonly why: "funds"; readonly what: What; readonly least: string; readonly has: string };

/** Why a contract refuses a call. */
export type Revert =
  | { readonly error: "not-owner"; readonly account: string }
  /** The contract's own words; redacted and cut, not yet fit for Markdown. */
  | { readonly error: "text"; readonly text: string }
  | { readonly error: "panic"; readonly code: string }
  | { readonly error: "out-of-gas" }
  /** An error that we don't know, by its selector. */
  | { readonly error: "other"; readonly selector: string }
  | { readonly error: "unknown" };

/** The RPC answered with an error of JSON-RPC. */
export interface RpcError {
  readonly kind: "rpc";
  readonly code: number;
  /** Redacted and cut, not yet fit for Markdown. */
  readonly message: string;
  /** What the error carries besides, where it is bytes: of a revert, its reason. */
  readonly data: string | null;
}

export type RpcFault = Fault | RpcError;

/** What went wrong on the chain or on the way to it (`CHAIN`). */
export type ChainProblem =
  /** The RPC fails, after all tries. */
  | { readonly why: "rpc"; readonly method: string; readonly fault: RpcFault }
  /** The contract refuses; `transaction` null: so says the estimate, and nothing was sent. */
  | {
      readonly why: "reverted";
      readonly what: What;
      readonly transaction: string | null;
      readonly revert: Revert;
    }
  /** The node does not take the transaction. */
  | { readonly why: "not-taken"; readonly what: What; readonly fault: RpcFault }
  /** Taken, and in no block for this long; it still may get into one. */
  | { readonly why: "not-mined"; readonly transaction: string; readonly waitedMs: number }
  /** Another transaction of the signer is pending for this long; nothing was signed after it. */
  | { readonly why: "pending"; readonly nonce: number; readonly waitedMs: number }
  /** Other transactions of the signer took the nonce of ours, time and again. */
  | { readonly why: "nonce-taken"; readonly what: What; readonly nonce: number }
  /** In a block, and the contract does not show it. */
  | { readonly why: "no-effect"; readonly transaction: string };

/** The kinds of design's `Trouble` that this room makes. */
export type ChainTrouble =
  | ({ readonly kind: "rejected" } & Rejected)
  | ({ readonly kind: "chain" } & ChainProblem);
