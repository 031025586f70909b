/** What post does with the replicas of its step: deletes them, or gives them their end, and tells. */
import type { Edges } from "../action/edges.ts";
import type { PostReport } from "../commands/post-report.ts";
import { gateOf } from "../net/parallel.ts";
import type { PhalaClient } from "../phala/api.ts";
import type { Failure } from "../report/annotation/failure.ts";
import { moment, ttlIsPast } from "../report/log/limiting.ts";
import {
  cleanedUp,
  foundLate,
  isGone,
  keyMissing,
  mayStillExist,
  noKey,
  notDeleted,
  notFound,
  notKnown,
  notLimited,
  notLookedFor,
  notProven,
  notToBeFound,
  notToldApart,
  staysBilled,
  wasGone,
  withoutEnd,
} from "../report/log/retiring.ts";
import { deleteAll, whichRemain } from "./cleanup.ts";
import type { LateSearch } from "./late-search.ts";
import { setTtl } from "./limit.ts";
import {
  endedWell,
  type Made,
  madeByMain,
  mayDelete,
  unsettled,
  wantsCleanup,
} from "./plan/cleanup.ts";
import { type Birth, lifeEnd, timeToTell } from "./plan/life.ts";
import type { SavedRun } from "./state.ts";

export interface After {
  readonly edges: Edges;
  readonly api: PhalaClient;
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
      report.info(wasGone(one));
      report.fate(one, "deleted by somebody else");
      continue;
    }
    const endsAt = ends.get(one) ?? null;
    report.info(staysBilled(saved.journal, one, endsAt, wanted));
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
  const survivors = await deleteAll(edges, api, journal, proven);
  for (const survivor of survivors) {
    report.problem(mayStillExist(journal, survivor));
    report.fate(survivor, "may still exist: its deletion is not proven");
  }
  // The backstop, where the deletion itself did not work.
  await limitLives(after, survivors);
  const remaining = await whichRemain(edges, api, unproven);
  for (const one of remaining) {
    report.problem(notProven(journal, one));
    report.fate(one, "not deleted: it may be another's");
  }
  const left = new Set([...survivors, ...remaining].map(({ vmUuid }) => vmUuid));
  const gone = made.filter(({ vmUuid }) => !left.has(vmUuid));
  for (const one of gone) {
    if (!proven.includes(one)) report.info(isGone(one));
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
  for (const one of await whichRemain(edges, api, unproven))
    report.problem(notLimited(journal, one));
  const gate = gateOf(AT_ONCE);
  const proven = lacking.filter((one) => mayDelete(one, journal.exclusive));
  await Promise.all(
    proven.map(async (one) => {
      const { endsAt, withinMs } = endOf(after, one, ttlMs);
      const limited = { ...one, endsAt, ttlMs, withinMs };
      const failure =
        withinMs <= 0 ? ttlIsPast(limited, ttlMs) : await setTtl(edges, api, limited, gate);
      if (failure !== null) report.problem(failure);
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
    report.warning(foundLate(saved.journal, one));
    report.fate(one, "found");
  }
  return found;
}

/** What the search could not settle. @returns how many things there are to look at */
function tellLeftovers({ saved, report, search }: After): number {
  const { journal } = saved;
  const { candidates, blind, nothing, missing } = search.leftovers();
  if (nothing > 0) report.note(notFound(journal, nothing));
  if (candidates.length > 0) report.problem(notToldApart(journal, candidates));
  for (const { name, vmUuid } of candidates) {
    report.fate({ name: name ?? "unnamed", vmUuid }, "may be this step's; not touched");
  }
  if (blind !== null) report.problem(notKnown(journal, blind));
  for (const name of missing) report.problem(notToBeFound(journal, name));
  return candidates.length + (blind === null ? 0 : 1) + missing.length;
}

/** Without a key nothing can be looked at or deleted; what was to be is told all the same. */
export function tellWithoutKey(saved: SavedRun, report: PostReport): void {
  const { journal } = saved;
  const open = unsettled(saved).length;
  const made = madeByMain(saved).filter(({ gone }) => gone !== true);
  const problems: Failure[] = open === 0 ? [] : [notLookedFor(journal, open)];
  const doomed = wantsCleanup(journal.cleanup, saved);
  const wanted = endedWell(saved) || saved.ownFailure === false;
  for (const one of made) {
    const isLacking = journal.ttlMs !== null && one.ttlSet !== true;
    const endsAt = isLacking ? null : (one.endsAt ?? null);
    if (doomed) problems.push(notDeleted(journal, one));
    else if (isLacking) problems.push(withoutEnd(journal, one));
    else report.info(staysBilled(journal, one, endsAt, wanted));
    report.fate(one, doomed ? "not deleted, billed" : "exists, billed");
  }
  if (problems.length === 0) report.info(noKey());
  else for (const problem of [keyMissing(), ...problems]) report.problem(problem);
}
