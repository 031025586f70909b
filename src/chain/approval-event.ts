import type { Fault } from "../net/fault.ts";
import type { Allowance } from "../phala/allowance.ts";
import type { RegisterEvent } from "./registration.ts";

/** What happens while an approval is waited for, or given: for the log. */
export type ApprovalEvent =
  | RegisterEvent
  /** Not yet, for so long. */
  | { readonly event: "not-yet"; readonly elapsedMs: number; readonly last: Allowance | null }
  | { readonly event: "unread"; readonly fault: Fault }
  | { readonly event: "allowed"; readonly elapsedMs: number };
