import type { Cvm, Operation, OperationKind } from "./types.ts";

/** How far a CVM is by its own course: its creation, or the last operation on it. */
export interface Phase {
  /** Epoch ms from which on it holds: earlier steps of the plan hold no more, nor do so many changes by a test. */
  readonly from: number;
  readonly skip: number;
  readonly status: string;
  readonly inProgress: boolean;
  /** What has been done of it, from 0 to 1. */
  readonly share: number;
  /** Epoch ms since when it has been running, where that is its status. */
  readonly runningSince: number;
  readonly bootError: string;
}

/** Share of the boot during which the API still says `provisioning`. */
const PROVISIONING = 0.15;
/** Share of an update in which the guest is still up. */
const STILL_UP = 0.15;
/** From this share on the guest boots again. */
const BOOTS_AGAIN = 0.5;
/** From this share on it already says `running`, but with `in_progress`: a client must wait for both. */
export const RUNNING_IN_PROGRESS = 0.9;

/** The course of a CVM's creation. */
export function bootPhase(cvm: Cvm, now: number): Phase {
  const { bootMs } = cvm.plan;
  const share = shareOf(now - cvm.createdAt, bootMs);
  const booting = share < PROVISIONING ? "provisioning" : "starting";
  return {
    from: Number.NEGATIVE_INFINITY,
    skip: 0,
    status: share < RUNNING_IN_PROGRESS ? booting : "running",
    inProgress: share < 1,
    share,
    runningSince: cvm.createdAt + bootMs * RUNNING_IN_PROGRESS,
    bootError: "",
  };
}

function shareOf(elapsed: number, whole: number): number {
  return whole <= 0 ? 1 : Math.min(1, Math.max(0, elapsed) / whole);
}

/** Epoch ms at which an operation begins to show. */
export function startOf(operation: Operation): number {
  return operation.at + operation.plan.queueMs;
}

/** The operation that a CVM's state goes by, or undefined: one that is still queued changes nothing. */
export function lastBegun(cvm: Cvm, now: number): Operation | undefined {
  return cvm.operations.findLast(
    (one) => startOf(one) <= now && !(one.cancelledAt !== null && one.cancelledAt < startOf(one)),
  );
}

/** Whether another operation has to wait for this one, a queued one included. */
export function isOpen({ at, plan, cancelledAt }: Operation, now: number): boolean {
  const end = at + plan.queueMs + plan.ms + plan.lockMs;
  return now < Math.min(end, cancelledAt ?? end);
}

/** The status in which a kind of operation ends when all goes well. */
export function aimOf(kind: OperationKind): "running" | "stopped" {
  return kind === "stop" || kind === "shutdown" ? "stopped" : "running";
}

function underWay({ kind, before, plan }: Operation, share: number): string {
  if (kind === "stop") return "stopping";
  if (kind === "shutdown") return "shutting_down";
  if (kind === "update" && share < STILL_UP) return before;
  if (share >= RUNNING_IN_PROGRESS && plan.status === "running") return "running";
  // An update of a stopped CVM does not start it.
  const boots = share >= BOOTS_AGAIN && plan.status !== "stopped";
  if (kind === "start" || boots) return "starting";
  return kind === "restart" ? "restarting" : "updating";
}

/** The course of an operation that has begun. */
export function phaseOf(operation: Operation, now: number): Phase {
  const { before, plan, runningBefore, cancelledAt } = operation;
  const from = startOf(operation);
  const share = shareOf(Math.min(now, cancelledAt ?? now) - from, plan.ms);
  const cut = cancelledAt !== null && cancelledAt <= now && share < 1;
  const stillUp = share < STILL_UP && before === "running" && operation.kind === "update";
  const phase = { from, skip: operation.changesBefore, share, bootError: "" };
  const runningSince = stillUp ? (runningBefore ?? from) : from + plan.ms * RUNNING_IN_PROGRESS;
  if (cut) {
    return { ...phase, status: stillUp ? before : "stopped", inProgress: false, runningSince };
  }
  if (share < 1) {
    return { ...phase, status: underWay(operation, share), inProgress: true, runningSince };
  }
  const { status, bootError } = plan;
  return { ...phase, status, bootError, inProgress: false, runningSince };
}

/** Epoch ms at which an update's guest comes up with the new revision. */
export function bootsAt(operation: Operation): number {
  return startOf(operation) + operation.plan.ms * BOOTS_AGAIN;
}

/** The revision that the guest runs, or ran, at a moment. */
export function guestHashAt(cvm: Cvm, at: number): string {
  const found = cvm.booted.findLast((one) => one.at <= at) ?? cvm.booted[0];
  return found?.composeHash ?? cvm.composeHash;
}
