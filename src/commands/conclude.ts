import type { Edges } from "../action/edges.ts";
import type { Survey } from "../fleet/look.ts";
import { hasOwnFailure } from "../fleet/plan/own-failure.ts";
import type { Inputs } from "../inputs/types.ts";
import type { Attested } from "../ledger/attested.ts";
import { codeOf } from "../ledger/code.ts";
import type { Verdict } from "../ledger/judgement.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { exists, type Replica } from "../ledger/replica.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { currentStatus, nameOf, uuidOf } from "../ledger/who.ts";
import type { Approval } from "../phala/approval.ts";
import { annotationOf, type Saying, type Words } from "../report/annotation/annotation.ts";
import { combinedWords, saidOf, wordsOf } from "../report/annotation/combined.ts";
import { failureOf } from "../report/annotation/of-trouble.ts";
import { titleOf } from "../report/annotation/title.ts";
import { approvalPending, tokenMissing } from "../report/log/ending.ts";
import { earlyOutputs, outputsOf, type Report } from "../report/outputs/create.ts";
import { summaryOf } from "../report/summary/create.ts";
import { whatToRegister } from "../report/words/approval.ts";
import { billing } from "../report/words/billed.ts";
import type { ErrorCode } from "../report/words/error-code.ts";
import { replicaUrl } from "../report/words/where.ts";
import { oneLine } from "../text/clean.ts";
import { handOver, troubleWith, writeOutputs } from "./handover.ts";
import { judgeRun } from "./judge.ts";

/** All that a run found out, filled in as it went. */
export interface Ending {
  /** Whether to write the job summary; known also where the inputs are wrong. */
  readonly summary: boolean;
  /** What became of each replica. */
  readonly ledger: Ledger;
  inputs: Inputs | null;
  survey: Survey | null;
  /** What the source's attestation showed; null: nobody looked. */
  source: Attested | null;
  /** The requests of a dry run, in the words of its log. */
  planned: readonly string[];
  /** What still has to be registered and committed: from the last 465 answer. */
  approval: Approval | null;
  /** Whether what needed an approval is allowed, as last heard; null: nothing needed one. */
  isAllowed: boolean | null;
}

/** The replicas of this run, in the order of their requests. */
export function madeBy({ ledger }: Pick<Ending, "ledger">): readonly Replica[] {
  const index = ({ slot }: Replica) => slot?.index ?? 0;
  return ledger
    .replicas()
    .filter(({ slot }) => slot !== null)
    .toSorted((a, b) => index(a) - index(b));
}

/** What was there before, where `instances` counts it. */
export function countedBy({ ledger }: Pick<Ending, "ledger">): readonly Replica[] {
  return ledger.replicas().filter(({ slot }) => slot === null);
}

/** Those of this run first. */
export function allOf(ending: Pick<Ending, "ledger">): readonly Replica[] {
  return [...madeBy(ending), ...countedBy(ending)];
}

/**
 * Tells the end: outputs, the outcome for post, closing lines, and on failure the one annotation.
 *
 * @param trouble what ended the run before or outside its replicas; null: the replicas tell
 * @returns the exit code
 */
export async function conclude(
  edges: Edges,
  ending: Ending,
  trouble: Trouble | null,
): Promise<0 | 1> {
  const { runner, cancel } = edges;
  const { inputs, survey, approval } = ending;
  const judged = verdictOf(ending, trouble, cancel.aborted);
  const message = judged.trouble === null ? "" : messageOf(edges, ending, judged, trouble);
  const { verdict, lost } = handOver(runner, {
    judged,
    outputs: outputsOf(reportOf(edges, ending, judged, message)),
    masked: inputs?.maskedEnvs ?? [],
    ownFailure: hasOwnFailure(cancel.aborted, trouble, madeBy(ending)),
    ledger: ending.ledger,
  });
  const slug = survey?.workspaceSlug ?? null;
  const appId = inputs?.appId ?? null;
  for (const replica of madeBy(ending).filter(exists))
    runner.info(closingLine(replica, slug, appId));
  if (approval !== null && verdict.outcome === "pending_approval" && verdict.exitCode === 0) {
    runner.info(approvalPending(approval));
    if (approval.commitToken === null) runner.warning(tokenMissing());
  }
  const said = verdict.exitCode === 0 ? null : sayingOf(ending, verdict, trouble, lost);
  const annotation = said === null ? null : annotationOf(said, edges);
  for (const line of annotation?.rest ?? []) runner.info(`- ${line}`);
  if (annotation !== null) runner.error(annotation.text, annotation.title);
  if (lost !== null && verdict.trouble !== null) {
    writeOutputs(runner, { error_message: annotation?.message ?? "" });
  }
  if (ending.summary) {
    await writeSummary(edges, () =>
      summaryOf(reportOf(edges, ending, verdict, ""), said, edges.env),
    );
  }
  return verdict.exitCode;
}

/**
 * Puts out how a replica can be found, as soon as its create is answered, so that a later step has it even if
 * this one is killed while it waits. What can't be written now is told at the end.
 */
export function tellMade(edges: Edges, ending: Ending): void {
  const verdict = { outcome: "created", trouble: null, exitCode: 0 } as const;
  // Whatever is wrong here, the replica's `ttl` and its wait are still to come.
  troubleWith(edges.runner, () => {
    writeOutputs(edges.runner, earlyOutputs(reportOf(edges, ending, verdict, "")));
  });
}

/** The output `error_message`: what the annotation will say, as far as it is known before the outputs are out. */
function messageOf(
  edges: Edges,
  ending: Ending,
  verdict: Verdict,
  trouble: Trouble | null,
): string {
  return annotationOf(sayingOf(ending, verdict, trouble, null), edges).message;
}

function reportOf({ runner }: Edges, ending: Ending, verdict: Verdict, message: string): Report {
  const { inputs, survey, approval, planned, source } = ending;
  const nothingMade = verdict.outcome === "pending_approval" && !madeBy(ending).some(exists);
  return {
    verdict,
    replicas: nothingMade ? countedBy(ending) : allOf(ending),
    approval,
    isAllowed: approval === null && ending.isAllowed !== null ? true : ending.isAllowed,
    workspaceSlug: survey?.workspaceSlug ?? null,
    appId: inputs?.appId ?? null,
    cleanup: inputs?.cleanup ?? "never",
    // Where there are names nothing is replicated.
    sourceVmUuid: inputs?.names === null ? (survey?.source?.vmUuid ?? inputs.vmUuid) : null,
    planned,
    source,
    message,
    redactPrinted: (text) => runner.redactPrinted(text),
  };
}

/**
 * A summary that can't be written, or be made, is no reason to fail: everything in it is in the log and the
 * outputs too.
 */
export async function writeSummary(
  { runner }: Pick<Edges, "runner">,
  make: () => string,
): Promise<void> {
  try {
    await runner.summary(make());
  } catch (error) {
    const why = error instanceof Error ? oneLine(error.message, 200) : "unknown reason";
    runner.warning(`The job summary could not be written: ${why}`);
  }
}

function verdictOf(ending: Ending, trouble: Trouble | null, cancelled: boolean): Verdict {
  if (cancelled) return { outcome: "cancelled", trouble: null, exitCode: 1 };
  if (trouble !== null) return { outcome: "failed", trouble, exitCode: 1 };
  if (ending.inputs?.dryRun) return { outcome: "dry_run", trouble: null, exitCode: 0 };
  const replicas = allOf(ending);
  const prepared = ending.inputs?.prepareOnly && ending.approval !== null;
  if (prepared && replicas.every((replica) => replica.trouble === null)) {
    return { outcome: "pending_approval", trouble: null, exitCode: 0 };
  }
  return judgeRun(replicas);
}

/** @param lost what could not be written at the end; null: all was */
function sayingOf(
  ending: Ending,
  verdict: Verdict,
  trouble: Trouble | null,
  lost: Trouble | null,
): Saying {
  const { inputs, survey } = ending;
  const { outcome } = verdict;
  const bill = {
    replicas: madeBy(ending),
    cleanup: inputs?.cleanup ?? "never",
    workspaceSlug: survey?.workspaceSlug ?? null,
    appId: inputs?.appId ?? null,
  };
  const code = (verdict.trouble === null ? "" : codeOf(verdict.trouble)) as ErrorCode;
  const failed = failedWords(ending, verdict, trouble, lost);
  const exists = billing(bill, [failed.text, ...failed.list].join("\n"));
  return { title: titleOf(outcome, code, allOf(ending)), code, failed, exists };
}

function failedWords(
  ending: Ending,
  { outcome, trouble: first }: Verdict,
  trouble: Trouble | null,
  lost: Trouble | null,
): Words {
  const { approval } = ending;
  const place = placeOf(ending);
  const told = (one: Trouble) => wordsOf(failureOf(one, { replica: null, ...place }));
  // All else was well.
  if (lost !== null && first === lost) return told(lost);
  const words =
    outcome === "cancelled"
      ? cancelledWords(madeBy(ending), approval)
      : trouble === null
        ? combinedWords(allOf(ending).map((one) => saidOf(one, place)))
        : told(trouble);
  return lost === null ? words : { ...words, text: `${words.text} ${told(lost).text}` };
}

/** Where the app is to be seen, as far as the run knows. */
export function placeOf({ survey, inputs }: Ending) {
  return { workspaceSlug: survey?.workspaceSlug ?? null, appId: inputs?.appId ?? null };
}

function cancelledWords(replicas: readonly Replica[], approval: Approval | null): Words {
  const open = replicas.some((replica) => !exists(replica) && replica.trouble === null);
  const sequel = open ? " One request had no answer yet; the post step looks for its replica." : "";
  const needed =
    approval === null
      ? ""
      : ` It had no on-chain approval yet. ${whatToRegister(approval)} Then run it again; the approval outputs are set for a later job.`;
  return { text: `The step was cancelled.${sequel}${needed}`, list: [] };
}

function closingLine(replica: Replica, slug: string | null, appId: string | null): string {
  const uuid = uuidOf(replica);
  const where = replica.cvm?.instanceUrl ?? null;
  const parts = [
    `${oneLine(nameOf(replica), 80)}: ${oneLine(currentStatus(replica) || "unknown", 40)}`,
    uuid === null ? "no UUID" : uuid,
    where === null ? null : oneLine(where, 300),
    replicaUrl(replica, slug, appId),
  ];
  return parts.filter((part) => part !== null).join(" · ");
}
