/**
 * What happens in a run, as facts: saved first, told second, and never taken back. Everything that is
 * known of a replica is a fold over its facts (`replica.ts`); whatever post, the outputs and the summary say
 * is read from there.
 *
 * Secrets have no field here: not the API key, nor `encrypted_env`, nor the commit token.
 */
import type { SavedTransaction } from "../chain/trouble.ts";
import type { Fault } from "../net/fault.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { BootStatus } from "../phala/status.ts";
import type { Vm } from "../phala/vm.ts";
import type { Attested } from "./attested.ts";
import type { Note } from "./note.ts";
import type {
  ApprovalNeed,
  Ident,
  Place,
  ReplicaKey,
  Slot,
  SparedWhy,
  Stage,
  Via,
} from "./terms.ts";
import type { Doing, Trouble } from "./trouble.ts";

export type { Note } from "./note.ts";

export type CommandName = "create" | "delete" | "rollout" | "verify";

export const CLEANUP_MODES = ["never", "on_failure", "on_job_failure", "always"] as const;
export type CleanupMode = (typeof CLEANUP_MODES)[number];

/** A fact of the run as a whole. */
export type RunFact =
  | {
      readonly fact: "began";
      readonly command: CommandName;
      readonly apiUrl: string;
      readonly appId: string;
      /** The source CVM's UUID. */
      readonly source: string | null;
      readonly requestTimeoutMs: number;
      readonly cleanup: CleanupMode;
      /** The workflow's word that nothing else creates instances of this app meanwhile. */
      readonly exclusive: boolean;
      /** When the platform shall delete each replica, in ms after its creation; null: not asked for. */
      readonly ttlMs: number | null;
      readonly summary: boolean;
    }
  | {
      readonly fact: "surveyed";
      /** What was there before, by `cvmKeys`; null: the list could not be read. */
      readonly known: readonly string[] | null;
      /** The server's clock minus ours, in ms; null where it does not tell. */
      readonly clockOffsetMs: number | null;
      readonly workspaceSlug: string | null;
    }
  | { readonly fact: "noted"; readonly note: Note }
  | {
      readonly fact: "retrying";
      readonly doing: Doing;
      readonly fault: Fault;
      readonly waitMs: number;
      /** The number of the try that follows. */
      readonly next: number;
    }
  | {
      readonly fact: "waiting";
      readonly what: "serving" | "absence" | "attestation";
      readonly keys: readonly ReplicaKey[];
      readonly total: number;
      readonly sinceMs: number;
      readonly limitMs: number;
    }
  /** Whether an approval on chain is waited for from now on. */
  | { readonly fact: "approving"; readonly waits: boolean }
  /** Its bytes leave now; whether it gets into a block is the chain's to say. */
  | { readonly fact: "signed"; readonly signed: SavedTransaction }
  | {
      readonly fact: "ended";
      readonly outcome: string;
      /** Whether something of this run's own failed, and not only what was there before; null: not told. */
      readonly ownFailure: boolean | null;
    };

/** A fact of one replica. */
export type ReplicaFact = { readonly replica: ReplicaKey } & (
  | { readonly fact: "found"; readonly ident: Ident; readonly cvm: Cvm | null }
  /** It is asked for so from now on. */
  | { readonly fact: "planned"; readonly slot: Slot }
  | { readonly fact: "skipped"; readonly trouble: Trouble }
  /** A request that may make it leaves now; `attempt` counts from 1, anew where it is asked for once more. */
  | { readonly fact: "asking"; readonly via: Via; readonly attempt: number; readonly place: Place }
  /** The last try may have made it, though no answer says so. */
  | { readonly fact: "lost"; readonly fault: Fault }
  /** No try so far has made it, for certain; it may be asked for again. */
  | { readonly fact: "unmade" }
  /**
   * Another try settled the request than those that may have made one: what they made may come to light yet.
   * `nextAt` is when that try was sent, our clock, ms since the epoch.
   */
  | { readonly fact: "overtaken"; readonly nextAt: number }
  | { readonly fact: "refused"; readonly trouble: Trouble }
  | { readonly fact: "searched"; readonly trouble: Trouble }
  | { readonly fact: "approval"; readonly need: ApprovalNeed; readonly trouble: Trouble | null }
  | { readonly fact: "created"; readonly ident: Ident; readonly vm: Vm | null }
  | { readonly fact: "located"; readonly ident: Ident; readonly cvm: Cvm | null }
  | {
      readonly fact: "adopted";
      readonly ident: Ident;
      readonly cvm: Cvm | null;
      readonly proof: "name" | "elimination";
    }
  /** When its `ttl` is to end it; `until` as in `limited`. */
  | { readonly fact: "ending"; readonly until: number }
  /** The platform knows when it ends: `until`, ms since the epoch, by the server's clock. */
  | { readonly fact: "limited"; readonly until: number }
  | { readonly fact: "seen"; readonly cvm: Cvm | null; readonly status: BootStatus }
  | { readonly fact: "reached"; readonly stage: Stage; readonly url: string | null }
  /** Its attestation is asked for. */
  | { readonly fact: "verifying" }
  /** What its attestation showed, good or not. */
  | { readonly fact: "attested"; readonly attested: Attested }
  | {
      readonly fact: "failed";
      readonly during: "making" | "limiting" | "following" | "updating" | "going-back" | "retiring";
      readonly trouble: Trouble;
    }
  | {
      readonly fact: "updating";
      readonly from: string | null;
      readonly to: string;
      readonly back: boolean;
    }
  /** The first look since the update was asked for that shows it not serving. */
  | { readonly fact: "away" }
  | { readonly fact: "updated"; readonly to: string }
  /** Its update was certainly not begun, and is not asked for any more. */
  | { readonly fact: "withdrawn" }
  /** Green all the same. */
  | { readonly fact: "warned"; readonly trouble: Trouble }
  | {
      readonly fact: "spared";
      readonly why: SparedWhy;
    }
  | { readonly fact: "deleting"; readonly attempt: number }
  /** The API took the request to delete it, or knows nothing of it. */
  | { readonly fact: "accepted" }
  /** The API has begun with it, and nobody waits until it is gone. */
  | { readonly fact: "begun" }
  | { readonly fact: "deleted" }
  | { readonly fact: "vanished" }
);

/** A fact as it is appended; the ledger stamps `at`: our clock, ms since the epoch. */
export type NewFact = RunFact | ReplicaFact;
export type Fact = { readonly at: number } & NewFact;

/** Whether it is a fact of one replica. */
export function isReplicaFact(fact: NewFact): fact is ReplicaFact {
  return "replica" in fact;
}
