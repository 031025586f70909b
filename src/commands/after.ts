/** What post does with the replicas of its step: deletes them, or gives them their end, and tells. */
import type { Bench } from "../fleet/bench.ts";
import type { RetireRules } from "../fleet/deleting.ts";
import type { LateSearch } from "../fleet/late-search.ts";
import type { Left } from "../fleet/left.ts";
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
import { whichRemain } from "../fleet/remaining.ts";
import { retire } from "../fleet/retire.ts";
import { identOf } from "../ledger/replica.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { lineOf } from "../net/line.ts";
import { AT_ONCE } from "../net/parallel.ts";
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
import { type PostReport, placeOf } from "./post-report.ts";

export interface After extends Bench {
  readonly left: Left;
  readonly report: PostReport;
  readonly search: LateSearch;
}

/** `absenceMs` is how long the platform may take to carry a deletion out; the answer only says that it began. */
const RULES: Omit<RetireRules, "witnesses"> = {
  absenceMs: 120_000,
  pollMs: 2_000,
  whyNot: null,
  listReadAt: null,
  atOnce: AT_ONCE,
  // Its own route may be closed to a key that may delete; red for that would be a false alarm.
  proof: "list",
};

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
  return new Set(gone.map(({ ident }) => ident.uuid));
}

/** Deletes nothing: gives what is there its end where it has none, and says what is there. */
export async function keep(after: After, made: readonly Made[]): Promise<ReadonlySet<string>> {
  const { left, report, search } = after;
  const found = tellFound(after, await search.first());
  const all = [...made, ...found];
  const ends = await limitLives(
    after,
    all.filter(({ fate }) => fate !== "gone"),
  );
  const wanted = endedWell(left) || left.ownFailure === false;
  for (const one of all) {
    const who = identOfMade(one);
    if (one.fate === "gone") {
      report.info(wasGone(who));
      report.fate(who, "deleted by somebody else");
      continue;
    }
    const endsAt = ends.get(one) ?? null;
    report.info(staysBilled(placeOf(left), who, endsAt, wanted));
    const exists = endsAt === null ? "exists, billed" : `exists, billed until ${moment(endsAt)}`;
    report.fate(who, found.includes(one) ? `found by this step; ${exists}` : exists);
  }
  tellLeftovers(after);
  return new Set();
}

/** @returns what is gone */
async function remove(after: After, made: readonly Made[]): Promise<readonly Made[]> {
  const { edges, api, left, report } = after;
  const { exclusive } = left.began;
  if (made.length === 0) return [];
  const proven = made.filter((one) => mayDelete(one, exclusive));
  const unproven = made.filter((one) => !proven.includes(one));
  const surviving = await deleteAll(after, proven);
  // The backstop, where the deletion itself did not work.
  await limitLives(after, surviving);
  const remaining = await whichRemain(edges, api, unproven);
  for (const one of remaining) {
    report.problem({ kind: "unproven", replica: identOfMade(one), stays: "there" });
    report.fate(identOfMade(one), "not deleted: it may be another's");
  }
  const there = new Set([...surviving, ...remaining].map(({ key }) => key));
  const gone = made.filter(({ key }) => !there.has(key));
  for (const one of gone) {
    if (!proven.includes(one)) report.info(isGone(identOfMade(one)));
    report.fate(identOfMade(one), proven.includes(one) ? "deleted" : "gone");
  }
  if (gone.length > 0) report.happened();
  return gone;
}

/**
 * Deletes them without another look: what a step made and knows by its UUID is meant, whatever it is called by now, and
 * the time of post is short.
 *
 * @returns those of which it can't be shown that they are gone
 */
async function deleteAll(after: After, made: readonly Made[]): Promise<readonly Made[]> {
  const { ledger, left, report } = after;
  const { source } = left.began;
  await retire(
    after,
    made.map(({ key }) => key),
    { ...RULES, witnesses: source === null ? [] : [source] },
  );
  const survivors = made.filter(({ key }) => ledger.replica(key).fate !== "gone");
  for (const one of survivors) {
    const { trouble } = ledger.replica(one.key);
    const doing = { do: "delete", replica: identOfMade(one) } as const;
    const unseen = { kind: "survived", why: "still-there", fault: null, gaveUp: null } as const;
    report.problem({ ...(trouble?.kind === "survived" ? trouble : unseen), doing });
    report.fate(identOfMade(one), "may still exist: its deletion is not proven");
  }
  return survivors;
}

/**
 * Sets the `ttl` where main was kept from it.
 *
 * @returns when each ends that has an end, ms since the epoch by the platform's clock
 */
async function limitLives(after: After, made: readonly Made[]): Promise<ReadonlyMap<Made, number>> {
  const { edges, api, left, report } = after;
  const { ttlMs, exclusive } = left.began;
  const ends = new Map<Made, number>();
  if (ttlMs === null) return ends;
  const lacking = made.filter(({ until }) => until === null);
  for (const one of made) {
    if (one.until !== null) ends.set(one, one.until);
  }
  const unproven = lacking.filter((one) => !mayDelete(one, exclusive));
  for (const one of await whichRemain(edges, api, unproven)) {
    report.problem({ kind: "unproven", replica: identOfMade(one), stays: "endless" });
  }
  const line = lineOf(edges.clock, AT_ONCE);
  const proven = lacking.filter((one) => mayDelete(one, exclusive));
  await Promise.all(
    proven.map(async (one) => {
      const { endsAt, withinMs } = endOf(after, one, ttlMs);
      const limited = { replica: identOfMade(one), endsAt, ttlMs, withinMs };
      const trouble = withinMs <= 0 ? ttlIsPast(limited) : await setTtl(after, limited, line);
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
  { edges, left }: After,
  { endsAt, cvm, since }: Made,
  ttlMs: number,
): { readonly endsAt: number; readonly withinMs: number } {
  const now = edges.clock.now();
  const { clockOffsetMs } = left;
  const planned = endsAt === null ? null : endsAt - ttlMs;
  const birth: Birth = {
    createdAt: cvm?.createdAt ?? planned,
    platformTime: clockOffsetMs === null ? null : now + clockOffsetMs,
    seenAt: now,
    bornAt: since ?? now,
  };
  const { at } = lifeEnd(birth, ttlMs);
  return { endsAt: at, withinMs: timeToTell(at, birth, now) };
}

function tellFound({ left, report }: After, found: readonly Made[]): readonly Made[] {
  for (const one of found) {
    report.warning(foundLate(placeOf(left), identOfMade(one)));
    report.fate(identOfMade(one), "found");
  }
  return found;
}

/** What the search could not settle. @returns how many things there are to look at */
function tellLeftovers({ left, report, search }: After): number {
  const { candidates, blind, nothing, missing } = search.leftovers();
  if (nothing > 0) report.note(notFound(placeOf(left), nothing));
  if (candidates.length > 0) {
    report.problem({ kind: "untold", cvms: candidates.map(identOf) });
  }
  for (const { name, vmUuid } of candidates) {
    report.fate({ name, uuid: vmUuid }, "may be this step's; not touched");
  }
  if (blind !== null) report.problem({ kind: "unsearched", searched: blind });
  for (const name of missing) report.problem({ kind: "missing", name });
  return candidates.length + (blind === null ? 0 : 1) + missing.length;
}

/** Without a key nothing can be looked at or deleted; what was to be is told all the same. */
export function tellWithoutKey(left: Left, report: PostReport): void {
  const { cleanup, ttlMs } = left.began;
  const open = unsettled(left).length;
  const made = madeByMain(left).filter(({ fate }) => fate !== "gone");
  const problems: Trouble[] = open === 0 ? [] : [{ kind: "no-key", about: "lost", requests: open }];
  const doomed = wantsCleanup(cleanup, left);
  const wanted = endedWell(left) || left.ownFailure === false;
  for (const one of made) {
    const isLacking = ttlMs !== null && one.until === null;
    const endsAt = isLacking ? null : one.endsAt;
    const replica = identOfMade(one);
    if (doomed) problems.push({ kind: "no-key", about: "deletion", replica });
    else if (isLacking) problems.push({ kind: "no-key", about: "ttl", replica });
    else report.info(staysBilled(placeOf(left), replica, endsAt, wanted));
    report.fate(replica, doomed ? "not deleted, billed" : "exists, billed");
  }
  if (problems.length === 0) report.info(noKey());
  else {
    report.problem({ kind: "no-key", about: "all" });
    for (const problem of problems) report.problem(problem);
  }
}
