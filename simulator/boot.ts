import {
  aimOf,
  bootPhase,
  guestHashAt,
  lastBegun,
  type Phase,
  phaseOf,
  RUNNING_IN_PROGRESS,
} from "./operations.ts";
import type { Settings } from "./options.ts";
import type { Change, Cvm, Operation } from "./types.ts";

/** What a CVM looks like at one moment: a pure function of its history and the clock. */
export interface CvmView {
  readonly status: string;
  readonly inProgress: boolean;
  /** The status that the running operation aims at, or null. */
  readonly target: string | null;
  readonly bootProgress: string;
  readonly bootError: string;
  readonly shutdownProgress: string;
  /** As rows tell it: often null although the guest has one (API facts, section 15). */
  readonly instanceId: string | null;
  /** As the guest and the gateway know it; null until the guest has booted. */
  readonly guestInstanceId: string | null;
  /** Whether `endpoints` and `app_url` are known yet. */
  readonly reachable: boolean;
  /** Deleted, or never seen again: 404 and off the list. */
  readonly gone: boolean;
  readonly removing: boolean;
  /** Epoch ms at which it began to run, or null. */
  readonly runningSince: number | null;
  /** Epoch ms of the deletion that holds, or null. */
  readonly deletionStartedAt: number | null;
  /** The revision that its guest runs; an update's row tells the new one before. */
  readonly guestHash: string;
  /** The operation that is in progress, or null: none, its creation or its deletion. */
  readonly operation: Operation | null;
}

/** Boot phrases of the guest in order (API facts, 3.4); `done` comes last. */
const BOOT_PHRASES = [
  "init-script",
  "requesting app keys",
  "initializing data disk",
  "data disk ready",
  "setting up dstack-gateway",
  "setting up docker",
  "pre-launch",
  "starting containers",
] as const;

interface Overlay {
  status: string | null;
  bootError: string | null;
  bootProgress: string | null;
  inProgress: boolean | null;
}

function overlayOf(changes: readonly Change[]): Overlay {
  const overlay: Overlay = { status: null, bootError: null, bootProgress: null, inProgress: null };
  for (const change of changes) {
    if (change.status !== undefined) overlay.status = change.status;
    if (change.bootError !== undefined) overlay.bootError = change.bootError;
    if (change.bootProgress !== undefined) overlay.bootProgress = change.bootProgress;
    if (change.inProgress !== undefined) overlay.inProgress = change.inProgress;
  }
  return overlay;
}

/** Epoch ms at which a deletion began: the DELETE, or the schedule that has passed. */
function deletionStart(cvm: Cvm, now: number): number | null {
  const scheduled =
    cvm.scheduledDeleteAt !== null && cvm.scheduledDeleteAt <= now ? cvm.scheduledDeleteAt : null;
  if (cvm.deleteRequestedAt === null) return scheduled;
  return scheduled === null ? cvm.deleteRequestedAt : Math.min(scheduled, cvm.deleteRequestedAt);
}

/** What the plan and a test have set by now, as far as the CVM's last operation has not outdated it. */
function changesOf(cvm: Cvm, now: number, { from, skip }: Phase): readonly Change[] {
  const { steps = [] } = cvm.plan;
  if (steps.length === 0 && cvm.changes.length === 0) return [];
  const planned = steps.map((step) => ({ ...step, at: cvm.createdAt + step.atMs }));
  return [...planned.filter(({ at }) => at >= from), ...cvm.changes.slice(skip)].filter(
    ({ at }) => at <= now,
  );
}

/**
 * The CVM as the API would describe it now.
 *
 * @param cvm the record with its history
 * @param now epoch ms of the world's clock
 * @param settings how long a deletion takes, in ms, and its word
 */
export function viewOf(
  cvm: Cvm,
  now: number,
  { removeMs, removingStatus }: Pick<Settings, "removeMs" | "removingStatus">,
): CvmView {
  const operation = lastBegun(cvm, now);
  const boot = bootPhase(cvm, now);
  const phase = operation === undefined ? boot : phaseOf(operation, now);
  const changes = changesOf(cvm, now, phase);
  const overlay = overlayOf(changes);
  const startedAt = deletionStart(cvm, now);
  const removing = startedAt !== null;
  const status = removing ? removingStatus : (overlay.status ?? phase.status);
  const folded = status.toLowerCase();
  const running = folded === "running";
  const changing = folded.endsWith("ing") && !running;
  const inProgress =
    overlay.inProgress ?? (changing || (overlay.status === null && !removing && phase.inProgress));
  const runningSince = running ? runningFrom(changes, now, phase) : null;
  const booted = running || boot.share >= RUNNING_IN_PROGRESS;
  const phrase = BOOT_PHRASES[Math.floor(phase.share * BOOT_PHRASES.length)] ?? "done";
  const aim = operation === undefined ? "running" : aimOf(operation.kind);
  return {
    status,
    inProgress,
    target: inProgress ? (removing ? "deleted" : aim) : null,
    bootProgress: overlay.bootProgress ?? phrase,
    bootError: overlay.bootError ?? phase.bootError,
    shutdownProgress: removing ? "removing" : "",
    instanceId: booted && idTold(cvm, now) ? cvm.futureInstanceId : null,
    guestInstanceId: booted ? cvm.futureInstanceId : null,
    reachable: isReachable(cvm, now, runningSince),
    gone: isGone(cvm, now, startedAt === null ? null : startedAt + removeMs),
    removing,
    runningSince,
    deletionStartedAt: startedAt,
    guestHash: guestHashAt(cvm, now),
    operation: inProgress && operation !== undefined ? operation : null,
  };
}

/** @param removedBy when its deletion is through, epoch ms; null: nobody asked for it */
function isGone(cvm: Cvm, now: number, removedBy: number | null): boolean {
  const { plan, createdAt } = cvm;
  const removedAt = plan.removedAfterMs === undefined ? null : createdAt + plan.removedAfterMs;
  return (
    (removedBy !== null && !cvm.deleteStuck && now >= removedBy) ||
    (cvm.vanishedAt !== null && now >= cvm.vanishedAt) ||
    (removedAt !== null && now >= removedAt)
  );
}

/** Its endpoints answer. */
function isReachable({ plan }: Cvm, now: number, runningSince: number | null): boolean {
  if (runningSince === null || plan.endpointsNever === true) return false;
  return now >= runningSince + (plan.endpointsLagMs ?? 0);
}

function idTold(cvm: Cvm, now: number): boolean {
  if (cvm.plan.instanceIdNull !== true) return true;
  return cvm.backfilledAt !== null && cvm.backfilledAt <= now;
}

function runningFrom(changes: readonly Change[], now: number, phase: Phase): number {
  let since = phase.runningSince;
  for (const change of changes) {
    if (change.status?.toLowerCase() === "running") since = change.at;
  }
  return Math.min(since, now);
}
