import { identOf } from "../ledger/replica.ts";
import type { Searched } from "../ledger/trouble.ts";
import type { Clock } from "../net/clock.ts";
import type { Fault } from "../net/fault.ts";
import { judgeRepeatable } from "../net/retry.ts";
import type { PhalaClient } from "../phala/api.ts";
import type { Cvm } from "../phala/cvm.ts";
import {
  decide,
  LOOK_TIMEOUT_MS,
  newcomers,
  pauseBeforeLook,
  SETTLE_WINDOW_MS,
  type Wanted,
} from "./plan/newcomers.ts";

/** How long a single look is tried for, in ms. */
const GLANCE_MS = 10_000;

export type Settlement =
  | { readonly kind: "adopted"; readonly cvm: Cvm }
  | { readonly kind: "several"; readonly cvms: readonly Cvm[] }
  /** Nothing fitted, `lastSeen` once at most. */
  | { readonly kind: "none"; readonly lastSeen: Cvm | null }
  /** The list could not be read (any more); what fitted before is in `lastSeen`. */
  | { readonly kind: "blind"; readonly fault: Fault; readonly lastSeen: Cvm | null }
  | { readonly kind: "cancelled" };

/** How long to look. */
export interface Window {
  /** What shows up within this time is looked for, in ms; 0 is one look. */
  readonly leastMs: number;
  /** How long to go on where no look comes through, in ms. */
  readonly mostMs: number;
  /** The first look follows without a pause. */
  readonly atOnce: boolean;
}

/** One look that comes through, or more where one may not be enough. @param leastMs as in `Window` */
export function glance(leastMs = 0): Window {
  return { leastMs, mostMs: Math.max(leastMs, GLANCE_MS), atOnce: true };
}

/**
 * Looks for the replica of a create request that may have made one, against what was there before. Never
 * sends anything but reads. Ends early when the question is answered.
 *
 * @param wanted asked anew at each look, since other requests may claim a newcomer meanwhile
 * @param window how long to look; a number is ms after which it ends, whether a look came through or not
 */
export async function settle(
  api: PhalaClient,
  clock: Clock,
  appId: string,
  wanted: () => Wanted,
  signal: AbortSignal,
  window: Window | number = SETTLE_WINDOW_MS,
): Promise<Settlement> {
  const { leastMs, mostMs, atOnce } = windowOf(window);
  const begun = clock.now();
  let before: readonly Cvm[] | null = null;
  /** What fitted in any look: before a request is sent again, once is once too often, though it is gone by now. */
  let shown: Cvm | null = null;
  let lastFault: Fault | null = null;
  let overtime = 0;
  for (let n = 0; ; n++) {
    const elapsedMs = clock.now() - begun;
    const over = elapsedMs >= mostMs || (elapsedMs >= leastMs && lastFault === null);
    // The window may end between the two looks that an adoption needs; one more is then allowed.
    if (n > 0 && over && (before?.length !== 1 || overtime++ > 0)) break;
    if (n > 0 || !atOnce) await clock.sleep(pauseBeforeLook(n), signal);
    if (signal.aborted) return { kind: "cancelled" };
    const list = await api.listCvms(appId, { timeoutMs: LOOK_TIMEOUT_MS, signal });
    if (signal.aborted) return { kind: "cancelled" };
    if (!list.ok) {
      lastFault = list.fault;
      if (judgeRepeatable(list.fault) === "final") return blind(list.fault, before);
      continue;
    }
    lastFault = null;
    const found = newcomers(list.value.cvms, wanted());
    const decision = decide(before, found);
    if (decision.kind === "adopt") return { kind: "adopted", cvm: decision.cvm };
    if (decision.kind === "several") return decision;
    before = found;
    if (atOnce) shown = found[0] ?? shown;
  }
  // What was not seen by looks that ended long ago was not looked for.
  return lastFault === null ? none(before?.[0] ?? shown) : blind(lastFault, before);
}

function none(lastSeen: Cvm | null): Settlement {
  return { kind: "none", lastSeen };
}

function blind(fault: Fault, before: readonly Cvm[] | null): Settlement {
  return { kind: "blind", fault, lastSeen: before?.[0] ?? null };
}

function windowOf(window: Window | number): Window {
  if (typeof window !== "number") return window;
  return { leastMs: window, mostMs: window, atOnce: false };
}

/** The looks came through, and nothing new that fits is there. */
export function showsNothing(settlement: Settlement): boolean {
  return settlement.kind === "none" && settlement.lastSeen === null;
}

/** What a search showed, as a trouble keeps it. */
export function searchedOf(settlement: Settlement): Searched {
  switch (settlement.kind) {
    case "adopted":
      return { found: "one-not-ours", cvms: [identOf(settlement.cvm)] };
    case "several":
      return { found: "several", cvms: settlement.cvms.map(identOf) };
    case "none": {
      const { lastSeen } = settlement;
      if (lastSeen === null) return { found: "nothing", forMs: SETTLE_WINDOW_MS };
      return { found: "one-once", cvms: [identOf(lastSeen)] };
    }
    case "blind": {
      const { fault, lastSeen } = settlement;
      return { found: "blind", fault, cvms: lastSeen === null ? [] : [identOf(lastSeen)] };
    }
    case "cancelled":
      return { found: "cancelled" };
  }
}
