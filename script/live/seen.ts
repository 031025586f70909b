/** What a live run has seen, as data: what the report is made of. */
import type { Read } from "./api.ts";
import type { Deletion, Look } from "./watch.ts";

/** Times in ms, money in USD. */
export interface Seen {
  /** Why the run stopped before it created anything; null where it went on. */
  readonly stopped: string | null;
  readonly dryRun: { readonly exitCode: number | null; readonly outcome: string } | null;
  readonly main: {
    readonly exitCode: number | null;
    readonly outputs: Readonly<Record<string, string>>;
  } | null;
  /** The name that was asked for; null where the action takes none yet. */
  readonly name: string | null;
  /** Of the replica, while the action's main process ran. */
  readonly looks: readonly Look[];
  readonly reads: ReadonlyMap<string, Read>;
  /** When the attestation first told the instance id, since the step ended; null: not within the patience. */
  readonly attestedMs: number | null;
  readonly post: { readonly exitCode: number | null } | null;
  readonly deletion: Deletion | null;
  /** The usage after the deletion. */
  readonly usage: Read | null;
  readonly price: number | null;
  /** From the start of main to the end of the deletion. */
  readonly livedMs: number | null;
}
