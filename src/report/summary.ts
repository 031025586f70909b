import { objectAt, stringAt } from "../phala/json.ts";
import {
  currentStatus,
  exists,
  isBilled,
  isOurs,
  nameOf,
  nodeOf as placeOf,
  type Replica,
} from "../replicas/record.ts";
import { chainName, whatToRegister } from "./approval.ts";
import { code, markdown, oneLine, safeLink } from "./clean.ts";
import { DASHBOARD, replicaUrl } from "./links.ts";
import type { Outcome } from "./outcome.ts";
import type { Report } from "./outputs.ts";
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
    `### ${headlineOf(report)}${countOf(report)}`,
    reason === null ? "" : reasonOf(reason),
    shown.length === 0 ? "" : table(shown, report),
    report.replicas.length > shown.length
      ? `… and ${report.replicas.length - shown.length} more.`
      : "",
    costOf(report),
    timeline(shown),
    plannedOf(report),
    toRegister(report),
    nextSteps(report),
  ];
  const text = parts.filter((part) => part !== "").join("\n\n");
  return `${text.length > MAX_SUMMARY ? `${parts.slice(0, 2).join("\n\n")}` : text}\n`;
}

function headlineOf({ verdict: { outcome, exitCode } }: Report): string {
  // Nothing waits where the step is red.
  if (outcome === "pending_approval" && exitCode === 1) return "❌ On-chain approval needed";
  return HEADLINES[outcome];
}

/** The annotation's lines; addresses of our dashboard become links, all else is plain text. */
function reasonOf(reason: string): string {
  const [first = "", ...more] = reason.split("\n").slice(0, MOST_ROWS).map(withLinks);
  const items = more.map((line) => (line.startsWith("- ") ? line : `\n${line}`));
  return items.length === 0 ? first : `${first}\n\n${items.join("\n")}`;
}

const DASHBOARD_LINK = new RegExp(`(${DASHBOARD}/[A-Za-z0-9/_-]+)`);

function withLinks(line: string): string {
  const isItem = line.startsWith("- ");
  const pieces = oneLine(isItem ? line.slice(2) : line, 2_000).split(DASHBOARD_LINK);
  const text = pieces.map((piece, n) =>
    n % 2 === 1 ? `<a href="${piece}">${markdown(piece)}</a>` : plain(piece),
  );
  return (isItem ? "- " : "") + text.join("");
}

/** `markdown` without its trimming: the piece stands between others. */
function plain(piece: string): string {
  const [, before = "", text = "", after = ""] = /^( ?)(.*?)( ?)$/.exec(piece) ?? [];
  return before + markdown(text, 2_000) + after;
}

function countOf({ replicas, verdict }: Report): string {
  if (verdict.outcome !== "created" && verdict.outcome !== "partial") return "";
  const made = replicas.filter(isOurs);
  const good = made.filter(({ failure }) => failure === null).length;
  const asked = replicas.filter(({ origin }) => origin !== "existing").length;
  const word = asked === 1 ? "replica" : "replicas";
  return good === asked ? ` ${good} ${word}` : ` (${good} of ${asked} ${word})`;
}

function table(replicas: readonly Replica[], report: Report): string {
  const rows = replicas.map((replica) => {
    const cells = [
      linked(nameOf(replica), replicaUrl(replica, report.workspaceSlug, report.appId)),
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
  if (!exists(replica)) return mayExist(replica) ? "unknown, may exist" : "not created";
  const word = replica.failure === null ? replica.origin : "failed";
  return `${code(currentStatus(replica) || "unknown", 40)} (${word})`;
}

/** Its request's answer was lost, could not be made sure of, or the step ended before it came. */
function mayExist({ failure }: Replica): boolean {
  return failure === null || failure.unsure === true;
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

function linked(text: string, url: string | null): string {
  const link = safeLink(url);
  return link === null ? code(text, 80) : `<a href="${link}">${code(text, 80)}</a>`;
}

/** What the replicas of this run cost, where the API tells the price of each. */
function costOf({ replicas, verdict }: Report): string {
  const made = replicas.filter(isBilled);
  if (made.length === 0) return "";
  const prices = made.map(hourlyPrice).filter((price) => price !== null);
  const sum = prices.reduce((total, price) => total + price, 0);
  if (prices.length < made.length || sum === 0 || !Number.isFinite(sum)) {
    // What a failure has to say of it stands in "Next".
    return verdict.exitCode === 0 ? "Each replica is billed until it is deleted." : "";
  }
  const all = made.length === 1 ? "" : ` for ${made.length} replicas`;
  return `**Cost:** ${Number(sum.toFixed(6))} per hour${all} (the API's compute price; it names no currency), until deleted.`;
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
  const { appId, composeHash, deviceId, kmsInfo, onchainStatus } = approval;
  const chain = kmsInfo?.chain_id;
  const known = typeof chain === "string" || typeof chain === "number";
  const there = (flag: string) => (onchainStatus?.[flag] === true ? " (already registered)" : "");
  const lines = [
    ["Contract", appId, ""],
    ["Chain", known ? chainName(chain).replace(/^chain /, "") : null, ""],
    ["Compose hash", composeHash, there("compose_hash_allowed")],
    ["Device", deviceId, there("device_id_allowed")],
  ] as const;
  return lines
    .filter(([, value]) => value !== null)
    .map(([name, value, note]) => `- ${name}: ${code(value ?? "", 100)}${note}`)
    .join("\n");
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
