/** Tables of a job summary, and what stands in them, as Markdown. */
import { code, safeLink } from "../../text/clean.ts";

/**
 * A row for each item; empty where there is none.
 *
 * @param cellsOf of one row, Markdown already
 * @param most more rows than this are counted, not shown
 * @param others what those that are not shown are called, after their number
 */
export function tableOf<T>(
  columns: readonly string[],
  items: readonly T[],
  cellsOf: (item: T) => readonly string[],
  { most, others }: { readonly most: number; readonly others: string },
): string {
  if (items.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const left = items.length - most;
  return [
    line(columns),
    line(columns.map(() => "---")),
    ...items.slice(0, most).map((item) => line(cellsOf(item))),
    ...(left > 0 ? ["", `… and ${left} ${others}`] : []),
  ].join("\n");
}

/** A name as code, and as a link where there is an address that can be one. */
export function linked(text: string, url: string | null): string {
  const link = safeLink(url);
  return link === null ? code(text, 80) : `<a href="${link}">${code(text, 80)}</a>`;
}
