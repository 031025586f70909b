import type { Fault } from "../../net/fault.ts";
import { retryAfterMs } from "../../net/retry-after.ts";
import { type Cvm, cvmKey, cvmKeys } from "../../phala/cvm.ts";
import { sameName } from "../../phala/names.ts";
import { isBusyWithOthers, proofOf } from "../../phala/verdict.ts";

/**
 * The rule of adoption: which CVM, if any, is the replica of a create request whose answer got lost. Pure,
 * since this is where a mistake costs money.
 */
export interface Wanted {
  /** What was there before the request, by `cvmKeys`. */
  readonly baseline: ReadonlySet<string>;
  /** What is known to be someone's: other requests' replicas. */
  readonly claimed: ReadonlySet<string>;
  readonly nodeId: number | null;
  readonly composeHash: string | null;
  /** As the create answer told it, or as it was asked for where names hold; null: not known. */
  readonly name: string | null;
  /** Other names of the run: what bears one is that one's, or its twin's of another run. */
  readonly otherNames?: readonly string[];
  /** By the server's clock, ms since the epoch, allowance for clocks taken off already. */
  readonly notBefore: number;
  /** What tells a time that is earlier by no more than this is not taken, but can't be passed over either; ms. */
  readonly olderMs: number;
  /** The same, for a try whose answer was "not now": what it made was made by then. Null: no end. */
  readonly notAfter: number | null;
}

/**
 * `Date` and `created_at` may have whole seconds, and an API's database has a clock of its own. More would
 * let in strangers' CVMs that an app's list was late to show.
 */
const KNOWN_CLOCK_SLACK_MS = 2_000;
/** The server never told its time: the runner's clock may be off by this much. */
const UNKNOWN_CLOCK_SLACK_MS = 120_000;

/**
 * The clock of a database may be off from that of the edge which tells `Date`. What is so much older than the
 * request may be its replica all the same, or another job's.
 */
const MOST_OLDER_MS = 10_000;

/**
 * How much older than its request a CVM may be by what it tells, and yet be its replica, in ms. Where the server's
 * clock is not known nothing can be told from times.
 *
 * @param thorough of an answer that is lost, or made up by an edge; what the API itself put off it has not begun,
 * and what came a moment before is what it was busy with
 */
export function olderWithin(clockOffsetMs: number | null, thorough: boolean): number {
  if (clockOffsetMs === null) return Number.POSITIVE_INFINITY;
  return thorough ? MOST_OLDER_MS : 0;
}

/** From when on a CVM can be ours, by the server's clock. @param sentAt our clock, ms since the epoch */
export function createdNotBefore(sentAt: number, clockOffsetMs: number | null): number {
  return sentAt + (clockOffsetMs ?? 0) - slackMs(clockOffsetMs);
}

/** Until when one can be that of a try which another followed. @param at our clock, ms since the epoch */
export function createdNotAfter(at: number | null, clockOffsetMs: number | null): number | null {
  return at === null ? null : at + (clockOffsetMs ?? 0) + slackMs(clockOffsetMs);
}

function slackMs(clockOffsetMs: number | null): number {
  return clockOffsetMs === null ? UNKNOWN_CLOCK_SLACK_MS : KNOWN_CLOCK_SLACK_MS;
}

/** When a CVM came to be, by what it tells, against a request. */
export type Age = "since" | "older" | "before";

/** @param createdAt by the server's clock, ms since the epoch; null: not told, which contradicts nothing */
export function ageOf(
  createdAt: number | null,
  { notBefore, olderMs }: Pick<Wanted, "notBefore" | "olderMs">,
): Age {
  if (createdAt === null || createdAt >= notBefore) return "since";
  return createdAt >= notBefore - olderMs ? "older" : "before";
}

/** The unclaimed newcomers that fit. What the API does not tell contradicts nothing. */
export function newcomers(cvms: readonly Cvm[], wanted: Wanted): readonly Cvm[] {
  const { name } = wanted;
  // A name is good for one CVM of a workspace (API facts, 9), so it says more than all the rest.
  if (name !== null) return unclaimed(cvms, wanted).filter((cvm) => sameName(cvm.name, name));
  return fitting(cvms, wanted).filter(({ createdAt }) => ageOf(createdAt, wanted) === "since");
}

/** Those that fit but for their time of creation, which is a little too early: not taken, and not nothing. */
export function olderOnes(cvms: readonly Cvm[], wanted: Wanted): readonly Cvm[] {
  if (wanted.name !== null) return [];
  return fitting(cvms, wanted).filter(({ createdAt }) => ageOf(createdAt, wanted) === "older");
}

function unclaimed(cvms: readonly Cvm[], { baseline, claimed }: Wanted): readonly Cvm[] {
  const known = (key: string) => baseline.has(key) || claimed.has(key);
  return cvms.filter((cvm) => !cvm.deleted && !cvmKeys(cvm).some(known));
}

/** By all but the beginning of its time. */
function fitting(cvms: readonly Cvm[], wanted: Wanted): readonly Cvm[] {
  const { nodeId, composeHash, notAfter } = wanted;
  return unclaimed(cvms, wanted).filter((cvm) => {
    if (wanted.otherNames?.some((name) => sameName(cvm.name, name))) return false;
    if (nodeId !== null && cvm.nodeId !== null && cvm.nodeId !== nodeId) return false;
    if (composeHash !== null && cvm.composeHash !== null && cvm.composeHash !== composeHash) {
      return false;
    }
    return notAfter === null || cvm.createdAt === null || cvm.createdAt <= notAfter;
  });
}

/**
 * Whether a create answer names a CVM that can't be its replica: one that was there before, or another
 * request's. Taken at its word, such an answer would get somebody's CVM a `ttl`, or deleted.
 */
export function namesAnother(
  vmUuid: string | null,
  { baseline, claimed }: Pick<Wanted, "baseline" | "claimed">,
): boolean {
  return vmUuid !== null && (baseline.has(vmUuid) || claimed.has(vmUuid));
}

export type Decision =
  | { readonly kind: "look-again" }
  | { readonly kind: "adopt"; readonly cvm: Cvm }
  | { readonly kind: "several"; readonly cvms: readonly Cvm[] };

/**
 * One newcomer that is alone in two looks in a row is ours, most likely; several are never touched.
 *
 * @param before what the look before this one found, null at the first
 */
export function decide(before: readonly Cvm[] | null, found: readonly Cvm[]): Decision {
  const [cvm] = found;
  if (found.length > 1) return { kind: "several", cvms: found };
  const [same] = before ?? [];
  if (cvm === undefined || before?.length !== 1 || same === undefined)
    return { kind: "look-again" };
  // One without a UUID could be neither followed nor deleted; its row may get one yet.
  if (cvm.vmUuid === null) return { kind: "look-again" };
  return cvmKey(same) === cvmKey(cvm) ? { kind: "adopt", cvm } : { kind: "look-again" };
}

const FIRST_LOOK_MS = 300;
const SLOWEST_LOOK_MS = 2_000;
/** How long an uncertain request is looked for. */
export const SETTLE_WINDOW_MS = 30_000;
/** Deadline of one look. */
export const LOOK_TIMEOUT_MS = 10_000;

/** An app's list may show a newcomer a moment late; so long the next try of a create waits at least. */
const LEAST_WAIT_MS = 2_000;
/** What goes on when several creations run at once takes some seconds. */
const BUSY_WAIT_MS = 4_000;

/**
 * How long the app is looked at after an answer, in ms from the answer, before the request is sent again or
 * said to have made nothing; 0 is one look. An edge makes a 503 of an origin's silence, and the origin may
 * still be at work: that is looked for as a lost answer is. What the API itself refused, or put off before
 * it began, is there at once if it is there at all.
 */
export function windowAfter(fault: Fault): number {
  const away = fault.kind === "answer" && fault.status === 503;
  return away || proofOf(fault) === "lost" ? SETTLE_WINDOW_MS : 0;
}

/** How long a create waits after a failed try at least, in ms, so that the looks have something to see. */
export function leastWaitAfter(fault: Fault): number {
  if (isBusyWithOthers(fault)) return BUSY_WAIT_MS;
  return proofOf(fault) === "unsent" ? 0 : Math.max(LEAST_WAIT_MS, windowAfter(fault));
}

/**
 * How much of the wait before the next try is spent looking, in ms; 0 is one look at its end. Before it, a
 * server is left alone for as long as it asks.
 *
 * @param waitMs of the whole wait
 * @param now ms since the epoch, to read a `Retry-After` that is a date
 */
export function lookWithin(waitMs: number, fault: Fault, now: number): number {
  const askedMs = fault.kind === "answer" ? (retryAfterMs(fault, now) ?? 0) : 0;
  return windowAfter(fault) === 0 ? 0 : Math.max(0, waitMs - Math.max(askedMs, FIRST_LOOK_MS));
}

/** The pause before look number `n`, counted from 0: 0.3 s at first, slowing to 2 s. */
export function pauseBeforeLook(n: number): number {
  return Math.min(Math.round(FIRST_LOOK_MS * 1.5 ** n), SLOWEST_LOOK_MS);
}
