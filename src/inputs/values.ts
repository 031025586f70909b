import { ALREADY_REGISTERED } from "../phala/codes.ts";
import { isPrivateWay, webUrl } from "../url.ts";

/** The forms of single values. Each parser answers null for anything that is not of its form. */

const DURATION = /^(\d{1,9}(?:\.\d{1,3})?)(s|m|h)?$/;
const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `90s`, `15m`, `1h`, or a bare number of seconds. Answers ms. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  if (!match) return null;
  return Math.round(Number(match[1]) * UNIT_MS[(match[2] ?? "s") as keyof typeof UNIT_MS]);
}

/** GitHub's booleans: the YAML 1.2 core schema, as `@actions/core` reads them. */
export function parseBoolean(text: string): boolean | null {
  if (["true", "True", "TRUE"].includes(text)) return true;
  return ["false", "False", "FALSE"].includes(text) ? false : null;
}

/** A whole number without a sign that a JSON number holds exactly. */
export function parseWhole(text: string): number | null {
  if (!/^\d{1,16}$/.test(text)) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : null;
}

/** An even number of hex digits, at least two; `0x` is taken off. */
export function parseHexBlob(text: string): string | null {
  const hex = text.replace(/^0x/i, "");
  return /^(?:[0-9a-f]{2})+$/i.test(hex) ? hex : null;
}

/**
 * The API's base URL without a slash at the end: `https:`, or `http:` to a loopback host. Credentials, a
 * query and a fragment have no place in it.
 */
export function parseApiUrl(text: string): string | null {
  const url = webUrl(text);
  if (url === null || !isPrivateWay(url) || /[?#\\\s]/.test(text)) return null;
  return url.href.replace(/\/+$/, "");
}

/** An absolute path, with a query if need be, that stays on the host it is appended to. */
export function parsePath(text: string): string | null {
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(text) || /[\\#]/.test(text)) return null;
  const url = URL.parse(text, "https://host.invalid");
  return url?.host === "host.invalid" && url.pathname + url.search === text ? text : null;
}

/** Safe in an HTTP header and in a workflow: visible ASCII without spaces. */
export function parseApiKey(text: string): string | null {
  return /^[\x21-\x7e]{1,4096}$/.test(text) ? text : null;
}

/** A transaction's hash, or the word for "look at the chain's state only". */
export function parseTransaction(text: string): string | null {
  return text === ALREADY_REGISTERED || /^0x[0-9a-f]{64}$/i.test(text) ? text : null;
}
