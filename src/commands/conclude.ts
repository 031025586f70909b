import type { Edges } from "../action/edges.ts";
import { hasOwnFailure } from "../fleet/plan/own-failure.ts";
import type { Verdict } from "../ledger/judgement.ts";
import { exists, type Replica } from "../ledger/replica.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { currentStatus, nameOf, uuidOf } from "../ledger/who.ts";
import { approvalPending, tokenMissing } from "../report/log/ending.ts";
import { earlyOutputs, outputsOf, type Report } from "../report/outputs/create.ts";
import { summaryOf } from "../report/summary/create.ts";
import { replicaUrl } from "../report/words/where.ts";
import { oneLine } from "../text/clean.ts";
import { allOf, countedBy, type Ending, madeBy, placeOf } from "./ending.ts";
import { handOver, troubleWith, writeOutputs } from "./handover.ts";
import { judgeRun } from "./judge.ts";

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
  const { inputs } = ending;
  const judged = verdictOf(ending, trouble, cancel.aborted);
  const words = judged.exitCode !== 0 || hasTrouble(ending) ? await import("./saying.ts") : null;
  // As far as it is known before the outputs are out.
  const known =
    judged.exitCode === 0 ? null : words?.redOf(edges, ending, judged, { trouble, lost: null });
  const message = judged.trouble === null ? "" : known?.annotation.message;
  const report = (verdict: Verdict) => reportOf(edges, ending, verdict, words);
  const { verdict, lost } = handOver(runner, {
    judged,
    outputs: outputsOf({ ...report(judged), message: message ?? "" }),
    masked: inputs?.maskedEnvs ?? [],
    ownFailure: hasOwnFailure(cancel.aborted, trouble, madeBy(ending)),
    ledger: ending.ledger,
  });
  tellClosing(edges, ending, verdict);
  const red =
    lost === null
      ? (known ?? null)
      : (await import("./saying.ts")).redOf(edges, ending, verdict, { trouble, lost });
  for (const line of red?.annotation.rest ?? []) runner.info(`- ${line}`);
  if (red !== null) runner.error(red.annotation.text, red.annotation.title);
  if (lost !== null && verdict.trouble !== null) {
    writeOutputs(runner, { error_message: red?.annotation.message ?? "" });
  }
  if (ending.summary) {
    writeSummary(edges, () => summaryOf(report(verdict), red?.why ?? ""));
  }
  return verdict.exitCode;
}

/** What was made, a line each, and what has to follow it. */
function tellClosing({ runner }: Edges, ending: Ending, { outcome, exitCode }: Verdict): void {
  const { workspaceSlug, appId } = placeOf(ending);
  for (const replica of madeBy(ending).filter(exists))
    runner.info(closingLine(replica, workspaceSlug, appId));
  const { approval } = ending;
  if (approval === null || outcome !== "pending_approval" || exitCode !== 0) return;
  runner.info(approvalPending(approval));
  if (approval.commitToken === null) runner.warning(tokenMissing());
}

/**
 * Puts out how a replica can be found, as soon as its create is answered, so that a later step has it even if
 * this one is killed while it waits. What can't be written now is told at the end.
 */
export function tellMade(edges: Edges, ending: Ending): void {
  const verdict = { outcome: "created", trouble: null, exitCode: 0 } as const;
  const put = (words: typeof import("./saying.ts") | null) =>
    // Whatever is wrong here, the replica's `ttl` and its wait are still to come.
    troubleWith(edges.runner, () => {
      writeOutputs(edges.runner, earlyOutputs(reportOf(edges, ending, verdict, words)));
    });
  put(null);
  if (!hasTrouble(ending)) return;
  // At once without what to say of a failed one, which follows: the step may be killed meanwhile.
  void import("./saying.ts").then(put, () => undefined);
}

function hasTrouble(ending: Ending): boolean {
  return allOf(ending).some(({ trouble }) => trouble !== null);
}

/** @param words null: no replica has a trouble, or its words are not loaded yet */
function reportOf(
  { runner }: Edges,
  ending: Ending,
  verdict: Verdict,
  words: typeof import("./saying.ts") | null,
): Report {
  const { inputs, survey, approval, planned, source } = ending;
  const nothingMade = verdict.outcome === "pending_approval" && !madeBy(ending).some(exists);
  const place = placeOf(ending);
  return {
    ...place,
    verdict,
    replicas: nothingMade ? countedBy(ending) : allOf(ending),
    approval,
    isAllowed: approval === null && ending.isAllowed !== null ? true : ending.isAllowed,
    cleanup: inputs?.cleanup ?? "never",
    // Where there are names nothing is replicated.
    sourceVmUuid: inputs?.names === null ? (survey?.source?.vmUuid ?? inputs.vmUuid) : null,
    planned,
    source,
    message: "",
    errorOf: (replica) => words?.errorOf(replica, place, runner) ?? "",
  };
}

/**
 * A summary that can't be written, or be made, is no reason to fail: everything in it is in the log and the
 * outputs too.
 */
export function writeSummary({ runner }: Pick<Edges, "runner">, make: () => string): void {
  try {
    runner.summary(make());
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
