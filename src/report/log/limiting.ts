/** The sentences about a `ttl`. */

import type { Limited } from "../../fleet/limit.ts";
import type { Fault } from "../../net/fault.ts";
import type { GaveUp } from "../../net/persist.ts";
import { duration } from "../../text/duration.ts";
import { codeOf, type Failure, reasonOf, troubleOf } from "../annotation/failure.ts";

const BILLED = "Without it, the replica is billed until somebody deletes it.";

/** A moment as everybody reads it. @param at ms since the epoch */
export function moment(at: number): string {
  return new Date(at).toISOString();
}

/** What is tried, for logs and failures. @param ttlMs as it was asked for */
export function settingTtl({ name, vmUuid }: Omit<Limited, "endsAt">, ttlMs: number): string {
  return `set the ttl (${duration(ttlMs)}) of ${name} (${vmUuid})`;
}

export function ttlIsSet({ name, endsAt }: Limited): string {
  return `The platform deletes ${name} at ${moment(endsAt)} (ttl).`;
}

/** A try that failed for the moment; more follow, beside whatever else is going on. */
export function ttlNotYet(limited: Limited, ttlMs: number, fault: Fault): string {
  return `Could not ${settingTtl(limited, ttlMs)} yet: ${reasonOf(fault)}. It is tried again while the step goes on.`;
}

export function ttlFailure(
  limited: Limited,
  ttlMs: number,
  fault: Fault,
  gaveUp: GaveUp | null,
): Failure {
  const trouble = troubleOf(settingTtl(limited, ttlMs), fault, gaveUp);
  return { code: codeOf(fault), text: `${trouble} ${BILLED}` };
}

/** An end that has passed already: the platform is not told of it. */
export function ttlIsPast(limited: Limited, ttlMs: number): Failure {
  return {
    code: "TIMEOUT",
    text: `Did not ${settingTtl(limited, ttlMs)}: its end, ${moment(limited.endsAt)}, lies in the past by the platform's clock. ${BILLED}`,
  };
}

/** Nobody but our clock told when the replica was created. */
export function ttlIsGuessed({ name, endsAt }: Limited): string {
  return `The API told neither created_at nor a Date, so the ttl of ${name} is counted by this runner's clock: it ends at ${moment(endsAt)}. If that is not what you meant, the runner's clock is off.`;
}

/** A deletion to come needs the same proof as one at once. */
export function ttlUnproven({ name, vmUuid }: Omit<Limited, "endsAt">): string {
  return `The ttl of ${name} (${vmUuid}) is not set: it was found by elimination after a lost answer, so it may be another's, and exclusive is not true. It is billed until somebody deletes it.`;
}
