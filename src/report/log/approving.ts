/** The log of getting an approval on chain. */

import type { ApprovalEvent } from "../../chain/approval-event.ts";
import type { SavedTransaction } from "../../chain/trouble.ts";
import { duration, moment } from "../../text/duration.ts";
import { faultText, registeredThing, transactionList } from "../words/chain.ts";
import { reasonOf } from "../words/reason.ts";

/** One line; what says who can approve is apart (`words/approval.ts`). */
export function approvalLine(event: ApprovalEvent): string {
  switch (event.event) {
    case "retrying":
      return `The node at rpc_url failed (${event.method}): ${faultText(event.fault)}. It is asked again in ${duration(event.waitMs)}.`;
    case "waiting":
      return `Another transaction of the signer is pending (nonce ${event.nonce}); nothing is signed before it is through.`;
    case "sent":
      return event.again
        ? `Sending the same transaction again: ${event.transaction}.`
        : `Registering ${registeredThing(event.what)} with transaction ${event.transaction} (nonce ${event.nonce}).`;
    case "registered":
      return `Registered ${registeredThing(event.what)}: ${event.transaction} is in a block.`;
    case "not-yet": {
      const error = event.last?.error ? " The platform's own look at the chain fails." : "";
      return `Not approved yet, after ${duration(event.elapsedMs)}.${error}`;
    }
    case "unread":
      return `Could not ask whether it is approved: ${reasonOf(event.fault)}. It is asked again.`;
    case "allowed":
      return `Approved after ${duration(event.elapsedMs)}.`;
  }
}

/** The contract shows it, and the API does not. @param until ms since the epoch */
export function notSeenYet(until: number): string {
  return `The API does not see the registration yet; it is asked until ${moment(until)}.`;
}

/** For post: main was killed while it waited. */
export function endedWaiting(): string {
  return "The step was ended while it waited for an approval on chain: it had created nothing. Once all is registered, run it again.";
}

/** For post: what a run that did not end well had signed. */
export function signedBefore(transactions: readonly SavedTransaction[]): string {
  return `Before it ended, the step had signed the registration of ${transactionList(transactions)}. Each may be in a block or not; a further run goes on from what the chain shows, and registers nothing twice.`;
}
