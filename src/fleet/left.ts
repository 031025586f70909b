/** What the main step of a create left behind for its post, which the runner starts even after main was killed. */
import type { SavedTransaction } from "../chain/trouble.ts";
import { readBack } from "../ledger/read-back.ts";
import { blankReplica, type Replica } from "../ledger/replica.ts";
import type { Began } from "../ledger/run-so-far.ts";
import { type Ident, MOST_REPLICAS, type ReplicaKey } from "../ledger/terms.ts";
import { sameName } from "../phala/names.ts";
import { oneLine } from "../text/clean.ts";

export interface Left {
  readonly began: Began;
  /** What was there before the first request, by `cvmKeys`; null: the list could not be read. */
  readonly known: readonly string[] | null;
  /** The server's clock minus ours, in ms; null where the server does not tell. */
  readonly clockOffsetMs: number | null;
  readonly workspaceSlug: string | null;
  /** What this step asked for. */
  readonly replicas: readonly Replica[];
  /** The outcome that main ended with; null: it was killed before it could say. */
  readonly outcome: string | null;
  /** Whether something of this run's own failed; null: not told. */
  readonly ownFailure: boolean | null;
  /** The job failed or was cancelled by its end; left out: not told. */
  readonly jobFailed?: boolean;
  /** It waited for an approval when it was last heard of. */
  readonly waits: boolean;
  /** What it signed, each saved before its bytes left; whether it got into a block is the chain's to say. */
  readonly transactions: readonly SavedTransaction[];
}

/** What main saved, or null where there is no record of it. */
export function readLeft(state: Readonly<Record<string, string>>): Left | null {
  const pages = readBack(state);
  if (pages?.run.began?.command !== "create") return null;
  const { began, surveyed, outcome, ownFailure, approving, signed } = pages.run;
  return {
    began,
    known: surveyed?.known ?? null,
    clockOffsetMs: surveyed?.clockOffsetMs ?? null,
    workspaceSlug: surveyed?.workspaceSlug ?? null,
    replicas: pages.replicas
      .filter(({ slot }) => slot !== null)
      .map((replica) => ({ ...replica, ident: named(replica.ident) })),
    outcome,
    ownFailure,
    waits: approving,
    transactions: signed,
  };
}

/** By the name that people are told: its UUID where it has none. */
export function named(ident: Ident): Ident {
  const name = ident.name ?? ident.uuid;
  return { ...ident, name: name === null ? null : oneLine(name, 80) };
}

/** A request whose replica is looked for. */
export interface Sought {
  /** Of an earlier try one of its own, which has a replica of its own. */
  readonly replica: Replica;
  /** When the try was sent that settled the request in its place, our clock; null: there is none. */
  readonly nextAt: number | null;
  /**
   * What has the name that this try asked for: so long the API refuses it, and it can make something only once
   * that is gone. Null: nothing keeps it from having made one.
   */
  readonly heldBy: ReplicaKey | null;
}

/** Tries that another one has overtaken, each with the replica that it may have made. */
export function earlierTries({ replicas }: Pick<Left, "replicas">): readonly Sought[] {
  return replicas.flatMap((replica) =>
    replica.earlier.map(({ since, nextAt }, n) => ({
      replica: apart(replica, since, n),
      nextAt,
      heldBy: bearsItsName(replica) ? replica.key : null,
    })),
  );
}

/** It was made under the name that was asked for, and such a name is good for one CVM (API facts, 9). */
function bearsItsName({ slot, ident }: Replica): boolean {
  return slot?.name !== undefined && sameName(ident.name, slot.name);
}

/** What a request's earlier try may have made, under a key that no wish of a run has. */
function apart(replica: Replica, since: number, n: number): Replica {
  const index = replica.slot?.index ?? 0;
  const key: ReplicaKey = `new-${(n + 1) * MOST_REPLICAS + index}`;
  return { ...blankReplica(key), slot: replica.slot, fate: "unknown", since, doubted: true };
}
