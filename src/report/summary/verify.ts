/** The job summary of the action verify, and what the run's page shows first. */
import type { Judgement } from "../../ledger/judgement.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { markdown } from "../../text/clean.ts";
import { attestedIn } from "../outputs/verify.ts";
import { attestedParts } from "./attested.ts";
import { withinLimit } from "./create.ts";

export interface Verification {
  readonly ledger: Ledger;
  readonly judgement: Judgement;
  readonly message: string;
}

const HEADLINES: Readonly<Record<string, string>> = {
  verified: "✅ Verified",
  unverified: "❌ Not verified",
  cancelled: "⚠️ Cancelled",
  failed: "❌ Failed",
};

export function verifySummary({ ledger, judgement, message }: Verification): string {
  const entries = attestedIn(ledger);
  const { outcome, exitCode } = judgement;
  const good = entries.filter(({ verified }) => verified).length;
  const warned = outcome === "unverified" && exitCode === 0;
  const headline = warned ? "⚠️ Not verified" : (HEADLINES[outcome] ?? outcome);
  const count = entries.length === 0 ? "" : ` (${good} of ${entries.length})`;
  const said = message.split("\n").map((line) => markdown(line, 2_000));
  return withinLimit([`### ${headline}${count}`, said.join("\n\n"), ...attestedParts(entries)]);
}

/** Without the code. */
export function verifyTitle({ outcome, trouble }: Judgement): string {
  if (outcome === "cancelled") return "The step was cancelled";
  switch (trouble?.kind) {
    case "inputs":
      return "An input is wrong or does not fit the app";
    case "not-found":
      return "There is nothing to verify, or not all of it";
    case "unverified":
      if (trouble.source) return "The source is not verified";
      return `${trouble.entries.length} of ${trouble.of} instances not verified`;
    case "internal":
      return "The action met a problem of its own";
    default:
      return "Nothing was verified";
  }
}
