/** What post does with the replicas of its step: deletes them, or gives them their end, and tells. */
import type { Edges } from "../action/edges.ts";
import { deleteAll, whichRemain } from "../fleet/cleanup.ts";
import type { LateSearch } from "../fleet/late-search.ts";
import { setTtl, ttlIsPast } from "../fleet/limit.ts";
import {
  endedWell,
  identOfMade,
  type Made,
  madeByMain,
  mayDelete,
  unsettled,
  wantsCleanup,
} from "../fleet/plan/cleanup.ts";
import { type Birth, lifeEnd, timeToTell } from "../fleet/plan/life.ts";
import type { SavedRun } from "../fleet/state.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { identOf } from "../ledger/replica.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { gateOf } from "../net/parallel.ts";
import type { PhalaClient } from "../phala/api.ts";
import {
  cleanedUp,
  foundLate,
  isGone,
  noKey,
  notFound,
  staysBilled,
  wasGone,
} from "../report/log/retiring.ts";
import { moment } from "../text/duration.ts";
import type { PostReport } from "./post-report.ts";

export interface After {
  readonly edges: Edges;
  readonly api: PhalaClient;
  readonly ledger: Ledger;
  readonly saved: SavedRun;
  readonly report: PostReport;
  readonly search: LateSearch;
}

/** Requests at once. */
const AT_ONCE = 8;

/**
 * Deletes what is proven to be the step's own, and names the rest.
 *
 * @param made what main knew of
 * @returns the UUIDs of what it has seen deleted
 */
export async function cleanUp(after: After, made: readonly Made[]): Promise<ReadonlySet<string>> {
  const { report, search } = after;
  const found = tellFound(after, await search.first());
  const first = await remove(after, [...made, ...found]);
  // A deletion takes its time, in which a list that was late may show more.
  const late = first.length > 0 ? tellFound(after, await search.again()) : [];
  const gone = [...first, ...(await remove(after, late))];
  const left = made.length + found.length + late.length - gone.length;
  if (tellLeftovers(after) === 0 && left === 0 && gone.length > 0) {
    report.info(cleanedUp(gone.length));
  }
  return new Set(gone.map(({ vmUuid }) => vmUuid));
}

/** Deletes nothing: gives what is there its end where it has none, and says what is there. */
export async function keep(after: After, made: readonly Made[]): Promise<ReadonlySet<string>> {
  const { saved, report, search } = after;
  const found = tellFound(after, await search.first());
  const all = [...made, ...found];
  const ends = await limitLives(
    after,
    all.filter(({ gone }) => gone !== true),
  );
  const wanted = endedWell(saved) || saved.ownFailure === false;
  for (const one of all) {
    if (one.gone === true) {
      report.info(wasGone(identOfMade(one)));
      report.fate(one, "deleted by somebody else");
      continue;
    }
    const endsAt = ends.get(one) ?? null;
    report.info(staysBilled(saved.journal, identOfMade(one), endsAt, wanted));
    const exists = endsAt === null ? "exists, billed" : `exists, billed until ${moment(endsAt)}`;
    report.fate(one, found.includes(one) ? `found by this step; ${exists}` : exists);
  }
  tellLeftovers(after);
  return new Set();
}

/** @returns what is gone */
async function remove(after: After, made: readonly Made[]): Promise<readonly Made[]> {
  const { edges, api, saved, report } = after;
  const { journal } = saved;
  if (made.length === 0) return [];
  const proven = made.filter((one) => mayDelete(one, journal.exclusive));
  const unproven = made.filter((one) => !proven.includes(one));
  const survivors = await deleteAll(after, journal, proven);
  for (const { made: survivor, trouble } of survivors) {
    report.problem(trouble);
    report.fate(survivor, "may still exist: its deletion is not proven");
  }
  // The backstop, where the deletion itself did not work.
  const left = survivors.map((survivor) => survivor.made);
  await limitLives(after, left);
  const remaining = await whichRemain(edges, api, unproven);
  for (const one of remaining) {
    report.problem({ kind: "unproven", replica: identOfMade(one), stays: "there" });
    report.fate(one, "not deleted: it may be another's");
  }
  const there = new Set([...left, ...remaining].map(({ vmUuid }) => vmUuid));
  const gone = made.filter(({ vmUuid }) => !there.has(vmUuid));
  for (const one of gone) {
    if (!proven.includes(one)) report.info(isGone(identOfMade(one)));
    report.fate(one, proven.includes(one) ? "deleted" : "gone");
  }
  if (gone.length > 0) report.happened();
  return gone;
}

/**
 * Sets the `ttl` where main was kept from it.
 *
 * @returns when each ends that has an end, ms since the epoch by the platform's clock
 */
async function limitLives(after: After, made: readonly Made[]): Promise<ReadonlyMap<Made, number>> {
  const { edges, api, saved, report } = after;
  const { journal } = saved;
  const { ttlMs } = journal;
  const ends = new Map<Made, number>();
  if (ttlMs === null) return ends;
  const lacking = made.filter((one) => one.ttlSet !== true);
  for (const one of made) {
    if (one.ttlSet === true && typeof one.endsAt === "number") ends.set(one, one.endsAt);
  }
  const unproven = lacking.filter((one) => !mayDelete(one, journal.exclusive));
  for (const one of await whichRemain(edges, api, unproven)) {
    report.problem({ kind: "unproven", replica: identOfMade(one), stays: "endless" });
  }
  const gate = gateOf(AT_ONCE);
  const proven = lacking.filter((one) => mayDelete(one, journal.exclusive));
  await Promise.all(
    proven.map(async (one) => {
      const { endsAt, withinMs } = endOf(after, one, ttlMs);
      const limited = { replica: identOfMade(one), endsAt, ttlMs, withinMs };
      const trouble = withinMs <= 0 ? ttlIsPast(limited) : await setTtl(after, limited, gate);
      if (trouble !== null) report.problem(trouble);
      else {
        ends.set(one, endsAt);
        report.happened();
      }
    }),
  );
  return ends;
}

/** When its `ttl` ends it, as main worked it out, or by its row; and how long that can be told, in ms. */
function endOf(
  { edges, saved }: After,
  { endsAt = null, createdAt = null, sentAt }: Made,
  ttlMs: number,
): { readonly endsAt: number; readonly withinMs: number } {
  const now = edges.clock.now();
  const { clockOffsetMs } = saved.journal;
  const birth: Birth = {
    createdAt: endsAt === null ? createdAt : endsAt - ttlMs,
    platformTime: clockOffsetMs === null ? null : now + clockOffsetMs,
    seenAt: now,
    bornAt: sentAt ?? now,
  };
  const { at } = lifeEnd(birth, ttlMs);
  return { endsAt: at, withinMs: timeToTell(at, birth, now) };
}

function tellFound({ saved, report }: After, found: readonly Made[]): readonly Made[] {
  for (const one of found) {
    report.warning(foundLate(saved.journal, identOfMade(one)));
    report.fate(one, "found");
  }
  return found;
}

/** What the search could not settle. @returns how many things there are to look at */
function tellLeftovers({ saved, report, search }: After): number {
  const { journal } = saved;
  const { candidates, blind, nothing, missing } = search.leftovers();
  if (nothing > 0) report.note(notFound(journal, nothing));
  if (candidates.length > 0) {
    report.problem({ kind: "untold", cvms: candidates.map(identOf) });
  }
  for (const { name, vmUuid } of candidates) {
    report.fate({ name: name ?? "unnamed", vmUuid }, "may be this step's; not touched");
  }
  if (blind !== null) report.problem({ kind: "unsearched", searched: blind });
  for (const name of missing) report.problem({ kind: "missing", name });
  return candidates.length + (blind === null ? 0 : 1) + missing.length;
}

/** Without a key nothing can be looked at or deleted; what was to be is told all the same. */
export function tellWithoutKey(saved: SavedRun, report: PostReport): void {
  const { journal } = saved;
  const open = unsettled(saved).length;
  const made = madeByMain(saved).filter(({ gone }) => gone !== true);
  const problems: Trouble[] = open === 0 ? [] : [{ kind: "no-key", about: "lost", requests: open }];
  const doomed = wantsCleanup(journal.cleanup, saved);
  const wanted = endedWell(saved) || saved.ownFailure === false;
  for (const one of made) {
    const isLacking = journal.ttlMs !== null && one.ttlSet !== true;
    const endsAt = isLacking ? null : (one.endsAt ?? null);
    const replica = identOfMade(one);
    if (doomed) problems.push({ kind: "no-key", about: "deletion", replica });
    else if (isLacking) problems.push({ kind: "no-key", about: "ttl", replica });
    else report.info(staysBilled(journal, replica, endsAt, wanted));
    report.fate(one, doomed ? "not deleted, billed" : "exists, billed");
  }
  if (problems.length === 0) report.info(noKey());
  else {
    report.problem({ kind: "no-key", about: "all" });
    for (const problem of problems) report.problem(problem);
  }
}
