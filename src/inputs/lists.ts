/** Inputs that name several CVMs. */
import { parseUuid } from "../text/ids.ts";
import { type NamePattern, parsePattern } from "../text/pattern.ts";
import { type InputReader, shown } from "./reader.ts";
import { parseList } from "./values.ts";

/** More are nobody's list of CVMs: each that the app does not list is asked for by itself. */
export const MOST_ENTRIES = 1_000;
/** So many wrong ones are named. */
const MOST_NAMED = 3;

/** UUIDs, each once; null: not given. `[]` is a list of nothing. */
export function readUuids(read: InputReader, name: string): readonly string[] | null {
  const uuids = readEntries(read, name, "UUIDs", parseUuid);
  return uuids === null ? null : [...new Set(uuids)];
}

/** Names and patterns; null: not given. */
export function readPatterns(read: InputReader, name: string): readonly NamePattern[] | null {
  const form = "names, or patterns with *, of letters, digits and hyphens";
  return readEntries(read, name, form, parsePattern);
}

/**
 * The entries of a list: by commas, lines, or a JSON array. Empty ones are ignored. `[]` is a list of nothing; any
 * other text in which nothing is left came out of something.
 *
 * @param form what the entries are, in the plural
 * @returns null where it is not given, or wrong, which is a fault that says what is wrong with it
 */
export function readEntries<T>(
  read: InputReader,
  name: string,
  form: string,
  parse: (item: string) => T | null,
): readonly T[] | null {
  return read.text(name, (text) => {
    const taken = entriesOf(text, parse);
    if ("items" in taken) return taken.items;
    read.faults.push(`${name} ${taken.fault}: it lists ${form}, by commas, lines or a JSON array.`);
    return null;
  });
}

type Taken<T> = { readonly items: readonly T[] } | { readonly fault: string };

function entriesOf<T>(text: string, parse: (item: string) => T | null): Taken<T> {
  const items = parseList(text);
  if (items === null) {
    return { fault: `begins with [ and is no JSON array of texts (${shown(text)})` };
  }
  if (items.length > MOST_ENTRIES) {
    return { fault: `has ${items.length} entries, and at most ${MOST_ENTRIES} are taken` };
  }
  if (items.length === 0 && !/^\[\s*\]$/.test(text)) {
    return { fault: `has only empty entries (${shown(text)}), and [] would mean none` };
  }
  const parsed = items.map(parse);
  const wrong = items.filter((_, index) => parsed[index] === null);
  if (wrong.length === 0) return { items: parsed.filter((item) => item !== null) };
  const named = wrong.slice(0, MOST_NAMED).map(shown).join(", ");
  const more = wrong.length > MOST_NAMED ? ` and ${wrong.length - MOST_NAMED} more` : "";
  return { fault: `has ${named}${more}` };
}
