import type { Attested } from "../../ledger/attested.ts";
import { isUnsure } from "../../ledger/code.ts";
import type { Outcome } from "../../ledger/judgement.ts";
import { exists, isBilled, isOurs, type Replica } from "../../ledger/replica.ts";
import { currentStatus, nameOf, nodeOf as placeOf } from "../../ledger/who.ts";
import { code, markdown, safeLink } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import type { Report } from "../outputs/create.ts";
import { whatToRegister } from "../words/approval.ts";
import { replicaUrl } from "../words/where.ts";
import { registrationList } from "./approval.ts";
import { attestedParts } from "./attested.ts";
import { costOf } from "./cost.ts";
import { linked, tableOf } from "./table.ts";
import { timeline } from "./timeline.ts";

/** GitHub takes 1 MiB of a step, and drops a larger one as a whole. */
export const MAX_SUMMARY_BYTES = 900_000;
/** More rows than this are counted, not shown. */
const MOST_ROWS = 100;

const HEADLINES: Readonly<Record<Outcome, string>> = {
  created: "✅ Created",
  unchanged: "✅ Nothing to create",
  dry_run: "🔍 Dry run: nothing was sent",
  pending_approval: "⏳ Waiting for on-chain approval",
  partial: "⚠️ Only some replicas came up",
  timeout: "❌ Not running in time",
  cancelled: "⚠️ Cancelled",
  failed: "❌ Failed",
};

/**
 * The job summary as Markdown: what came of the run in one line, the replicas, their cost, the phases, and
 * what to do next. Server text in it can't be markup; the commit token and the compose file are no part.
 *
 * @param why why the step is red (`reasonOf`); empty: it is not
 */
export function summaryOf(report: Report, why: string): string {
  return withinLimit([
    `### ${headlineOf(report)}${countOf(report)}`,
    why,
    table(report),
    costOf(report.replicas),
    timeline(report.replicas),
    ...attestedParts(attestedIn(report)),
    plannedOf(report),
    toRegister(report),
    nextSteps(report),
  ]);
}

/** As many of the parts as GitHub takes, and a word where that are not all. */
export function withinLimit(parts: readonly string[]): string {
  let text = "";
  for (const part of parts.filter((one) => one !== "")) {
    const longer = text === "" ? part : `${text}\n\n${part}`;
    if (Buffer.byteLength(longer) > MAX_SUMMARY_BYTES) {
      return `${text}\n\nThe rest is too long for a job summary: see the step's log and its outputs.\n`;
    }
    text = longer;
  }
  return `${text}\n`;
}

/** The source first; where it counts as an instance too, once. */
function attestedIn({ source, replicas }: Report): readonly Attested[] {
  const others = replicas.flatMap(({ attested }) => (attested === null ? [] : [attested]));
  return source === null ? others : [source, ...others.filter((one) => one !== source)];
}

function headlineOf({ verdict: { outcome, exitCode } }: Report): string {
  // Nothing waits where the step is red.
  if (outcome === "pending_approval" && exitCode === 1) return "❌ On-chain approval needed";
  return HEADLINES[outcome];
}

function countOf({ replicas, verdict }: Report): string {
  if (verdict.outcome !== "created" && verdict.outcome !== "partial") return "";
  const made = replicas.filter(isOurs);
  const good = made.filter(({ trouble }) => trouble === null).length;
  const asked = replicas.filter(({ origin }) => origin !== "existing").length;
  const word = asked === 1 ? "replica" : "replicas";
  return good === asked ? ` ${good} ${word}` : ` (${good} of ${asked} ${word})`;
}

function table(report: Report): string {
  const { replicas, workspaceSlug, appId } = report;
  const rows = tableOf(
    ["Replica", "Node", "Status", "Instance URL", "Time to running"],
    replicas,
    (replica) => [
      linked(nameOf(replica), replicaUrl(replica, workspaceSlug, appId)),
      nodeOf(replica),
      statusOf(replica),
      urlOf(replica),
      timeToRun(replica),
    ],
    { most: MOST_ROWS, others: "more replicas." },
  );
  const adopted = replicas.some(({ origin }) => origin === "adopted");
  return adopted ? `${rows}\n\n${ADOPTED}` : rows;
}

const ADOPTED =
  "Adopted: the answer to its request was lost, and it is the only new CVM that fits; most likely this step made it.";

function statusOf(replica: Replica): string {
  if (!exists(replica)) return mayExist(replica) ? "unknown, may exist" : "not created";
  const adopted = replica.origin === "adopted" ? "adopted, failed" : "failed";
  const word = replica.trouble === null ? replica.origin : adopted;
  return `${code(currentStatus(replica) || "unknown", 40)} (${word})`;
}

/** Its request's answer was lost, could not be made sure of, or the step ended before it came. */
function mayExist({ trouble }: Replica): boolean {
  return trouble === null || isUnsure(trouble);
}

function nodeOf(replica: Replica): string {
  const { name, id } = placeOf(replica);
  const region = replica.cvm?.region ?? null;
  const node = name === null ? (id === null ? "–" : `${id}`) : code(name, 80);
  return region === null ? node : `${node}, ${markdown(region, 60)}`;
}

function urlOf({ cvm }: Replica): string {
  const url = safeLink(cvm?.instanceUrl ?? null);
  return url === null ? "–" : `<a href="${url}">${code(new URL(url).host, 120)}</a>`;
}

function timeToRun({ times }: Replica): string {
  const from = times.sent ?? times.made;
  return from === undefined || times.running === undefined ? "–" : duration(times.running - from);
}

/** A dry run's requests. */
function plannedOf({ verdict, planned }: Report): string {
  if (verdict.outcome !== "dry_run") return "";
  if (planned.length === 0) return "No request would be sent.";
  const shown = planned.slice(0, 20).map((line) => `- ${code(line, 1_000)}`);
  const more =
    planned.length > shown.length ? [`- … and ${planned.length - shown.length} more`] : [];
  return ["Would be sent, in this order:", "", ...shown, ...more].join("\n");
}

/** Of a step that could not go on without an approval. */
function toRegister({ verdict, approval }: Report): string {
  const open = verdict.outcome === "pending_approval" || verdict.outcome === "cancelled";
  return open && approval !== null ? registrationList(approval) : "";
}

function nextSteps({ verdict, approval, replicas, cleanup }: Report): string {
  if (verdict.outcome === "pending_approval" && approval !== null) {
    const sequel =
      approval.commitToken === null
        ? "The API gave no commit token, so a later step can't commit this replica."
        : "Then run a step with `commit_token` from this step's outputs; the token is good for 14 days.";
    // A red step's reason has said the first half already.
    const what = verdict.exitCode === 0 ? markdown(whatToRegister(approval), 1_000) : "";
    return `**Next:** ${what || "Register the values above."} ${sequel}`;
  }
  if (verdict.exitCode === 0 || !replicas.some(isBilled)) return "";
  return cleanup === "never"
    ? "**Next:** delete what you don't need of the replicas above; they are billed until then. `cleanup: on_failure` does that by itself."
    : `**Next:** the end of the job deletes what was created (\`cleanup: ${cleanup}\`).`;
}
