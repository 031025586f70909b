/** The outputs of the action verify. */
import type { Attested } from "../../ledger/attested.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { report } from "./attested.ts";

/** Its own outputs by name. */
export function verifyOutputs(ledger: Ledger): Readonly<Record<string, string>> {
  return { report: report(attestedIn(ledger)) };
}

/** What was verified, in the order of the run. */
export function attestedIn(ledger: Ledger): readonly Attested[] {
  return ledger.replicas().flatMap(({ attested }) => (attested === null ? [] : [attested]));
}
