/** What one look at an instance means for its update. */
import { identOf } from "../../ledger/replica.ts";
import type { UpdateEnd } from "../../ledger/trouble.ts";
import { type Cvm, runs } from "../../phala/cvm.ts";
import { isStopping } from "../../phala/status.ts";
import type { Bench } from "../bench.ts";
import { addressed } from "../follow/address.ts";
import { type Course, isOpen, judgeCourse, mayWait, newCourse } from "../plan/update-course.ts";
import { fail, finish, reached, withdraw } from "./ends.ts";
import { type Instance, isBusy, type Under } from "./instance.ts";
import type { UpdateRules } from "./rules.ts";
import { accept, doingOf } from "./send.ts";
import type { Sight } from "./sights.ts";

/** One look without it may be a hiccup. */
const LOOKS_WITHOUT = 2;

/**
 * Takes one look into account.
 *
 * @returns whether it runs as it should, so that its URL and its health are next
 */
export function observe(bench: Bench, one: Instance, row: Sight, rules: UpdateRules): boolean {
  if (typeof row === "string") {
    miss(bench, one, row);
    return false;
  }
  one.missing = 0;
  one.denied = 0;
  show(bench, one, row);
  const { row: before } = one;
  one.row = row;
  one.url = ownUrl(row, rules.port, bench.appId) ?? one.url;
  const { under } = one;
  if (one.isSource && one.fit && !stands(one)) lapse(bench, one);
  if (one.ours === "untouched" && !one.isSource) park(one);
  if (one.queued !== null && !isHeld(one, one.queued, bench.edges.clock.now(), rules))
    one.queued = null;
  if (under !== null)
    return under.phase === "moving" ? move(bench, one, under) : ask(bench, one, under);
  if (one.ours === "done") return keep(bench, one);
  if (one.ours === "untouched" && rules.follows && one.uuid === rules.source)
    stray(bench, one, rules);
  if (one.ours === "untouched" && before.composeHash !== rules.wanted && one.has(rules.wanted)) {
    // Somebody else updates it.
    one.since = bench.edges.clock.now();
    one.course = newCourse(rules.wanted, one.since, before.status);
  }
  const found = one.isSource || (one.ours === "untouched" && one.has(rules.wanted) && !one.force);
  if (!found || one.fit || one.parked) return false;
  return move(bench, one, null);
}

/**
 * Somebody stopped it before its turn, or started it: what is stopped stays so, and what runs is missed. Where it
 * stands after an update that came to nothing, such as one of a run that was killed, nobody meant that.
 */
function park(one: Instance): void {
  const { row } = one;
  const stops = isStopping(row.status);
  if (runs(row)) one.calm ||= !isBusy(row);
  else if (!stops) one.calm = false;
  if (!isBusy(row)) one.parked = stops && (one.parked || one.calm);
}

/** A rollout that takes its revision from the source does not set back what somebody deploys there meanwhile. */
function stray(bench: Bench, one: Instance, { wanted }: UpdateRules): void {
  one.strayed = one.has(wanted) ? 0 : one.strayed + 1;
  const { composeHash } = one.row;
  if (one.strayed < LOOKS_WITHOUT) return;
  one.strayed = 0;
  fail(bench, one, { why: "overtaken", composeHash });
}

/** It was updated by us: is it still what we made it, and does it still run? A crash may come late. */
function keep(bench: Bench, one: Instance): false {
  const { row } = one;
  const sight = { composeHash: row.composeHash, status: row.status, inProgress: isBusy(row) };
  const seen = judgeCourse({ ...one.course, away: true }, sight, bench.edges.clock.now());
  one.course = seen.course;
  const { verdict } = seen;
  if (verdict === "overtaken") fail(bench, one, { why: "overtaken", composeHash: row.composeHash });
  if (verdict === "dead" && !one.parked) fail(bench, one, { why: "status", status: row.status });
  return false;
}

/** A third of its time for what may never show; the rest is for its own update. */
const HELD_SHARE = 3;

/** An update of somebody else's may wait in the queue still: nothing of it has shown. */
function isHeld(
  { row, guestAsked, since }: Instance,
  queued: Course,
  now: number,
  { instanceTimeoutMs }: UpdateRules,
): boolean {
  if (isBusy(row) || row.composeHash !== queued.target || !isOpen(queued, now)) return false;
  if (now - since >= instanceTimeoutMs / HELD_SHARE) return false;
  return !guestAsked || mayWait(queued, now);
}

/** The source serves as it did, on the revision that it had: with `compose_hash` that may be another than the wanted. */
function stands(one: Instance): boolean {
  return runs(one.row) && !isBusy(one.row) && one.has(one.course.target);
}

/** The source was believed and has ceased to serve: whatever did that was seen, so that its end will be. */
function lapse(bench: Bench, one: Instance): void {
  one.fit = false;
  one.end = null;
  one.since = bench.edges.clock.now();
  one.course = { ...newCourse(one.course.target, null, null), hadTarget: true };
  one.unproven();
}

/** A line for each change of its state. */
function show(bench: Bench, one: Instance, row: Cvm): void {
  const before = one.row;
  // Somebody else's update may begin and end between two looks; of ours the hash says nothing new.
  const same =
    before.status === row.status &&
    isBusy(before) === isBusy(row) &&
    (one.under !== null || before.composeHash === row.composeHash);
  if (same || one.isSource) return;
  const { status } = row;
  const look = { detailed: false, bootProgress: null, bootError: null } as const;
  bench.ledger.append({
    replica: one.key,
    fact: "seen",
    cvm: addressed(row, one.foundId, bench.appId, one.port),
    status: { ...look, status, inProgress: isBusy(row) },
  });
}

/** Until the API has denied it in two looks it is not gone: it may be away, and is waited for. */
function miss(bench: Bench, one: Instance, sight: "gone" | "unseen"): void {
  if (sight === "unseen" && one.missing === one.denied) {
    bench.ledger.append({ fact: "noted", note: { note: "unseen", ident: identOf(one.row) } });
  }
  one.missing += 1;
  if (sight === "gone") one.denied += 1;
  if (one.denied >= LOOKS_WITHOUT && !one.gone) lose(bench, one);
}

function lose(bench: Bench, one: Instance): void {
  if (one.under !== null || one.isSource) fail(bench, one, { why: "vanished" });
  else bench.ledger.append({ replica: one.key, fact: "vanished" });
  one.gone = true;
  one.fit = false;
}

/** Its request is not accepted yet, as far as we know: does the row say that it was? */
function ask(bench: Bench, one: Instance, under: Under): boolean {
  const begun = under.ops[0] === "redeploy" ? one.has(under.target) : isBusy(one.row);
  if (begun && under.mayBeBegun) accept(bench, one, under);
  else if (begun && under.ops[0] === "redeploy") {
    // On its way back, somebody else's hand has done what we want.
    if (under.back) accept(bench, one, under);
    else withdraw(bench, one, under.target);
  } else if (under.phase === "settling" && bench.edges.clock.now() >= under.notBefore) {
    under.phase = "asking";
  }
  return false;
}

function move(bench: Bench, one: Instance, under: Under | null): boolean {
  const { ledger, edges } = bench;
  const { row } = one;
  const now = edges.clock.now();
  const sight = { composeHash: row.composeHash, status: row.status, inProgress: isBusy(row) };
  const { course, verdict } = judgeCourse(one.course, sight, now);
  one.course = course;
  if (under !== null && !runs(row) && ledger.replica(one.key).times.away === undefined) {
    ledger.append({ replica: one.key, fact: "away" });
  }
  if (verdict === "waits") one.unproven();
  if (verdict === "overtaken") {
    fail(bench, one, { why: "overtaken", composeHash: row.composeHash });
  } else if (
    (verdict === "ended" || verdict === "serving") &&
    under !== null &&
    under.ops.length > 1
  ) {
    under.ops = under.ops.slice(1);
    under.phase = "asking";
    under.notBefore = now;
    under.mayBeBegun = false;
    under.tries = 0;
  } else if (verdict === "ended" && one.parked) finish(bench, one);
  else if (verdict === "dead") fail(bench, one, { why: "status", status: row.status });
  else if (verdict === "serving") {
    reached(bench, one, "running");
    return true;
  }
  return false;
}

/** Its own URL as the row tells it; null: it does not. */
function ownUrl(row: Cvm, port: number | null, appId: string): string | null {
  return addressed(row, null, appId, port).instanceUrl;
}

/** Why it is late, as far as it came. */
export function lateEnd(one: Instance, rules: UpdateRules, address: string | null): UpdateEnd {
  const { under, row, health, course } = one;
  if (under !== null && under.phase !== "moving" && under.fault !== null) {
    const why = under.mayBeBegun ? "unsettled" : "refused";
    return { why, fault: under.fault, doing: doingOf(one, under) };
  }
  if (one.proofSince !== null && one.attested !== null) {
    return { why: "unverified", entry: one.attested };
  }
  if (course.good > 0 && one.url === null) return { why: "no-url" };
  if (course.good > 0 && rules.healthCheck !== null) {
    const problem =
      health.since !== null && health.bad === 0
        ? { got: "holding" as const }
        : (health.problem ?? { got: "unasked" as const });
    return { why: "unhealthy", address, path: rules.healthCheck, problem };
  }
  return { why: "late", status: row.status, inProgress: isBusy(row) };
}
