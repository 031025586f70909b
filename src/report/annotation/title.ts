import { codeOf } from "../../ledger/code.ts";
import type { Outcome } from "../../ledger/judgement.ts";
import { isOurs, type Replica } from "../../ledger/replica.ts";
import type { ErrorCode } from "../words/error-code.ts";

const TITLES: Readonly<Record<string, string>> = {
  INPUT: "An input is wrong or does not fit the app",
  NETWORK: "No connection",
  TIMEOUT: "Not in time",
  BOOT: "A replica did not come up",
  UNHEALTHY: "A replica runs, but is not healthy",
  NO_URL: "A replica runs, but has no URL",
  MISMATCH: "A replica is not what was asked for",
  UNVERIFIED: "A replica is not verified",
  DEAD: "The app has dead instances",
  TAKEN: "A name is taken",
  AMBIGUOUS: "It is unclear whether a replica was created",
  REJECTED: "Not approved: refused before anything was sent to the chain",
  CHAIN: "The registration on chain failed",
  LIMIT: "More than an input allows",
  NOT_FOUND: "An input names what is not there",
  KEPT: "Something asked for was not deleted",
  INTERNAL: "The action met a problem of its own",
  "ERR-01-005": "An on-chain approval is needed",
};

/** What the run's page shows first: what failed, in a few words, with the code. */
export function titleOf(outcome: Outcome, code: ErrorCode, replicas: readonly Replica[]): string {
  if (outcome === "cancelled") return "The step was cancelled";
  return `${whatFailed(outcome, code, replicas)} (${code})`;
}

function whatFailed(outcome: Outcome, code: ErrorCode, replicas: readonly Replica[]): string {
  const asked = replicas.filter(({ origin }) => origin !== "existing");
  if (outcome === "partial") {
    // Those that were there count as well, where it is one of them that fails.
    const good = replicas.filter(({ trouble, origin }) => trouble === null && origin !== "none");
    return `Only ${good.length} of ${replicas.length} replicas came up`;
  }
  const first = replicas.find(({ trouble }) => trouble !== null && codeOf(trouble) === code);
  if (first?.trouble?.kind === "no-uuid") return "An instance that was there has no UUID";
  const known = Object.hasOwn(TITLES, code) ? TITLES[code] : undefined;
  if (known !== undefined) return known;
  return asked.some(isOurs)
    ? "A replica was created, but something failed"
    : "No replica was created";
}

/** For the annotation of the post step. */
export function postTitleOf(code: ErrorCode): string {
  const what =
    code === "INTERNAL" ? "The clean-up met a problem of its own" : "Something may still be billed";
  return `${what} (${code})`;
}
