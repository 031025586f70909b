import type { BootStatus } from "../phala/status.ts";

/** The rule of a boot: what one more look says, given those before it. Pure. */

/** What is remembered of a replica between two looks. */
export interface BootMemory {
  /** It was in an earlier look. */
  readonly seen: boolean;
  /** Looks in a row without it, after it was seen. */
  readonly missing: number;
  /** Looks in a row with a boot error. */
  readonly errors: number;
  readonly last: BootStatus | null;
}

export const NEW_BOOT: BootMemory = { seen: false, missing: 0, errors: 0, last: null };

export type BootVerdict = "booting" | "running" | "failed";

/** A boot error may clear by itself (API facts, `boot_error`); in this many looks in a row it is real. */
export const LOOKS_WITH_ERROR = 3;
/** One list without it may be a hiccup; this many in a row mean that it is gone. */
export const LOOKS_WITHOUT = 2;

const FAILED = new Set(["error", "failed", "exited"]);
const GOING = new Set(["removing", "deleting", "deleted"]);

/** @param status null where the look did not show the CVM */
export function judgeBoot(
  memory: BootMemory,
  status: BootStatus | null,
): { readonly memory: BootMemory; readonly verdict: BootVerdict; readonly reason: string } {
  if (status === null) {
    const missing = memory.seen ? memory.missing + 1 : 0;
    const gone = missing >= LOOKS_WITHOUT;
    return {
      memory: { ...memory, missing },
      verdict: gone ? "failed" : "booting",
      reason: gone ? "it was deleted meanwhile" : "",
    };
  }
  const { errors, last } = remembered(memory, status);
  const next = { seen: true, missing: 0, errors, last };
  const failed = (reason: string) => ({ memory: next, verdict: "failed" as const, reason });
  const name = status.status;
  if (name === "running" && !status.inProgress)
    return { memory: next, verdict: "running", reason: "" };
  if (FAILED.has(name)) return failed(`its status is ${name}`);
  if (GOING.has(name)) return failed(`it is being deleted (status ${name})`);
  if (name === "stopped" && !status.inProgress) return failed("it stopped");
  if (errors >= LOOKS_WITH_ERROR) return failed("it reports a boot error");
  return { memory: next, verdict: "booting", reason: "" };
}

/** A look that can't tell progress and errors leaves those of the look before it standing. */
function remembered(
  memory: BootMemory,
  status: BootStatus,
): Pick<BootMemory, "errors"> & { last: BootStatus } {
  if (!status.detailed) {
    const { bootProgress = null, bootError = null } = memory.last ?? {};
    return { errors: memory.errors, last: { ...status, bootProgress, bootError } };
  }
  return { errors: status.bootError === null ? 0 : memory.errors + 1, last: status };
}
