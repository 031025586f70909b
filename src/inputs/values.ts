import { ALREADY_REGISTERED } from "../text/ids.ts";
import { parseJson } from "../text/json.ts";

/** The forms of single values. Each parser answers null for anything that is not of its form. */

/** In seconds, the longest first. */
const UNITS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
type Unit = keyof typeof UNITS;
const DURATION = /^(\d{1,9}(?:\.\d{1,3})?)(d|h|m|s)?$/;
/** Whole numbers alone, the longest unit first and each at most once: any other order is a slip. */
const COMPOUND = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;

/** `90s`, `15m`, `1h`, `1h30m`, `7d`, or a bare number of seconds. Answers ms. */
export function parseDuration(text: string): number | null {
  const single = DURATION.exec(text);
  const ms = single
    ? Math.round(Number(single[1]) * 1_000) * UNITS[(single[2] ?? "s") as Unit]
    : sumOfUnits(text);
  return ms !== null && Number.isSafeInteger(ms) ? ms : null;
}

function sumOfUnits(text: string): number | null {
  const parts = text === "" ? null : COMPOUND.exec(text)?.slice(1);
  if (!parts) return null;
  const units = Object.values(UNITS);
  return units.reduce((ms, unit, index) => ms + Number(parts[index] ?? 0) * unit * 1_000, 0);
}

/** GitHub's booleans: the YAML 1.2 core schema, as `@actions/core` reads them. */
export function parseBoolean(text: string): boolean | null {
  if (["true", "True", "TRUE"].includes(text)) return true;
  return ["false", "False", "FALSE"].includes(text) ? false : null;
}

/**
 * A whole number without a sign that a JSON number holds exactly. GitHub hands a form's input of
 * `type: number` on as `2.0`.
 */
export function parseWhole(text: string): number | null {
  if (!/^\d{1,16}(?:\.0{1,16})?$/.test(text)) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : null;
}

/** A whole number from 1 to `most`. */
export function parseCount(text: string, most: number): number | null {
  const number = parseWhole(text);
  return number !== null && number >= 1 && number <= most ? number : null;
}

/**
 * The entries of a list: by comma or line, or a JSON array of strings and numbers. Empty entries are
 * ignored; null where it is no list.
 */
export function parseList(text: string): readonly string[] | null {
  const items = text.startsWith("[") ? jsonItems(text) : text.split(/[,\r\n]/);
  return items?.map((item) => item.trim()).filter((item) => item !== "") ?? null;
}

function jsonItems(text: string): readonly string[] | null {
  const list = parseJson(text);
  if (!Array.isArray(list)) return null;
  const plain = list.every((item) => typeof item === "string" || typeof item === "number");
  return plain ? list.map(String) : null;
}

/** An even number of hex digits, at least two; `0x` is taken off. */
export function parseHexBlob(text: string): string | null {
  const hex = text.replace(/^0x/i, "");
  return /^(?:[0-9a-f]{2})+$/i.test(hex) ? hex : null;
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

/** What stands between a pair of quotes around the whole text; null where there is no such pair. */
export function withoutQuotes(text: string): string | null {
  return /^(["'`])(.*)\1$/s.exec(text)?.[2] ?? null;
}

/** A transaction's hash, or the word for "look at the chain's state only". */
export function parseTransaction(text: string): string | null {
  return text === ALREADY_REGISTERED || /^0x[0-9a-f]{64}$/i.test(text) ? text : null;
}
