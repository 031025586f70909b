/** Inputs that name several CVMs. */
import { parseUuid } from "../text/ids.ts";
import { type NamePattern, parsePattern } from "../text/pattern.ts";
import type { InputReader } from "./reader.ts";
import { parseList } from "./values.ts";

/** More are nobody's list of CVMs: each that the app does not list is asked for by itself. */
export const MOST_ENTRIES = 1_000;

/** UUIDs, each once; null: not given. `[]` is a list of nothing. */
export function readUuids(read: InputReader, name: string): readonly string[] | null {
  const form = `UUIDs, separated by commas or lines or as a JSON array, at most ${MOST_ENTRIES}`;
  return read.optional(name, form, (text) => {
    const uuids = entries(text, parseUuid);
    return uuids === null ? null : [...new Set(uuids)];
  });
}

/** Names and patterns; null: not given. */
export function readPatterns(read: InputReader, name: string): readonly NamePattern[] | null {
  const form =
    "names, or patterns with *, of letters, digits and hyphens, separated by commas or lines or as a JSON array";
  return read.optional(name, form, (text) => entries(text, parsePattern));
}

/**
 * The entries of a list. `[]` is a list of nothing; text that names nothing (`,`) is a slip.
 *
 * @returns null where it is no list, or one of them is not of its form
 */
export function entries<T>(text: string, parse: (item: string) => T | null): readonly T[] | null {
  const items = parseList(text);
  if (items === null || items.length > MOST_ENTRIES) return null;
  // An entry of an array that is empty came out of something; of a text, it is a comma too many.
  if (items.length === 0 && !/^\[\s*\]$/.test(text)) return null;
  const parsed = items.map(parse).filter((item) => item !== null);
  return parsed.length === items.length ? parsed : null;
}
