import type { Edges } from "../edges.ts";
import type { PhalaClient } from "../phala/client.ts";
import { type Cvm, cvmKey, cvmKeys } from "../phala/cvm.ts";
import { oneLine } from "../report/clean.ts";
import { reasonOf } from "../report/failure.ts";
import { lookingFor } from "../report/post-lines.ts";
import type { AttemptRecord, SavedRun } from "../state.ts";
import { deservesWindow, type Made, unsettled } from "./aftermath.ts";
import { createdNotAfter, createdNotBefore, SETTLE_WINDOW_MS, type Wanted } from "./newcomers.ts";
import { settle } from "./settle.ts";

/** What the search for the replicas of lost answers showed. */
export interface Findings {
  readonly found: readonly Made[];
  /** Newcomers that can't be told apart; nobody touches them. */
  readonly candidates: readonly Cvm[];
  /** Why nothing can be said; null: the list could be read. */
  readonly blind: string | null;
  /** How many lost requests have no newcomer at all. */
  readonly nothing: number;
  /** Names of replicas that were certainly created, and are not to be found. */
  readonly missing: readonly string[];
}

/** Looks for the replica of each request that main left open. One after another, as they were sent. */
export async function searchUnsettled(
  edges: Edges,
  api: PhalaClient,
  saved: SavedRun,
): Promise<Findings> {
  const { journal, attempts } = saved;
  const claimed = new Set(attempts.map(({ vmUuid }) => vmUuid).filter((uuid) => uuid !== null));
  const found: Made[] = [];
  const candidates = new Map<string, Cvm>();
  let blind: string | null = null;
  let nothing = 0;
  const missing: string[] = [];
  for (const attempt of unsettled(saved)) {
    // What was certainly created is no question of whether, only of where.
    const isMade = attempt.stage === "made";
    const name = oneLine(attempt.name ?? "unnamed", 80);
    if (journal.baseline === null) {
      if (isMade) missing.push(name);
      else blind = "the app's CVMs could not be listed before the request.";
      continue;
    }
    const baseline = new Set(journal.baseline);
    const wanted = (): Wanted => ({
      baseline,
      claimed,
      nodeId: attempt.nodeId,
      composeHash: attempt.composeHash,
      name: isMade ? attempt.name : null,
      notBefore: createdNotBefore(attempt.sentAt, journal.clockOffsetMs),
      notAfter: createdNotAfter(attempt.nextAt, journal.clockOffsetMs),
    });
    edges.runner.info(lookingFor(attempt.index + 1));
    const result = await settle(
      api,
      edges.clock,
      journal.appId,
      wanted,
      edges.cancel,
      windowOf(attempt, edges),
    );
    if (result.kind === "adopted") {
      const { cvm } = result;
      for (const key of cvmKeys(cvm)) claimed.add(key);
      const { sentAt } = attempt;
      const { vmUuid } = cvm;
      if (vmUuid !== null) found.push({ vmUuid, name: oneLine(cvm.name ?? vmUuid, 80), sentAt });
    } else if (isMade) {
      missing.push(name);
    } else if (result.kind === "several") {
      for (const cvm of result.cvms) candidates.set(cvmKey(cvm), cvm);
    } else if (result.kind === "none") {
      if (result.lastSeen === null) nothing++;
      else candidates.set(cvmKey(result.lastSeen), result.lastSeen);
    } else {
      const seen = result.kind === "blind" ? result.lastSeen : null;
      if (seen !== null) candidates.set(cvmKey(seen), seen);
      blind = result.kind === "blind" ? `${reasonOf(result.fault)}.` : "the step was cancelled.";
    }
  }
  return { found, candidates: [...candidates.values()], blind, nothing, missing };
}

/**
 * How long to look, in ms. What deserves it gets the whole window, counted from when the request was sent;
 * what main has searched for in vain gets one more look.
 */
function windowOf(attempt: AttemptRecord, { clock }: Pick<Edges, "clock">): number {
  if (!deservesWindow(attempt)) return 0;
  const sinceMs = clock.now() - attempt.sentAt;
  return Math.max(SETTLE_WINDOW_MS - Math.max(0, sinceMs), SETTLE_WINDOW_MS / 3);
}
