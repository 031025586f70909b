import type { Doing } from "../../ledger/trouble.ts";
import type { Fault } from "../../net/fault.ts";
import { duration } from "../../text/duration.ts";
import { doingText } from "./doing.ts";
import { reasonOf } from "./reason.ts";

/** Before a request is sent again, as try number `next`. @param waitMs the pause before it */
export function retryingText(doing: Doing, fault: Fault, waitMs: number, next: number): string {
  return `Could not ${doingText(doing)}: ${reasonOf(fault)}. Try ${next} follows in ${duration(waitMs)}.`;
}
