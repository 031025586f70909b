import type { Ledger } from "../ledger/ledger.ts";
import { identOf, type Replica } from "../ledger/replica.ts";

/** Takes a replica that is there already into the ledger, as a plan has it. */
export function takeIn(ledger: Ledger, { key, slot, cvm, trouble }: Replica): void {
  if (slot !== null) ledger.append({ replica: key, fact: "planned", slot });
  if (cvm !== null) ledger.append({ replica: key, fact: "found", ident: identOf(cvm), cvm });
  if (trouble !== null) {
    ledger.append({ replica: key, fact: "failed", during: "making", trouble });
  }
}
