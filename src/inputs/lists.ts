/** Inputs that name several CVMs. */
import { parseUuid } from "../text/ids.ts";
import { type NamePattern, parsePattern } from "../text/pattern.ts";
import { filledIn } from "./filled.ts";
import { type Env, type InputReader, shown } from "./reader.ts";
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

/** Names and patterns, their placeholders filled in; null: not given. */
export function readPatterns(
  read: InputReader,
  name: string,
  env: Env,
): readonly NamePattern[] | null {
  const form = "names, or patterns with *, of letters, digits and hyphens";
  return readEntries(read, name, form, parsePattern, env);
}

/**
 * The entries of a list: by commas, lines, or a JSON array. Empty ones are ignored. `[]` is a list of nothing; any
 * other text in which nothing is left came out of something.
 *
 * @param form what the entries are, in the plural
 * @param env where they may be names, which hold placeholders
 * @returns null where it is not given, or wrong, which is a fault that says what is wrong with it
 */
export function readEntries<T>(
  read: InputReader,
  name: string,
  form: string,
  parse: (item: string) => T | null,
  env: Env | null = null,
): readonly T[] | null {
  return read.text(name, (text) => {
    const taken = entriesOf(text, parse, env);
    if ("items" in taken) return taken.items;
    const lists = `: it lists ${form}, by commas, lines or a JSON array`;
    read.faults.push(`${name} ${taken.fault}${taken.unfilled ? "" : lists}.`);
    return null;
  });
}

type Taken<T> =
  | { readonly items: readonly T[] }
  | { readonly fault: string; readonly unfilled?: boolean };

function entriesOf<T>(text: string, parse: (item: string) => T | null, env: Env | null): Taken<T> {
  const written = parseList(text);
  if (written === null) {
    return { fault: `begins with [ and is no JSON array of texts (${shown(text)})` };
  }
  if (written.length > MOST_ENTRIES) {
    return { fault: `has ${written.length} entries, and at most ${MOST_ENTRIES} are taken` };
  }
  if (written.length === 0 && !/^\[\s*\]$/.test(text)) {
    return { fault: `has only empty entries (${shown(text)}), and [] would mean none` };
  }
  const filled = env === null ? { names: written } : filledIn(written, env);
  if ("fault" in filled) return { fault: filled.fault, unfilled: true };
  const items = filled.names;
  const parsed = items.map(parse);
  const wrong = items.filter((_, index) => parsed[index] === null);
  if (wrong.length === 0) return { items: parsed.filter((item) => item !== null) };
  const named = wrong.slice(0, MOST_NAMED).map(shown).join(", ");
  const more = wrong.length > MOST_NAMED ? ` and ${wrong.length - MOST_NAMED} more` : "";
  return { fault: `has ${named}${more}` };
}
