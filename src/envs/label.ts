/** A line that reads like the beginning of a variable. */
export interface Head {
  /** What stands in the labelled text in place of the name. */
  readonly label: string;
  readonly name: string;
  /** Counted from 1. */
  readonly line: number;
  /** The line after `=`: the value's raw beginning. */
  readonly rest: string;
}

export interface LabelledText {
  readonly text: string;
  readonly lineCount: number;
  readonly heads: readonly Head[];
  /** A value of the labelled text as it was before. */
  restore(value: string): string;
  /**
   * The numbers of the lines, other than blank ones and comments, that came back neither as a variable nor
   * inside a value.
   */
  lost(parsed: ReadonlyMap<string, string>): number[];
}

const BLANK_OR_COMMENT = /^\s*(?:#|$)/;
// The name's form is dotenv's, wider than the guest's. A `KEY:` with nothing behind it is left out:
// dotenv would take the whole next line as its value.
const HEAD = /^(\s*(?:export\s+)?)([\w.-]+)(\s*=|:(?=\s+\S))(.*)$/s;

/**
 * Gives each line of a dotenv text a label of its own that parsing carries along: a head's name is replaced
 * by its label, any other line gets it in front. A label that comes back as a key was a variable; one that
 * comes back inside a value was a line of that value; any other line was not part of any variable. Blank lines and comments stay as they are: nothing can be lost with them.
 */
export function labelLines(text: string): LabelledText {
  const tag = unusedIn(text);
  const labels = new RegExp(`${tag}(\\d+)_`, "g");
  const heads: Head[] = [];
  const labelled: number[] = [];
  const names = new Map<string, string>();
  // The same line ends as dotenv's.
  const lines = text.split(/\r\n?|\n/).map((content, index) => {
    if (BLANK_OR_COMMENT.test(content)) return content;
    labelled.push(index);
    const label = `${tag}${index}_`;
    const [, before = "", name = "", sign = "", rest = ""] = HEAD.exec(content) ?? [];
    if (name === "") return label + content;
    heads.push({ label, name, line: index + 1, rest });
    names.set(String(index), name);
    return before + label + sign + rest;
  });
  return {
    text: lines.join("\n"),
    lineCount: lines.length,
    heads,
    restore: (value) => value.replace(labels, (_label, index: string) => names.get(index) ?? ""),
    lost: (parsed) => {
      const kept = new Set<number>();
      for (const { label, line } of heads) if (parsed.has(label)) kept.add(line - 1);
      for (const value of parsed.values()) {
        for (const match of value.matchAll(labels)) kept.add(Number(match[1]));
      }
      return labelled.filter((index) => !kept.has(index)).map((index) => index + 1);
    },
  };
}

/** A word that the text does not hold. Its parts don't repeat, so no overlap can form it anew. */
function unusedIn(text: string): string {
  for (let n = 0; ; n += 1) {
    const tag = `LABEL${n}_`;
    if (!text.includes(tag)) return tag;
  }
}
