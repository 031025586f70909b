import { code, markdown } from "../../text/clean.ts";
import { dashboardUrl } from "../../text/links.ts";
import type { Place } from "../log/line.ts";
import { withLinks } from "./reason.ts";
import { linked, tableOf } from "./table.ts";

/** One CVM, and what came of it. */
export interface SummaryRow {
  readonly name: string;
  /** Null: the API does not tell it. */
  readonly vmUuid: string | null;
  /** A few words of ours. */
  readonly fate: string;
}

export interface PostNews {
  readonly rows: readonly SummaryRow[];
  /** Sentences for which there is no row. */
  readonly notes: readonly string[];
  /** What made the step red, in the words of its annotation. */
  readonly problems: readonly string[];
}

/** More rows than this are counted, not shown: main makes at most 100 replicas. */
const MOST_ROWS = 200;
const MOST_SENTENCES = 20;

/**
 * What the post step adds to the job summary, as Markdown: each CVM that it found, deleted or left, with UUID
 * and link. Names are the server's, and can't be markup.
 */
export function postSummary(place: Place, { rows, notes, problems }: PostNews): string {
  const headline = problems.length === 0 ? "🧹 After the job" : "❌ After the job: look at this";
  const parts = [`### ${headline}`, table(rows, place), list([...problems, ...notes])];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function table(rows: readonly SummaryRow[], { workspaceSlug, appId }: Place): string {
  return tableOf(
    ["CVM", "UUID", "What came of it"],
    rows,
    ({ name, vmUuid, fate }) => {
      const url = vmUuid === null ? null : dashboardUrl(workspaceSlug, appId, vmUuid);
      return [linked(name, url), vmUuid === null ? "–" : code(vmUuid, 80), markdown(fate, 200)];
    },
    { most: MOST_ROWS, others: "more." },
  );
}

function list(sentences: readonly string[]): string {
  const shown = sentences.slice(0, MOST_SENTENCES).map((text) => `- ${withLinks(text)}`);
  const more = sentences.length - shown.length;
  return [...shown, ...(more > 0 ? [`- … and ${more} more`] : [])].join("\n");
}
