/** What a rollout is about to do, from what was seen. Pure. */
import { keyOfCvm } from "../../ledger/replica.ts";
import type { ReplicaKey } from "../../ledger/terms.ts";
import { type Cvm, runs } from "../../phala/cvm.ts";
import type { Revision } from "../../phala/revisions.ts";
import { toUpdate } from "./next-step.ts";
import {
  type Before,
  leavesNone,
  numberOf,
  previousHash,
  roundsOf,
  type Share,
} from "./rollout-size.ts";
import { type Course, isOpen, LATELY_MS, newCourse, QUEUE_MS } from "./update-course.ts";

/** A hosted job ends after six hours; the rest of it has to have time too. Ms. */
const LONGEST_WAIT_MS = 350 * 60_000;

export interface RolloutSeen {
  readonly selected: readonly Cvm[];
  /** All of the app's. */
  readonly rows: readonly Cvm[];
  /** Newest first. */
  readonly revisions: readonly Revision[];
}

export interface RolloutAsked {
  readonly wanted: string;
  readonly source: string | null;
  readonly maxUnavailable: Share;
  readonly envs: boolean;
  readonly instanceTimeoutMs: number;
  readonly waitTimeoutMs: number | null;
}

export interface RolloutPlan {
  /** To be updated, in this order as far as it is known before their health is asked. */
  readonly order: readonly ReplicaKey[];
  /** On the revision already. */
  readonly there: readonly ReplicaKey[];
  readonly maxUnavailable: number;
  /** For all of them, ms. */
  readonly limitMs: number;
  readonly leavesNone: boolean;
  readonly previous: string | null;
}

export function planRollout(seen: RolloutSeen, asked: RolloutAsked): RolloutPlan {
  const { selected, rows, revisions } = seen;
  const { wanted, source, envs, instanceTimeoutMs } = asked;
  const members = selected.map((cvm) => ({
    key: keyOfCvm(cvm),
    revision: cvm.composeHash === wanted ? ("new" as const) : ("old" as const),
    serves: runs(cvm),
    busy: false,
    ours: "untouched" as const,
    createdAt: cvm.createdAt,
    force: envs,
    returns: false,
    parked: false,
    gone: false,
  }));
  const order = toUpdate(members).map(({ key }) => key as ReplicaKey);
  const maxUnavailable = numberOf(asked.maxUnavailable, selected.length);
  const rounds = roundsOf(order.length, maxUnavailable);
  const before = selected.map(
    (cvm): Before => ({
      composeHash: cvm.composeHash,
      isSource: cvm.vmUuid === source,
      earlier: earlierOf(cvm, wanted, revisions),
    }),
  );
  const beside = rows.filter((cvm) => !order.includes(keyOfCvm(cvm)) && runs(cvm)).length;
  return {
    order,
    there: members.map(({ key }) => key).filter((key) => !order.includes(key)),
    maxUnavailable,
    limitMs: asked.waitTimeoutMs ?? Math.min(rounds * instanceTimeoutMs, LONGEST_WAIT_MS),
    leavesNone: leavesNone(order.length, maxUnavailable, beside),
    previous: previousHash(before, wanted),
  };
}

/** The revision that it had before the wanted one, by its own rows. */
function earlierOf({ vmUuid }: Cvm, wanted: string, revisions: readonly Revision[]): string | null {
  const own = revisions.filter((row) => row.vmUuid === vmUuid);
  const since = own.findIndex((row) => row.composeHash === wanted);
  if (since === -1) return null;
  return own.slice(since).find((row) => row.composeHash !== wanted)?.composeHash ?? null;
}

/** What is known at the start of a run of what happened before it. */
interface Since {
  /** Newest first. */
  readonly revisions: readonly Revision[];
  readonly isSource: boolean;
  /** Ms since the epoch, our clock. */
  readonly now: number;
  /** The server's clock minus ours, in ms. */
  readonly clockOffsetMs: number | null;
}

/**
 * What there is to remember of one that this run has not touched: its row may tell the new revision before the guest
 * boots it (API facts, 13). What an earlier run asked for may wait in the platform's queue still; the source was
 * deployed by a step before.
 */
export function courseBefore(
  cvm: Cvm,
  wanted: string,
  { revisions, isSource, ...times }: Since,
): Course {
  const begunAt = begunLately(cvm, wanted, revisions, times);
  return newCourse(wanted, begunAt, null, isSource ? LATELY_MS : QUEUE_MS);
}

/**
 * The update that brought one to a revision other than the wanted one a moment ago, such as by a run that was
 * cancelled: it may wait in the queue still. Null: there is none, or what its row tells is of its creation.
 */
export function updateBefore(cvm: Cvm, since: Since): Course | null {
  const rows = since.revisions.filter((row) => row.vmUuid === cvm.vmUuid);
  if (rows.length < 2) return null;
  const course = courseBefore(cvm, cvm.composeHash ?? "", { ...since, isSource: true });
  return isOpen(course, since.now) ? course : null;
}

/**
 * When the last update to a revision was begun, by our clock; null: so long ago that it has shown by now, or not
 * known.
 */
function begunLately(
  { vmUuid }: Cvm,
  wanted: string,
  revisions: readonly Revision[],
  { now, clockOffsetMs }: { readonly now: number; readonly clockOffsetMs: number | null },
): number | null {
  const [last] = revisions.filter((row) => row.vmUuid === vmUuid);
  if (last === undefined || last.composeHash !== wanted || last.createdAt === null) return null;
  const at = Math.min(now, last.createdAt - (clockOffsetMs ?? 0));
  return now - at < QUEUE_MS ? at : null;
}
