/** The job summary of a rollout, as Markdown. Names are the server's, and can't be markup. */
import type { Attested } from "../../ledger/attested.ts";
import { codeOf } from "../../ledger/code.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Replica } from "../../ledger/replica.ts";
import { code, markdown } from "../../text/clean.ts";
import { dashboardUrl } from "../../text/links.ts";
import type { RolloutHandover, RolloutTold } from "../outputs/rollout.ts";
import type { ErrorCode } from "../words/error-code.ts";
import { revisionNow, timesOf, timeText, updatedText } from "../words/updated.ts";
import { registrationList } from "./approval.ts";
import { attestedParts } from "./attested.ts";
import { withinLimit } from "./create.ts";
import { saidOf } from "./delete.ts";
import { linked, tableOf } from "./table.ts";
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
    ...attestedParts(attestedInRollout(ledger, handover)),
    toRegister(told, handover),
    nextOf(told, handover),
  ]);
}

/** What was verified: the source first; where it is one of those selected, once. */
export function attestedInRollout(
  ledger: Ledger,
  { source }: Pick<RolloutHandover, "source">,
): readonly Attested[] {
  const own = ledger.replicas().flatMap(({ attested }) => (attested === null ? [] : [attested]));
  const others = own.filter(({ vm_uuid }) => vm_uuid !== source?.vm_uuid);
  return source === null ? others : [source, ...others];
}

/** Of a step that could not go on without an approval. */
function toRegister({ judgement }: RolloutTold, { approval }: RolloutHandover): string {
  const open = judgement.outcome === "pending_approval" || judgement.outcome === "cancelled";
  return open && approval !== null ? registrationList(approval) : "";
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
  { settled }: RolloutHandover,
): string {
  const slug = ledger.run.surveyed?.workspaceSlug ?? null;
  const appId = inputs?.appId ?? null;
  return tableOf(
    ["Instance", "Before", "After", "What it is now", "Took", "Seen not serving"],
    replicas,
    (replica) => {
      const { ident, cvm, revision } = replica;
      const { took, away } = timesOf(replica);
      const url = ident.uuid === null ? null : dashboardUrl(slug, appId, ident.uuid);
      return [
        linked(ident.name ?? "unnamed", url),
        hash(revision === null ? (cvm?.composeHash ?? null) : revision.from),
        hash(revisionNow(replica)),
        markdown(updatedText(replica, settled), 500),
        timeText(took),
        timeText(away),
      ];
    },
    { most: MOST_ROWS, others: "more." },
  );
}

function hash(composeHash: string | null): string {
  return composeHash === null ? "–" : code(composeHash.slice(0, 12));
}

function sectionOf({ ident, times, attested }: Replica): Section {
  const proving = attested !== null;
  const { sent, running, healthy, updated, failed, backSent, backDone } = times;
  const phases: Phase[] = [];
  const over = updated ?? failed ?? running;
  if (sent !== undefined && over !== undefined) {
    const up = running ?? over;
    const look = running === undefined ? "crit" : "active";
    phases.push({ name: "updating", look, from: sent, to: up });
    const checked = healthy ?? (proving ? running : over);
    if (running !== undefined && checked !== undefined && checked > running) {
      const result = healthy === undefined && updated === undefined ? "crit" : "done";
      phases.push({ name: "health check", look: result, from: running, to: checked });
    }
    if (proving && checked !== undefined && over > checked) {
      const result = updated === undefined ? "crit" : "done";
      phases.push({ name: "attestation", look: result, from: checked, to: over });
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
