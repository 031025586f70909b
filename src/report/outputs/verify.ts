/** The outputs of the action verify. */
import type { Attested } from "../../ledger/attested.ts";
import { codeOf } from "../../ledger/code.ts";
import type { Judgement } from "../../ledger/judgement.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { report } from "./attested.ts";

/** @param message the annotation's text */
export function verifyOutputs(
  ledger: Ledger,
  { outcome, trouble }: Judgement,
  message: string,
): Readonly<Record<string, string>> {
  return {
    report: report(attestedIn(ledger)),
    outcome,
    error_code: trouble === null ? "" : codeOf(trouble),
    error_message: message,
  };
}

/** What was verified, in the order of the run. */
export function attestedIn(ledger: Ledger): readonly Attested[] {
  return ledger.replicas().flatMap(({ attested }) => (attested === null ? [] : [attested]));
}
