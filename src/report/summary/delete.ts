/** The job summary of a delete, as Markdown. Names are the server's, and can't be markup. */

import { codeOf as codeOfTrouble } from "../../ledger/code.ts";
import { isDeleted, type Replica } from "../../ledger/replica.ts";
import { code as codeFont, markdown } from "../../text/clean.ts";
import { dashboardUrl } from "../../text/links.ts";
import { fateText } from "../annotation/delete.ts";
import { ageOf, costOf } from "../log/deleting.ts";
import type { DeleteTold } from "../outputs/delete.ts";
import { type ErrorCode, sectionUrl } from "../words/error-code.ts";
import { sparedText } from "../words/spared.ts";
import { hourlyPrice } from "./cost.ts";
import { withinLimit } from "./create.ts";
import { withLinks } from "./reason.ts";
import { linked, tableOf } from "./table.ts";

const MOST_ROWS = 200;

const HEADLINES: Readonly<Record<string, string>> = {
  deleted: "🗑️ Deleted",
  unchanged: "✅ Nothing to delete",
  dry_run: "🔍 Dry run: nothing was deleted",
  partial: "⚠️ Only some were deleted",
  timeout: "❌ Not gone in time",
  cancelled: "⚠️ Cancelled",
  failed: "❌ Failed",
};

/** What came of the run in one line, the selection with age, node, status and cost, and why it is red. */
export function deleteSummary(told: DeleteTold): string {
  const { ledger, judgement, message } = told;
  const replicas = ledger.replicas();
  return withinLimit([
    `### ${HEADLINES[judgement.outcome] ?? judgement.outcome}`,
    saidOf(message, codeOf(judgement), told.env),
    table(told, replicas),
    savedBy(replicas.filter(isDeleted)),
  ]);
}

/** The annotation, with its last line as a link to what the code means. */
export function saidOf(message: string, code: ErrorCode, env: DeleteTold["env"]): string {
  const section = `<a href="${sectionUrl(code, env)}">what it means, and what to do</a>`;
  const last = code === "" ? "" : `Error code ${codeFont(code, 80)}: ${section}`;
  const lines = message.split("\n").filter((line) => !line.startsWith("Error code: "));
  return [...lines.map((line) => withLinks(line)), message === "" ? "" : last]
    .filter((line) => line !== "")
    .join("\n\n");
}

function codeOf({ trouble }: DeleteTold["judgement"]): ErrorCode {
  return (trouble === null ? "" : codeOfTrouble(trouble)) as ErrorCode;
}

function table(told: DeleteTold, replicas: readonly Replica[]): string {
  const { surveyed } = told.ledger.run;
  const slug = surveyed?.workspaceSlug ?? null;
  const appId = told.inputs?.appId ?? null;
  const now = (surveyed?.at ?? 0) + (surveyed?.clockOffsetMs ?? 0);
  return tableOf(
    ["CVM", "UUID", "Node", "Status", "Age", "Cost", "What becomes of it"],
    replicas,
    (replica) => {
      const { ident, cvm } = replica;
      const url = ident.uuid === null ? null : dashboardUrl(slug, appId, ident.uuid);
      return [
        linked(ident.name ?? "unnamed", url),
        ident.uuid === null ? "–" : codeFont(ident.uuid, 80),
        ident.nodeName === null ? "–" : codeFont(ident.nodeName, 80),
        codeFont(cvm?.status || "unknown", 40),
        cvm === null ? "–" : ageOf(cvm, now),
        cvm === null ? "–" : costOf(cvm),
        markdown(becameOf(told, replica), 200),
      ];
    },
    { most: MOST_ROWS, others: "more." },
  );
}

function becameOf({ judgement, ledger }: DeleteTold, replica: Replica): string {
  if (replica.spared !== null) return `stays: ${sparedText(replica.spared)}`;
  if (judgement.outcome === "dry_run") return "would be deleted";
  return ledger.run.began === null ? "stays: nothing was deleted" : fateText(replica);
}

/** What is not billed any more. */
function savedBy(gone: readonly Replica[]): string {
  const prices = gone.map(hourlyPrice).filter((price) => price !== null);
  const sum = prices.reduce((total, price) => total + price, 0);
  return sum === 0 || !Number.isFinite(sum)
    ? ""
    : `**Saved:** ${Number(sum.toFixed(6))} USD per hour (compute, as the API prices it).`;
}
