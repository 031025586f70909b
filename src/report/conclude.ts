import type { Edges } from "../edges.ts";
import type { Inputs } from "../inputs/types.ts";
import type { Approval } from "../phala/approval.ts";
import { currentStatus, exists, nameOf, type Replica, uuidOf } from "../replicas/record.ts";
import type { Survey } from "../replicas/survey.ts";
import { billing } from "./billing.ts";
import { oneLine } from "./clean.ts";
import type { Failure } from "./failure.ts";
import { handOver, troubleWith, writeOutputs } from "./handover.ts";
import { approvalPending, tokenMissing } from "./lines.ts";
import { replicaUrl } from "./links.ts";
import { combinedText, judgeRun, type Verdict } from "./outcome.ts";
import { earlyOutputs, outputsOf, type Report } from "./outputs.ts";
import { summaryOf } from "./summary.ts";

/** All that a run found out, filled in as it went. */
export interface Ending {
  /** Whether to write the job summary; known also where the inputs are wrong. */
  readonly summary: boolean;
  inputs: Inputs | null;
  survey: Survey | null;
  /** Of this run, in the order of their requests. */
  readonly replicas: Replica[];
  /** What was there before, where `instances` counts it. */
  existing: Replica[];
  /** The requests of a dry run, in the words of its log. */
  planned: readonly string[];
  /** What still has to be registered and committed: from the last 465 answer. */
  approval: Approval | null;
}

/**
 * Tells the end: outputs, the outcome for post, closing lines, and on failure the one annotation.
 *
 * @param failure what ended the run before or outside its replicas; null: the replicas tell
 * @returns the exit code
 */
export async function conclude(
  edges: Edges,
  ending: Ending,
  failure: Failure | null,
): Promise<0 | 1> {
  const { runner, cancel } = edges;
  const { inputs, survey, approval } = ending;
  const judged = verdictOf(ending, failure, cancel.aborted);
  const { verdict, lost } = handOver(runner, {
    judged,
    outputs: outputsOf(reportOf(edges, ending, judged)),
    masked: inputs?.maskedEnvs ?? [],
    began: ending.replicas.length > 0,
  });
  const slug = survey?.workspaceSlug ?? null;
  const appId = inputs?.appId ?? null;
  for (const replica of ending.replicas.filter(exists))
    runner.info(closingLine(replica, slug, appId));
  if (approval !== null && verdict.outcome === "pending_approval" && verdict.exitCode === 0) {
    runner.info(approvalPending(approval));
    if (approval.commitToken === null) runner.warning(tokenMissing());
  }
  const good = judged.exitCode === 0;
  const also = good || lost === null ? "" : ` ${lost.text}`;
  const reason =
    verdict.exitCode === 0 ? null : annotation(ending, verdict, good ? lost : failure, also);
  if (reason !== null) runner.error(reason);
  if (ending.summary)
    await writeSummary(edges, () => summaryOf(reportOf(edges, ending, verdict), reason));
  return verdict.exitCode;
}

/**
 * Puts out how a replica can be found, as soon as its create is answered, so that a later step has it even if
 * this one is killed while it waits. What can't be written now is told at the end.
 */
export function tellMade(edges: Edges, ending: Ending): void {
  const verdict = { outcome: "created", failure: null, exitCode: 0 } as const;
  // Whatever is wrong here, the replica's `ttl` and its wait are still to come.
  troubleWith(edges.runner, () => {
    writeOutputs(edges.runner, earlyOutputs(reportOf(edges, ending, verdict)));
  });
}

function reportOf({ runner }: Edges, ending: Ending, verdict: Verdict): Report {
  const { inputs, survey, approval, planned } = ending;
  const nothingMade = verdict.outcome === "pending_approval" && !ending.replicas.some(exists);
  return {
    verdict,
    replicas: nothingMade ? ending.existing : [...ending.replicas, ...ending.existing],
    approval,
    workspaceSlug: survey?.workspaceSlug ?? null,
    appId: inputs?.appId ?? null,
    cleanup: inputs?.cleanup ?? "never",
    planned,
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

function verdictOf(ending: Ending, failure: Failure | null, cancelled: boolean): Verdict {
  if (cancelled) return { outcome: "cancelled", failure: null, exitCode: 1 };
  if (failure !== null) return { outcome: "failed", failure, exitCode: 1 };
  if (ending.inputs?.dryRun) return { outcome: "dry_run", failure: null, exitCode: 0 };
  const replicas = [...ending.replicas, ...ending.existing];
  const prepared = ending.inputs?.prepareOnly && ending.approval !== null;
  if (prepared && replicas.every((replica) => replica.failure === null)) {
    return { outcome: "pending_approval", failure: null, exitCode: 0 };
  }
  return judgeRun(replicas);
}

function annotation(
  ending: Ending,
  verdict: Verdict,
  failure: Failure | null,
  also: string,
): string {
  const { inputs, survey, replicas, existing } = ending;
  const app = { slug: survey?.workspaceSlug ?? null, appId: inputs?.appId ?? null };
  const said =
    verdict.outcome === "cancelled"
      ? cancelledText(replicas)
      : (failure?.text ?? combinedText([...replicas, ...existing], nameOf));
  const text = said + also;
  const exist = billing(replicas, inputs?.cleanup ?? "never", app, text);
  return exist === "" ? text : `${text}\n${exist}`;
}

function cancelledText(replicas: readonly Replica[]): string {
  const none = replicas.some(exists) ? "" : " No replica is known to have been created.";
  const open = replicas.some((replica) => !exists(replica) && replica.failure === null);
  const sequel = open ? " One request had no answer yet; the post step looks for its replica." : "";
  return `The step was cancelled.${none}${sequel}`;
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
