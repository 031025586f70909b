import type { Runner } from "../action/edges.ts";
import { notTold } from "../report/log/ending.ts";
import { debugTrace } from "./handover.ts";

/**
 * What is done where a subscriber of the ledger throws, which is a bug of ours: a warning, the first time. Nothing is
 * thrown.
 */
export function untold(runner: Pick<Runner, "debug" | "warning">): (error: unknown) => void {
  let told = false;
  return (error) => {
    if (told) return;
    told = true;
    try {
      debugTrace(runner, error);
      runner.warning(notTold(error));
    } catch {
      // It may be the printing itself that fails.
    }
  };
}
