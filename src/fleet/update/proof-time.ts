/** How long an attestation is waited for. Pure. */
import type { Instance } from "./instance.ts";
import type { UpdateRules } from "./rules.ts";

/** Between two looks. Ms. */
export const PROOF_EVERY_MS = 5_000;
/**
 * A quote may be of the time before an update "for up to minutes" (API facts, 7); a mere warning waits no longer, and
 * leaves the rest of an instance's time to its update. Ms.
 */
const WARN_MS = 5 * 60_000;
const SHARE = 3;

/** Until when it is asked again, ms since the epoch: the time for one instance, under `warn` a part of it. */
function proofDeadline(
  { under, since, proofSince }: Pick<Instance, "under" | "since" | "proofSince">,
  { instanceTimeoutMs, verify }: Pick<UpdateRules, "instanceTimeoutMs" | "verify">,
): number {
  const deadline = under?.deadline ?? since + instanceTimeoutMs;
  if (verify !== "warn") return deadline;
  return Math.min(deadline, (proofSince ?? 0) + Math.min(WARN_MS, instanceTimeoutMs / SHARE));
}

/** Whether no further look fits in. */
export function proofIsOver(
  one: Pick<Instance, "under" | "since" | "proofSince">,
  rules: Pick<UpdateRules, "instanceTimeoutMs" | "pollMs" | "verify">,
  now: number,
): boolean {
  return now + Math.max(PROOF_EVERY_MS, rules.pollMs) > proofDeadline(one, rules);
}
