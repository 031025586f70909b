import type { Fault } from "../net/fault.ts";
import type { GaveUp } from "../net/persist.ts";
import type { Doing } from "./doing.ts";

/** The trouble of a request that was given up, or that nothing would mend. */
export function requestFailed(
  doing: Doing,
  { fault, gaveUp }: { readonly fault: Fault; readonly gaveUp: GaveUp | null },
) {
  return { kind: "request", doing, fault, gaveUp } as const;
}
