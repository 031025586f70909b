/** What the annotation of a rollout says besides its trouble. */

import { codeOf } from "../../ledger/code.ts";
import type { Judgement } from "../../ledger/judgement.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Replica } from "../../ledger/replica.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import { duration } from "../../text/duration.ts";
import { dashboardUrl } from "../../text/links.ts";
import { whatToRegister } from "../words/approval.ts";
import { chainText } from "../words/chain.ts";
import { whoText } from "../words/doing.ts";
import { updateText } from "../words/update.ts";
import { updatedText } from "../words/updated.ts";
import { NOTHING_SAID, type Words } from "./annotation.ts";

const BY_OUTCOME: Readonly<Record<string, string>> = {
  cancelled: "The step was cancelled",
  pending_approval: "An on-chain approval is needed",
  rolled_back: "The rollout failed and was rolled back",
  partial: "The rollout stopped before all were updated",
  timeout: "The rollout was not done in time",
};

const BY_CODE: Readonly<Record<string, string>> = {
  INPUT: "An input is wrong or does not fit the app",
  NOT_FOUND: "An input names what the app does not have",
  UNVERIFIED: "An instance is not verified",
  REJECTED: "The registration was refused by this step",
  CHAIN: "The registration on chain failed",
  INTERNAL: "The action met a problem of its own",
};

/** What the run's page shows first, without the code. */
export function rolloutTitle({ outcome, trouble }: Judgement, ledger: Ledger): string {
  if (ledger.replicas().some(isStuck)) return "The rollout failed, and so did the way back";
  const code = trouble === null ? "" : codeOf(trouble);
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  const byOutcome = Object.hasOwn(BY_OUTCOME, outcome) ? BY_OUTCOME[outcome] : undefined;
  return known ?? byOutcome ?? "The rollout failed";
}

/**
 * The state of each, in the words of the outputs.
 *
 * @param settled the revision on which an untouched one has all that it is to have; null: none, or not known
 */
export function rolloutExists(ledger: Ledger, settled: string | null): Words {
  const { began, surveyed } = ledger.run;
  const replicas = ledger.replicas();
  if (began === null) return { text: "No instance was touched.", list: [] };
  if (replicas.length === 0) return NOTHING_SAID;
  const slug = surveyed?.workspaceSlug ?? null;
  return {
    text: `${howFarBack(replicas)}Each instance now:`,
    list: replicas.map((replica) => {
      const { uuid } = replica.ident;
      const link = uuid === null ? "" : ` ${dashboardUrl(slug, began.appId, uuid)}`;
      return `${whoText(replica.ident)}: ${updatedText(replica, settled)}${link}`;
    }),
  };
}

function isStuck({ revision }: Replica): boolean {
  return revision?.back === "failed";
}

/** Of a way back that one of them did not go; empty where each did, or none was to. */
function howFarBack(replicas: readonly Replica[]): string {
  if (!replicas.some(isStuck)) return "";
  const left = replicas.filter(
    ({ revision, trouble }) => revision?.done && revision.back === null && trouble === null,
  );
  const others =
    left.length === 0
      ? ""
      : ` ${left.length} that serve the new revision were left there, since without them fewer would serve than max_unavailable allows; a rollout to previous_compose_hash brings them back.`;
  return `Not all could be brought back, so different revisions may serve.${others} `;
}

/** The troubles that only a rollout has. */
export function wordsOfRollout(
  trouble: Extract<Trouble, { kind: "update" | "out-of-time" | "approval" | "rejected" | "chain" }>,
): string {
  switch (trouble.kind) {
    case "update":
      return updateText(trouble);
    case "out-of-time":
      return outOfTimeText(trouble);
    case "approval":
      return approvalText(trouble);
    case "rejected":
    case "chain":
      return `The revision needs on-chain approval first, and did not get it. ${chainText(trouble, "leave its instances out (vm_uuids, name)")}`;
  }
}

function outOfTimeText({ limitMs, given }: Extract<Trouble, { kind: "out-of-time" }>): string {
  const [from, longer] = given
    ? ["wait_timeout", "wait_timeout"]
    : ["instance_timeout for each round, since wait_timeout is not given", "instance_timeout"];
  return `The rollout was not done within ${duration(limitMs)} (${from}). Run the step again, which goes on from what it finds, or give a longer ${longer}.`;
}

function approvalText({ need, waited = null }: Extract<Trouble, { kind: "approval" }>): string {
  if (waited?.ours) {
    return `All is registered on chain, and the API did not see it within ${duration(waited.ms)}, so no further instance was touched. Run this step again: it registers nothing twice.`;
  }
  const late =
    waited === null ? "first," : `and had none within ${duration(waited.ms)} (approval_timeout),`;
  return `The revision needs on-chain approval ${late} so no further instance was touched. ${whatToRegister(need)} One registration serves all instances; then run this step again.`;
}
