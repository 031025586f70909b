/**
 * The saved form of a ledger, version 3: what the runner keeps of the main step, for post. Ids, times and
 * words of our own only: no secret has a field. `read-back.ts` reads it.
 */
import { oneLine } from "../text/clean.ts";
import type { Pen } from "./ledger.ts";
import type { Replica } from "./replica.ts";
import type { RunSoFar } from "./run-so-far.ts";
import type { Ident, Slot } from "./terms.ts";

export const VERSION = 3;
export const RUN = "run";
export const KNOWN = "known_";
export const REPLICA = "replica_";

/**
 * The state reaches post as environment variables, which Windows bounds to 32 Ki characters each, Linux to
 * 128 KiB: beyond that post could not be started. A key has some 40 characters.
 */
export const KEYS_A_PART = 500;
/** The API's names are short (API facts, "Identifiers"); a server's text may not be. Characters. */
const LONGEST_TEXT = 200;
/** A request has few of them: each takes a lost answer, and another one. */
const MOST_EARLIER = 20;

/** Writes a ledger by a runner's `saveState`. */
export function penOf(saveState: (name: string, value: string) => void): Pen {
  let known: readonly string[] | null = null;
  return {
    run(run) {
      const now = run.surveyed?.known ?? null;
      if (now !== known) saveKnown(saveState, now ?? []);
      known = now;
      // Last: where it is, the rest is there too.
      saveState(RUN, JSON.stringify(runRecord(run)));
    },
    // One key a replica, so that fifty of them don't write fifty growing copies of everything.
    replica: (index, replica) => saveState(REPLICA + index, JSON.stringify(replicaRecord(replica))),
  };
}

function saveKnown(
  saveState: (name: string, value: string) => void,
  keys: readonly string[],
): void {
  for (let from = 0; from < keys.length; from += KEYS_A_PART) {
    saveState(KNOWN + from / KEYS_A_PART, JSON.stringify(keys.slice(from, from + KEYS_A_PART)));
  }
}

function runRecord(run: RunSoFar): unknown {
  const { began, surveyed, approving, signed, outcome, ownFailure } = run;
  return {
    v: VERSION,
    began,
    surveyed: surveyed && {
      known: surveyed.known === null ? null : surveyed.known.length,
      clockOffsetMs: surveyed.clockOffsetMs,
      workspaceSlug: surveyed.workspaceSlug,
    },
    approving,
    signed,
    outcome,
    ownFailure,
  };
}

function replicaRecord(replica: Replica): unknown {
  const { key, slot, fate, origin, proof, goneBy, since, until, revision } = replica;
  const { doubted, earlier, endsAt } = replica;
  const last = replica.tries.at(-1);
  return {
    v: VERSION,
    key,
    slot: slot && shortSlot(slot),
    ident: shortIdent(replica.ident),
    fate,
    origin,
    proof,
    goneBy,
    since,
    doubted,
    earlier: earlier.slice(-MOST_EARLIER),
    endsAt,
    until,
    revision: revision && {
      from: revision.from,
      to: revision.to,
      done: revision.done,
      back: revision.back,
    },
    asked: last === undefined ? null : { at: last.at, via: last.via, place: last.place },
    spared: replica.spared,
  };
}

/** Where else it may go is main's alone. */
function shortSlot({ index, nodeId, nodeName, composeHash, expectedHash, name }: Slot): Slot {
  const slot = { index, nodeId, nodeName: short(nodeName), composeHash, expectedHash };
  return name === undefined ? slot : { ...slot, name };
}

function short(text: string | null): string | null {
  return text === null ? null : oneLine(text, LONGEST_TEXT);
}

function shortIdent(ident: Ident): Ident {
  return {
    ...ident,
    id: typeof ident.id === "string" ? short(ident.id) : ident.id,
    name: short(ident.name),
    nodeName: short(ident.nodeName),
    instanceId: short(ident.instanceId),
    // An address that is cut leads elsewhere.
    url: (ident.url?.length ?? 0) > LONGEST_TEXT ? null : ident.url,
  };
}
