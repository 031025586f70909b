/** The job summary of a rollout, as Markdown. Names are the server's, and can't be markup. */

import { codeOf } from "../../ledger/code.ts";
import type { Replica } from "../../ledger/replica.ts";
import { code, markdown, safeLink } from "../../text/clean.ts";
import { dashboardUrl } from "../../text/links.ts";
import type { RolloutHandover, RolloutTold } from "../outputs/rollout.ts";
import type { ErrorCode } from "../words/error-code.ts";
import { revisionNow, timesOf, timeText, updatedText } from "../words/updated.ts";
import { withinLimit } from "./create.ts";
import { saidOf } from "./delete.ts";
import { chartOf, type Phase, type Section } from "./timeline.ts";

const MOST_ROWS = 200;

const HEADLINES: Readonly<Record<string, string>> = {
  rolled_out: "✅ Rolled out",
  unchanged: "✅ Nothing to roll out",
  dry_run: "🔍 Dry run: nothing was touched",
  pending_approval: "❌ On-chain approval needed",
  partial: "⚠️ Stopped: two revisions serve now",
  rolled_back: "⚠️ Failed, and rolled back",
  timeout: "❌ Not done in time",
  cancelled: "⚠️ Cancelled",
  failed: "❌ Failed",
};

/** What came of it in one line, why it is red, each instance before and after, and the phases as a chart. */
export function rolloutSummary(told: RolloutTold, handover: RolloutHandover): string {
  const { ledger, judgement, message } = told;
  const { trouble } = judgement;
  const replicas = ledger.replicas();
  return withinLimit([
    `### ${HEADLINES[judgement.outcome] ?? judgement.outcome}`,
    saidOf(message, (trouble === null ? "" : codeOf(trouble)) as ErrorCode, told.env),
    revisionsOf(handover),
    table(told, replicas, handover),
    chartOf("Phases since the first request (min:s)", replicas.map(sectionOf)),
    nextOf(told, handover),
  ]);
}

function revisionsOf({ wanted, previous }: RolloutHandover): string {
  if (wanted === null) return "";
  const before =
    previous === null || previous === wanted ? "" : `, before that mostly ${code(previous)}`;
  return `Revision ${code(wanted)}${before}.`;
}

function table(
  { ledger, inputs }: RolloutTold,
  replicas: readonly Replica[],
  { wanted }: RolloutHandover,
): string {
  if (replicas.length === 0) return "";
  const slug = ledger.run.surveyed?.workspaceSlug ?? null;
  const rows = replicas.slice(0, MOST_ROWS).map((replica) => {
    const { ident, cvm, revision } = replica;
    const appId = inputs?.appId ?? null;
    const link = ident.uuid === null ? null : safeLink(dashboardUrl(slug, appId, ident.uuid));
    const name = code(ident.name ?? "unnamed", 80);
    const { took, away } = timesOf(replica);
    const cells = [
      link === null ? name : `<a href="${link}">${name}</a>`,
      hash(revision === null ? (cvm?.composeHash ?? null) : revision.from),
      hash(revisionNow(replica)),
      markdown(updatedText(replica, wanted), 200),
      timeText(took),
      timeText(away),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const left = replicas.length - rows.length;
  return [
    "| Instance | Before | After | What it is now | Took | Seen not serving |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    ...(left === 0 ? [] : ["", `… and ${left} more.`]),
  ].join("\n");
}

function hash(composeHash: string | null): string {
  return composeHash === null ? "–" : code(composeHash.slice(0, 12));
}

function sectionOf({ ident, times }: Replica): Section {
  const { sent, running, updated, failed, backSent, backDone } = times;
  const phases: Phase[] = [];
  const over = updated ?? failed ?? running;
  if (sent !== undefined && over !== undefined) {
    const up = running ?? over;
    const look = running === undefined ? "crit" : "active";
    phases.push({ name: "updating", look, from: sent, to: up });
    if (running !== undefined && over > running) {
      const result = updated === undefined ? "crit" : "done";
      phases.push({ name: "health check", look: result, from: running, to: over });
    }
  }
  if (backSent !== undefined && backDone !== undefined) {
    phases.push({ name: "going back", look: "active", from: backSent, to: backDone });
  }
  return { name: ident.name ?? ident.uuid ?? "instance", phases };
}

function nextOf({ judgement, ledger }: RolloutTold, { previous, wanted }: RolloutHandover): string {
  const { outcome, exitCode } = judgement;
  if (exitCode === 0 || ledger.run.began === null) return "";
  const again = "**Next:** run the step again: it goes on from what it finds.";
  if (outcome === "rolled_back" || previous === null || previous === wanted) return again;
  return `${again} To go back instead, roll out ${code(previous)} (\`compose_hash\`).`;
}
