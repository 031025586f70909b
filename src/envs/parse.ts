import { parse } from "dotenv";
import { type Head, labelLines } from "./label.ts";
import { type EnvPair, pairFault, setFault } from "./limits.ts";

export interface ParsedEnvs {
  /** In the order of the text. Not to be sent while there are faults; then it still tells what to mask. */
  readonly pairs: readonly EnvPair[];
  /** Why the text can't be used, in the order of its lines. They never hold a value. */
  readonly faults: readonly string[];
  /** What was read otherwise than the author may have meant; no value in them. Empty while there are faults. */
  readonly notes: readonly string[];
}

// More than any text whose variables fit the guest. The parser's time grows with the product of the two.
const MAX_CHARACTERS = 512 * 1024;
const MAX_LINES = 10_000;

interface Found {
  readonly head: Head;
  readonly value: string;
}

/**
 * Reads `KEY=VALUE` lines with the grammar of the npm package `dotenv`: quotes (`'`, `"` and backticks, also
 * over several lines), `export`, comments, CRLF, `=` in values.
 *
 * The parser itself keeps the last of several equal names, skips what it can't read, and answers an object,
 * which has no place for `__proto__` and puts names like `10` first. So every line is labelled before it
 * parses (see `labelLines`): the labels tell which lines it took for a variable, which ones lie inside a
 * value and which ones it skipped. A second run, on the text as it came, must give the same values, so
 * that the labels can't have changed what they measure.
 *
 * Never throws. A fault or note tells a line, counted from 1, and a name where that is a valid one.
 */
export function parseEnvs(text: string): ParsedEnvs {
  const labelled = text.length > MAX_CHARACTERS ? null : labelLines(text);
  if (labelled === null || labelled.lineCount > MAX_LINES) {
    const limit = `the text has more than ${MAX_CHARACTERS} characters or ${MAX_LINES} lines`;
    return { pairs: [], faults: [limit], notes: [] };
  }
  const parsed = new Map(Object.entries(parse(labelled.text)));
  const found: Found[] = [];
  for (const head of labelled.heads) {
    const value = parsed.get(head.label);
    if (value !== undefined) found.push({ head, value: labelled.restore(value) });
  }
  const pairs = found.map(({ head, value }) => ({ key: head.name, value }));
  const faults = [
    ...skippedFaults(labelled.lost(parsed)),
    ...found.flatMap(foundFaults),
    ...repeats(found),
  ]
    .sort((a, b) => a.line - b.line)
    .map((fault) => fault.text);
  if (faults.length === 0 && !sameAsParsed(text, pairs)) {
    faults.push("the lines can be read in more than one way; put the values in quotes");
  }
  if (faults.length === 0) faults.push(...wholeFaults(pairs));
  return { pairs, faults, notes: faults.length === 0 ? found.flatMap(notesOn) : [] };
}

interface LineFault {
  readonly line: number;
  readonly text: string;
}

function wholeFaults(pairs: readonly EnvPair[]): string[] {
  // An empty set would not be "no change": it replaces the variables that the replica would inherit.
  if (pairs.length === 0) return ["there is no variable in it"];
  const fault = setFault(pairs);
  return fault === null ? [] : [fault];
}

function foundFaults({ head, value }: Found): LineFault[] {
  const fault =
    pairFault({ key: head.name, value }) ??
    (hasOpenQuote(head.rest, value)
      ? `the value of ${head.name} begins with a quote that does not close at its end`
      : null);
  return fault === null ? [] : [{ line: head.line, text: `line ${head.line}: ${fault}` }];
}

function repeats(found: readonly Found[]): LineFault[] {
  const first = new Map<string, number>();
  return found.flatMap(({ head: { name, line } }) => {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, line);
      return [];
    }
    // A name of a wrong form is a fault already, and not to be printed.
    if (pairFault({ key: name, value: "" }) !== null) return [];
    return [{ line, text: `line ${line}: ${name} is given again, after line ${before}` }];
  });
}

/** One fault for each block of lines: a pasted key file would make dozens. */
function skippedFaults(lines: readonly number[]): LineFault[] {
  const faults: LineFault[] = [];
  for (let from = 0; from < lines.length; ) {
    let to = from;
    while (lines[to + 1] === (lines[to] ?? 0) + 1) to += 1;
    const [line, last] = [lines[from] ?? 0, lines[to] ?? 0];
    const where = line === last ? `line ${line} is` : `lines ${line} to ${last} are`;
    faults.push({
      line,
      text: `${where} not of the form KEY=VALUE (a value of several lines must be in quotes)`,
    });
    from = to + 1;
  }
  return faults;
}

/** The parser keeps a quote that does not close, or that closes before the end, as part of the value. */
function hasOpenQuote(rest: string, value: string): boolean {
  const raw = rest.trim();
  const quote = raw.slice(0, 1);
  return /^['"`]$/.test(quote) && value.startsWith(quote) && raw.startsWith(value);
}

function notesOn({ head, value }: Found): string[] {
  const notes: string[] = [];
  // `abc#def` without quotes is `abc` to this parser, and the whole of it to others.
  const raw = value === "" ? head.rest : head.rest.trimStart();
  if (raw.startsWith(`${value}#`)) {
    notes.push(`ends at the #, the rest is a comment; quote the value to keep it`);
  }
  // 'C:\' does not end at its last quote, and may run on to the next quote of another variable.
  if (/\\['"`][ \t]*\n\s*(?:export\s+)?[\w.-]+\s*[=:]/.test(value)) {
    notes.push(
      "has a line that ends with a backslash and a quote; it goes on after it, over what looks like another variable",
    );
  }
  return notes.map((note) => `line ${head.line}: the value of ${head.name} ${note}`);
}

function sameAsParsed(text: string, pairs: readonly EnvPair[]): boolean {
  const expected = new Map(pairs.map(({ key, value }) => [key, value]));
  // The parser's answer can't hold this one; its value was read under its label.
  expected.delete("__proto__");
  const plain = Object.entries(parse(text));
  return (
    plain.length === expected.size && plain.every(([name, value]) => expected.get(name) === value)
  );
}
