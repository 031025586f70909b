import type { BootEnd } from "../../ledger/trouble.ts";
import { runs } from "../../phala/cvm.ts";
import { type BootStatus, hasFailed, isGoing } from "../../phala/status.ts";

/** The rule of a boot: what one more look says, given those before it. Pure. */

/** What is remembered of a replica between two looks. */
export interface BootMemory {
  /** It was in an earlier look. */
  readonly seen: boolean;
  /** Looks in a row without it, after it was seen. */
  readonly missing: number;
  /** Looks in a row with the same boot error, and no progress meanwhile. */
  readonly errors: number;
  /** When the first of them was, ms since the epoch. */
  readonly errorSince: number;
  readonly last: BootStatus | null;
}

export const NEW_BOOT: BootMemory = {
  seen: false,
  missing: 0,
  errors: 0,
  errorSince: 0,
  last: null,
};

export type BootVerdict = "booting" | "running" | "failed";

/**
 * A boot error may clear by itself while the boot goes on (API facts, 3.4). It is real once it
 * stood for so long, in so many looks, without any progress. Ms.
 */
export const ERROR_STANDS_MS = 15_000;
export const LOOKS_WITH_ERROR = 3;
/** One list without it may be a hiccup; this many in a row mean that it is gone. */
export const LOOKS_WITHOUT = 2;

export interface BootJudgement {
  readonly memory: BootMemory;
  readonly verdict: BootVerdict;
  /** Of a boot that failed; else null. */
  readonly end: BootEnd | null;
}

/**
 * @param status null where the look did not show the CVM
 * @param now when the look was, ms since the epoch
 */
export function judgeBoot(
  memory: BootMemory,
  status: BootStatus | null,
  now: number,
): BootJudgement {
  if (status === null) {
    const missing = memory.seen ? memory.missing + 1 : 0;
    const gone = missing >= LOOKS_WITHOUT;
    return {
      memory: { ...memory, missing },
      verdict: gone ? "failed" : "booting",
      end: gone ? { why: "vanished" } : null,
    };
  }
  const next = { seen: true, missing: 0, ...remembered(memory, status, now) };
  const failed = (end: BootEnd) => ({ memory: next, verdict: "failed" as const, end });
  const name = status.status;
  if (runs(status)) return { memory: next, verdict: "running", end: null };
  if (hasFailed(name)) return failed({ why: "status", status: name });
  if (isGoing(name)) return failed({ why: "going", status: name });
  if (name === "stopped" && !status.inProgress) return failed({ why: "stopped" });
  if (next.errors >= LOOKS_WITH_ERROR && now - next.errorSince >= ERROR_STANDS_MS) {
    return failed({ why: "boot-error" });
  }
  return { memory: next, verdict: "booting", end: null };
}

/** A look that can't tell progress and errors leaves those of the look before it standing. */
function remembered(
  { errors, errorSince, last }: BootMemory,
  status: BootStatus,
  now: number,
): Pick<BootMemory, "errors" | "errorSince"> & { last: BootStatus } {
  if (!status.detailed) {
    const { bootProgress = null, bootError = null } = last ?? {};
    return { errors, errorSince, last: { ...status, bootProgress, bootError } };
  }
  if (status.bootError === null) return { errors: 0, errorSince: 0, last: status };
  const stands =
    errors > 0 && last?.bootError === status.bootError && last.bootProgress === status.bootProgress;
  return stands
    ? { errors: errors + 1, errorSince, last: status }
    : { errors: 1, errorSince: now, last: status };
}
