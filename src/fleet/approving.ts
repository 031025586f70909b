/** Approvals, as far as making a replica has to do with them. */
import { needOf } from "../ledger/need.ts";
import type { Trouble } from "../ledger/trouble.ts";
import type { Approval } from "../phala/approval.ts";

/** How a creation gets what needs an approval approved. */
export interface Approving {
  /** Whether the step waits for approvals, or gives them itself. */
  readonly wanted: boolean;
  /** Told of each 465. @returns why no such thing is to be approved; null: it may be */
  readonly meet: (approval: Approval) => Trouble | null;
  /**
   * Waits until it is approved, or approves it.
   *
   * @param approval what is known of it; null: the answer said nothing
   */
  readonly get: (approval: Approval | null) => Promise<{
    readonly approval: Approval;
    /** The transaction to name; null: it was not approved, and `trouble` says why. */
    readonly transactionHash: string | null;
    /** Null: approved, or cancelled. */
    readonly trouble: Trouble | null;
  }>;
}

/** An approval is needed, and nobody waits for it. */
export function needsApproval(at: "create" | "commit", approval: Approval): Trouble {
  return { kind: "approval", at, need: needOf(approval) };
}

/** What the last answer says goes before what an earlier one said; what it leaves out stands. */
export function merged(approval: Approval, second: Approval): Approval {
  const known = Object.entries(second).filter(([, value]) => value !== null);
  return { ...approval, ...Object.fromEntries(known) };
}
