import type { BootStep, Change, Cvm } from "./types.ts";

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
}

/** Boot phrases of the guest in order (API facts, 3.4); `done` comes last. */
export const BOOT_PHRASES = [
  "init-script",
  "requesting app keys",
  "initializing data disk",
  "data disk ready",
  "setting up dstack-gateway",
  "setting up docker",
  "pre-launch",
  "starting containers",
] as const;

/** Share of the boot during which the API still says `provisioning`. */
const PROVISIONING = 0.15;
/** From this share on it already says `running`, but with `in_progress`: a client must wait for both. */
const RUNNING_IN_PROGRESS = 0.9;

interface Overlay {
  status: string | null;
  bootError: string | null;
  bootProgress: string | null;
  inProgress: boolean | null;
}

function overlayOf(cvm: Cvm, now: number): Overlay {
  const overlay: Overlay = { status: null, bootError: null, bootProgress: null, inProgress: null };
  const apply = (step: Omit<BootStep, "atMs"> | Omit<Change, "at">): void => {
    if (step.status !== undefined) overlay.status = step.status;
    if (step.bootError !== undefined) overlay.bootError = step.bootError;
    if (step.bootProgress !== undefined) overlay.bootProgress = step.bootProgress;
    if (step.inProgress !== undefined) overlay.inProgress = step.inProgress;
  };
  for (const step of cvm.plan.steps ?? []) if (cvm.createdAt + step.atMs <= now) apply(step);
  for (const change of cvm.changes) if (change.at <= now) apply(change);
  return overlay;
}

/** Epoch ms at which a deletion began: the DELETE, or the schedule that has passed. */
function deletionStart(cvm: Cvm, now: number): number | null {
  const scheduled =
    cvm.scheduledDeleteAt !== null && cvm.scheduledDeleteAt <= now ? cvm.scheduledDeleteAt : null;
  if (cvm.deleteRequestedAt === null) return scheduled;
  return scheduled === null ? cvm.deleteRequestedAt : Math.min(scheduled, cvm.deleteRequestedAt);
}

function plainStatus(share: number): string {
  if (share < PROVISIONING) return "provisioning";
  return share < RUNNING_IN_PROGRESS ? "starting" : "running";
}

/**
 * The CVM as the API would describe it now.
 *
 * @param cvm the record with its history
 * @param now epoch ms of the world's clock
 * @param removeMs how long a deletion takes, in ms
 */
export function viewOf(cvm: Cvm, now: number, removeMs: number): CvmView {
  const elapsed = Math.max(0, now - cvm.createdAt);
  const share = cvm.plan.bootMs <= 0 ? 1 : Math.min(1, elapsed / cvm.plan.bootMs);
  const overlay = overlayOf(cvm, now);
  const startedAt = deletionStart(cvm, now);
  const removedAt =
    cvm.plan.removedAfterMs === undefined ? null : cvm.createdAt + cvm.plan.removedAfterMs;
  const gone =
    (startedAt !== null && !cvm.deleteStuck && now >= startedAt + removeMs) ||
    (cvm.vanishedAt !== null && now >= cvm.vanishedAt) ||
    (removedAt !== null && now >= removedAt);
  const removing = startedAt !== null;
  const status = removing ? "removing" : (overlay.status ?? plainStatus(share));
  const folded = status.toLowerCase();
  const running = folded === "running";
  const changing = folded.endsWith("ing") && !running;
  const inProgress =
    overlay.inProgress ?? (changing || (overlay.status === null && !removing && share < 1));
  const runningSince = running ? runningFrom(cvm, now) : null;
  const booted = running || share >= RUNNING_IN_PROGRESS;
  const phrase = BOOT_PHRASES[Math.floor(share * BOOT_PHRASES.length)] ?? "done";
  return {
    status,
    inProgress,
    target: inProgress ? (removing ? "deleted" : "running") : null,
    bootProgress: overlay.bootProgress ?? phrase,
    bootError: overlay.bootError ?? "",
    shutdownProgress: removing ? "removing" : "",
    instanceId: booted && idTold(cvm, now) ? cvm.futureInstanceId : null,
    guestInstanceId: booted ? cvm.futureInstanceId : null,
    reachable:
      runningSince !== null &&
      cvm.plan.endpointsNever !== true &&
      now >= runningSince + (cvm.plan.endpointsLagMs ?? 0),
    gone,
    removing,
    runningSince,
    deletionStartedAt: startedAt,
  };
}

function idTold(cvm: Cvm, now: number): boolean {
  if (cvm.plan.instanceIdNull !== true) return true;
  return cvm.backfilledAt !== null && cvm.backfilledAt <= now;
}

function runningFrom(cvm: Cvm, now: number): number {
  let since = cvm.createdAt + cvm.plan.bootMs * RUNNING_IN_PROGRESS;
  const steps = (cvm.plan.steps ?? []).map((step) => ({ ...step, at: cvm.createdAt + step.atMs }));
  for (const change of [...steps, ...cvm.changes]) {
    if (change.at <= now && change.status?.toLowerCase() === "running") since = change.at;
  }
  return Math.min(since, now);
}
