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
  olderOnes,
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
  /** Nothing fitted but for its time of creation, which is a little before the request. */
  | { readonly kind: "older"; readonly cvms: readonly Cvm[] }
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
  const { leastMs, mostMs, atOnce } =
    typeof window === "number" ? { leastMs: window, mostMs: window, atOnce: false } : window;
  const begun = clock.now();
  const seen = new Seen(atOnce);
  let overtime = 0;
  for (let n = 0; ; n++) {
    const elapsedMs = clock.now() - begun;
    const over = elapsedMs >= mostMs || (elapsedMs >= leastMs && !seen.blind);
    // The window may end between the two looks that an adoption needs; one more is then allowed.
    if (n > 0 && over && (!seen.one || overtime++ > 0)) break;
    if (n > 0 || !atOnce) await clock.sleep(pauseBeforeLook(n), signal);
    if (signal.aborted) return { kind: "cancelled" };
    const list = await api.listCvms(appId, { timeoutMs: LOOK_TIMEOUT_MS, signal });
    if (signal.aborted) return { kind: "cancelled" };
    const answer = list.ok ? seen.take(list.value.cvms, wanted()) : seen.miss(list.fault);
    if (answer !== null) return answer;
  }
  return seen.end();
}

/** What the looks of one search have shown by now. */
class Seen {
  readonly #atOnce: boolean;
  /** What fitted in the last look that came through; null: none did. */
  #before: readonly Cvm[] | null = null;
  /** What fitted in any look: before a request is sent again, once is once too often, though it is gone by now. */
  #shown: Cvm | null = null;
  /** What was too old in it by a little. */
  #older: readonly Cvm[] = [];
  /** Why the last look failed; null: it did not. */
  #fault: Fault | null = null;

  constructor(atOnce: boolean) {
    this.#atOnce = atOnce;
  }

  get blind(): boolean {
    return this.#fault !== null;
  }

  /** Exactly one fitted. */
  get one(): boolean {
    return this.#before?.length === 1;
  }

  /** A look failed. @returns the answer where no further one could do better */
  miss(fault: Fault): Settlement | null {
    this.#fault = fault;
    return judgeRepeatable(fault) === "final" ? this.end() : null;
  }

  /** A look came through. @returns the answer, where there is one already */
  take(cvms: readonly Cvm[], wanted: Wanted): Settlement | null {
    const found = newcomers(cvms, wanted);
    this.#fault = null;
    this.#older = olderOnes(cvms, wanted);
    const decision = decide(this.#before, found);
    if (decision.kind === "adopt") return { kind: "adopted", cvm: decision.cvm };
    if (decision.kind === "several") return decision;
    this.#before = found;
    if (this.#atOnce) this.#shown = found[0] ?? this.#shown;
    return null;
  }

  /** There is no more time to look. */
  end(): Settlement {
    const last = this.#before?.[0] ?? null;
    // What was not seen by looks that ended long ago was not looked for.
    if (this.#fault !== null) return { kind: "blind", fault: this.#fault, lastSeen: last };
    const lastSeen = last ?? this.#shown;
    if (lastSeen === null && this.#older.length > 0) return { kind: "older", cvms: this.#older };
    return { kind: "none", lastSeen };
  }
}

/** What a search showed, as a trouble keeps it. */
export function searchedOf(settlement: Settlement): Searched {
  switch (settlement.kind) {
    case "adopted":
      return { found: "one-not-ours", cvms: [identOf(settlement.cvm)] };
    case "several":
    case "older":
      return { found: settlement.kind, cvms: settlement.cvms.map(identOf) };
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
