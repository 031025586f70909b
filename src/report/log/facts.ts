/** What the log says of a fact: the subscriber of the ledger that prints. */

import { codeOf } from "../../ledger/code.ts";
import type { Fact } from "../../ledger/fact.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { verdictText } from "../words/attested.ts";
import { whoText } from "../words/doing.ts";
import { retryingText } from "../words/retrying.ts";
import { sparedText } from "../words/spared.ts";
import { updatingLines } from "./updating.ts";

/** The lines of one fact, in the order of the log; none for what is told elsewhere. */
export function linesOf(fact: Fact, ledger: Ledger): readonly string[] {
  switch (fact.fact) {
    case "retrying":
      return [retryingText(fact.doing, fact.fault, fact.waitMs, fact.next)];
    case "waiting":
      return [waitingLine(fact, ledger)];
    case "spared":
      return [`${whoText(ledger.replica(fact.replica).ident)} stays: ${sparedText(fact.why)}.`];
    case "deleting":
      return [`Deleting ${whoText(ledger.replica(fact.replica).ident)}.`];
    case "begun":
      return [`The deletion of ${whoText(ledger.replica(fact.replica).ident)} has begun.`];
    case "deleted":
      return [`${whoText(ledger.replica(fact.replica).ident)} is gone.`];
    case "vanished":
      return [`${whoText(ledger.replica(fact.replica).ident)} is gone already.`];
    case "attested":
      return [`${whoText(ledger.replica(fact.replica).ident)}: ${verdictText(fact.attested)}.`];
    case "failed":
      if (fact.trouble.kind === "update") return updatingLines(fact, ledger);
      return [`${whoText(ledger.replica(fact.replica).ident)}: failed (${codeOf(fact.trouble)}).`];
    default:
      return updatingLines(fact, ledger);
  }
}

const WAITED_FOR: Readonly<Record<Extract<Fact, { fact: "waiting" }>["what"], string>> = {
  serving: "to serve",
  absence: "to be gone",
  attestation: "to be verified",
};

function waitingLine(fact: Extract<Fact, { fact: "waiting" }>, ledger: Ledger): string {
  const names = fact.keys.slice(0, 5).map((key) => {
    const { name, uuid } = ledger.replica(key).ident;
    return oneLine(name ?? uuid ?? "unnamed", 80);
  });
  const more =
    fact.keys.length > names.length ? ` and ${fact.keys.length - names.length} more` : "";
  const what = WAITED_FOR[fact.what];
  return `Still waiting for ${fact.keys.length} of ${fact.total} (${names.join(", ")}${more}) ${what}: ${duration(fact.sinceMs)} of at most ${duration(fact.limitMs)}.`;
}
