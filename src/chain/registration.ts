/** What `register` takes, tells on the way and brings back. */
import type { PrivateKey } from "../text/private-key.ts";
import type { RpcEdges } from "./rpc.ts";
import type { ChainTrouble, RpcFault, SavedTransaction } from "./trouble.ts";

/** What is to be registered, by whom, and for how much. Hex digits lower-case, without `0x`. */
export interface Order {
  /** The app's id, which is its contract's address (API facts, "Chain"): 40 digits. */
  readonly appId: string;
  /** The app's chain, as the API tells it; null where it does not. */
  readonly chainId: number | null;
  /** 64 digits. */
  readonly composeHash: string;
  /** 64 digits; null where the approval names no device: then the compose hash alone is registered. */
  readonly deviceId: string | null;
  readonly key: PrivateKey;
  /** The most that one transaction may cost, gas times price, in wei. */
  readonly maxFee: bigint;
}

export interface RegisterEdges extends Omit<RpcEdges, "onRetry"> {
  /** Called, and to be kept for good, before a transaction's bytes leave. What it throws stops all. */
  readonly save: (saved: SavedTransaction) => void;
  readonly tell: (event: RegisterEvent) => void;
}

/** For the log. */
export type RegisterEvent =
  | {
      readonly event: "retrying";
      readonly method: string;
      readonly fault: RpcFault;
      readonly waitMs: number;
    }
  /** Others of the signer are pending; told once. */
  | { readonly event: "waiting"; readonly nonce: number }
  /** `again`: the same bytes, after a lost answer or after a while. */
  | ({ readonly event: "sent"; readonly again: boolean } & SavedTransaction)
  | ({ readonly event: "registered" } & SavedTransaction);

export type Registration =
  /** The contract allows all. `transaction`: ours that registered the compose hash; null: it needed none of ours. */
  | {
      readonly end: "allowed";
      readonly transaction: string | null;
      readonly sent: readonly SavedTransaction[];
    }
  | {
      readonly end: "failed";
      readonly trouble: ChainTrouble;
      readonly sent: readonly SavedTransaction[];
    }
  | { readonly end: "cancelled"; readonly sent: readonly SavedTransaction[] };
