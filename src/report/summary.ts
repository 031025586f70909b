import { objectAt, stringAt } from "../phala/json.ts";
import { exists, nameOf, type Replica, uuidOf } from "../replicas/record.ts";
import { code, markdown, safeLink } from "./clean.ts";
import { whatToRegister } from "./failure.ts";
import { dashboardUrl } from "./links.ts";
import type { Outcome } from "./outcome.ts";
import { currentStatus, type Report } from "./outputs.ts";
import { duration } from "./time.ts";
import { timeline } from "./timeline.ts";

/** GitHub takes 1 MiB a step; far less is all that anybody reads. Characters. */
export const MAX_SUMMARY = 200_000;
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
 * @param reason the annotation's text on failure, else null
 */
export function summaryOf(report: Report, reason: string | null): string {
  const shown = report.replicas.slice(0, MOST_ROWS);
  const parts = [
    `### ${HEADLINES[report.verdict.outcome]}${countOf(report)}`,
    reason === null ? "" : markdown(reason, 2_000),
    shown.length === 0 ? "" : table(shown, report),
    report.replicas.length > shown.length
      ? `… and ${report.replicas.length - shown.length} more.`
      : "",
    costOf(report.replicas),
    timeline(shown),
    plannedOf(report),
    toRegister(report),
    nextSteps(report),
  ];
  const text = parts.filter((part) => part !== "").join("\n\n");
  return `${text.length > MAX_SUMMARY ? `${parts.slice(0, 2).join("\n\n")}` : text}\n`;
}

function countOf({ replicas, verdict }: Report): string {
  if (verdict.outcome !== "created" && verdict.outcome !== "partial") return "";
  const made = replicas.filter(({ origin }) => origin === "created" || origin === "adopted");
  const good = made.filter(({ failure }) => failure === null).length;
  const asked = replicas.filter(({ origin }) => origin !== "existing").length;
  const word = asked === 1 ? "replica" : "replicas";
  return good === asked ? ` ${good} ${word}` : ` (${good} of ${asked} ${word})`;
}

function table(replicas: readonly Replica[], report: Report): string {
  const rows = replicas.map((replica) => {
    const cells = [
      linked(nameOf(replica), dashboardOf(replica, report)),
      nodeOf(replica),
      statusOf(replica),
      urlOf(replica),
      timeToRun(replica),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| Replica | Node | Status | Instance URL | Time to running |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function statusOf(replica: Replica): string {
  const status = currentStatus(replica) || (exists(replica) ? "unknown" : "none");
  const word = replica.failure === null ? replica.origin : "failed";
  return `${code(status, 40)} (${word})`;
}

function nodeOf({ vm, cvm, slot }: Replica): string {
  const name = vm?.teepodName ?? cvm?.nodeName ?? slot?.nodeName ?? null;
  const id = vm?.teepodId ?? cvm?.nodeId ?? slot?.nodeId ?? null;
  const region = cvm?.region ?? null;
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

function dashboardOf(replica: Replica, report: Report): string | null {
  const uuid = uuidOf(replica);
  if (uuid === null) return null;
  return dashboardUrl(report.workspaceSlug, replica.cvm?.appId ?? report.appId, uuid);
}

function linked(text: string, url: string | null): string {
  const link = safeLink(url);
  return link === null ? code(text, 80) : `<a href="${link}">${code(text, 80)}</a>`;
}

/** What the replicas of this run cost, where the API tells the price of each. */
function costOf(replicas: readonly Replica[]): string {
  const made = replicas.filter(({ origin }) => origin === "created" || origin === "adopted");
  if (made.length === 0) return "";
  const prices = made.map(hourlyPrice).filter((price) => price !== null);
  const sum = prices.reduce((total, price) => total + price, 0);
  if (prices.length < made.length || sum === 0 || !Number.isFinite(sum)) {
    return "Each replica is billed until it is deleted.";
  }
  const all = made.length === 1 ? "" : ` for ${made.length} replicas`;
  return `**Cost:** ${Number(sum.toFixed(6))} an hour${all} (compute, as the API tells it), until deleted.`;
}

/** A decimal number as text (OpenAPI, `CVMResourceInfo`); null for anything else, or another period. */
function hourlyPrice({ cvm }: Replica): number | null {
  const resource = objectAt(cvm?.raw, "resource");
  const text = stringAt(resource, "compute_billing_price") ?? "";
  const period = stringAt(resource, "billing_period") ?? "hourly";
  return period === "hourly" && /^\d{1,9}(?:\.\d{1,12})?$/.test(text) ? Number(text) : null;
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

/** What an approver needs, each value where it can be copied. Never the token. */
function toRegister({ verdict, approval }: Report): string {
  if (verdict.outcome !== "pending_approval" || approval === null) return "";
  const chain = approval.kmsInfo?.chain_id;
  const values: readonly (readonly [string, unknown])[] = [
    ["Contract", approval.appId],
    ["Chain", chain],
    ["Compose hash", approval.composeHash],
    ["Device", approval.deviceId],
  ];
  const known = values.filter(
    ([, value]) => typeof value === "string" || typeof value === "number",
  );
  return known.map(([name, value]) => `- ${name}: ${code(String(value), 100)}`).join("\n");
}

function nextSteps({ verdict, approval, replicas, cleanup }: Report): string {
  if (verdict.outcome === "pending_approval" && approval !== null) {
    const sequel =
      approval.commitToken === null
        ? "The API gave no commit token, so a later step can't commit this replica."
        : "Then run a step with `commit_token` from this step's outputs; the token is good for 14 days.";
    return `**Next:** ${markdown(whatToRegister(approval), 1_000)} ${sequel}`;
  }
  const left = replicas.some(({ origin }) => origin === "created" || origin === "adopted");
  if (verdict.exitCode === 0 || !left) return "";
  return cleanup === "never"
    ? "**Next:** what was created is billed until it is deleted; with `cleanup: on_failure` the end of the job would delete it."
    : `**Next:** the end of the job deletes what was created (\`cleanup: ${cleanup}\`).`;
}
