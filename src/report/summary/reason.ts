/** Why a step is red, for its job summary. */
import type { Edges } from "../../action/edges.ts";
import { code as codeFont, markdown, oneLine } from "../../text/clean.ts";
import { DASHBOARD } from "../../text/links.ts";
import type { Saying } from "../annotation/annotation.ts";
import { sectionUrl } from "../words/error-code.ts";

/** More lines than this are counted, not shown: the table has a row for each replica as well. */
const MOST_LINES = 100;
/** The longest text and the longest line of a list, in characters; in Markdown one may become seven. */
const MOST_OF_TEXT = 2_000;
const MOST_OF_LINE = 800;

/**
 * What the annotation is made of, with far more room than it has. Addresses of the dashboard become links,
 * all else is plain text. What exists is not repeated, since the table shows it.
 */
export function reasonOf({ failed, exists, code }: Saying, env: Edges["env"]): string {
  const shown = failed.list
    .slice(0, MOST_LINES)
    .map((line) => `- ${withLinks(line, MOST_OF_LINE)}`);
  const left = failed.list.length - shown.length;
  const list = left === 0 ? shown : [...shown, `- … and ${left} more`];
  const section = `<a href="${sectionUrl(code, env)}">what it means, and what to do</a>`;
  const parts = [
    withLinks(failed.text),
    list.join("\n"),
    exists.list.length === 0 ? withLinks(exists.text) : "",
    code === "" ? "" : `Error code ${codeFont(code, 80)}: ${section}`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

const DASHBOARD_LINK = new RegExp(`(${DASHBOARD}/[A-Za-z0-9/_-]+)`);

/** Addresses of the dashboard become links, all else is plain text. One line. */
export function withLinks(line: string, max = MOST_OF_TEXT): string {
  const pieces = oneLine(line, max).split(DASHBOARD_LINK);
  const text = pieces.map((piece, n) =>
    n % 2 === 1 ? `<a href="${piece}">${markdown(piece)}</a>` : plain(piece),
  );
  return text.join("");
}

/** `markdown` without its trimming: the piece stands between others. */
function plain(piece: string): string {
  const [, before = "", text = "", after = ""] = /^( ?)(.*?)( ?)$/.exec(piece) ?? [];
  return before + markdown(text, MOST_OF_TEXT) + after;
}
