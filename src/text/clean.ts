import { cut } from "./cut.ts";
import { isPrivateWay, webUrl } from "./url.ts";

/**
 * Text that others wrote (a server, a user) made fit for a log, an annotation or Markdown. Server text must
 * never act: a line that starts with `::` or holds `##[` is a command to the runner.
 */

// Control characters, line and paragraph separators, and what reorders or hides text.
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+/g;

/** The longest piece of foreign text that is shown, in characters. */
export const MAX_TEXT = 500;

/** One printable line of at most `max` characters. */
export function oneLine(text: string, max = MAX_TEXT): string {
  return cut(text.toWellFormed().replace(UNPRINTABLE, " ").replace(/ {2,}/g, " ").trim(), max);
}

/** A whole log text, each of its lines made harmless to the runner. */
export function harmless(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replaceAll("##[", "## [").replace(/^([\s\u0085]*)::/, "$1: :"))
    .join("\n");
}

/**
 * Text for a Markdown sentence or table cell: nothing in it is markup, a link, an image, an emoji or a
 * mention, neither where Markdown is parsed nor where GitHub goes over the result.
 */
export function markdown(text: string, max = MAX_TEXT): string {
  return oneLine(text, max)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_{}[\]()#+!|~$:"']/g, (mark) => `&#${mark.codePointAt(0)};`)
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`)
    .replaceAll("@", "@&#8203;");
}

/** A name, id or value, set apart as code. */
export function code(text: string, max?: number): string {
  return `<code>${markdown(text, max)}</code>`;
}

/** An `https:` address (or one of this machine's) that can stand in Markdown and HTML; null for all else. */
export function safeLink(text: string | null): string | null {
  const url = webUrl(text);
  if (url === null || !isPrivateWay(url)) return null;
  return url.href.replace(/[()'"<>|`\\]/g, percent);
}

/** `encodeURIComponent` leaves brackets and the apostrophe as they are. */
function percent(mark: string): string {
  return `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;
}
