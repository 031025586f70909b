import type { Clock } from "../edges.ts";
import type { PhalaClient } from "../phala/client.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { Fault } from "../phala/fault.ts";
import { judgeRepeatable } from "../phala/retry.ts";
import {
  decide,
  LOOK_TIMEOUT_MS,
  newcomers,
  pauseBeforeLook,
  SETTLE_WINDOW_MS,
  type Wanted,
} from "./newcomers.ts";

export type Settlement =
  | { readonly kind: "adopted"; readonly cvm: Cvm }
  | { readonly kind: "several"; readonly cvms: readonly Cvm[] }
  /** Nothing fitted, `lastSeen` once at most. */
  | { readonly kind: "none"; readonly lastSeen: Cvm | null }
  /** The list could not be read (any more); what fitted before is in `lastSeen`. */
  | { readonly kind: "blind"; readonly fault: Fault; readonly lastSeen: Cvm | null }
  | { readonly kind: "cancelled" };

/**
 * Looks for the replica of a create request whose answer got lost, against what was there before. Never
 * sends anything but reads.
 *
 * @param wanted asked anew at each look, since other requests may claim a newcomer meanwhile
 * @param windowMs how long to look; it ends early when the question is answered, and 0 is one look
 */
export async function settle(
  api: PhalaClient,
  clock: Clock,
  appId: string,
  wanted: () => Wanted,
  signal: AbortSignal,
  windowMs: number = SETTLE_WINDOW_MS,
): Promise<Settlement> {
  const end = clock.now() + windowMs;
  let before: readonly Cvm[] | null = null;
  let lastFault: Fault | null = null;
  let overtime = 0;
  for (let n = 0; ; n++) {
    // The window may end between the two looks that an adoption needs; one more is then allowed.
    if (n > 0 && clock.now() >= end && (before?.length !== 1 || overtime++ > 0)) break;
    await clock.sleep(pauseBeforeLook(n), signal);
    if (signal.aborted) return { kind: "cancelled" };
    const list = await api.listCvms(appId, { timeoutMs: LOOK_TIMEOUT_MS, signal });
    if (signal.aborted) return { kind: "cancelled" };
    if (!list.ok) {
      lastFault = list.fault;
      if (judgeRepeatable(list.fault) === "final") {
        return { kind: "blind", fault: list.fault, lastSeen: before?.[0] ?? null };
      }
      continue;
    }
    lastFault = null;
    const found = newcomers(list.value.cvms, wanted());
    const decision = decide(before, found);
    if (decision.kind === "adopt") return { kind: "adopted", cvm: decision.cvm };
    if (decision.kind === "several") return decision;
    before = found;
  }
  // What was not seen by looks that ended long ago was not looked for.
  if (lastFault !== null) return { kind: "blind", fault: lastFault, lastSeen: before?.[0] ?? null };
  return { kind: "none", lastSeen: before?.[0] ?? null };
}
