/** The files by which a step hands values to the runner (`GITHUB_OUTPUT`, `GITHUB_STATE`, `GITHUB_ENV`). */

/** What such a file holds. */
export interface FileValues {
  readonly values: Readonly<Record<string, string>>;
  /** The runner's complaint; it keeps the values before the bad place and fails the step. */
  readonly fault?: string;
}

/**
 * Reads `NAME=value` lines and `NAME<<DELIMITER` blocks. A name set twice has its last value.
 * Never throws: a file cut off in the middle of a block (the step was killed) is reported as `fault`.
 */
export function parseFileValues(text: string): FileValues {
  // No prototype, so that an output called `__proto__` or `constructor` is a name like any other.
  const values: Record<string, string> = Object.create(null);
  const lines = text.split("\n");
  if (lines.at(-1) === "") {
    lines.pop();
  }
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (line === "") {
      continue;
    }
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) {
        return { values, fault: `Invalid format '${line}'. Name must not be empty` };
      }
      values[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    if (heredoc < 0) {
      return { values, fault: `Invalid format '${line}'` };
    }
    const name = line.slice(0, heredoc);
    const delimiter = line.slice(heredoc + 2);
    if (name === "" || delimiter === "") {
      return { values, fault: `Invalid format '${line}'. Name and delimiter must not be empty` };
    }
    const end = lines.indexOf(delimiter, index + 1);
    if (end < 0) {
      return { values, fault: `Invalid value. Matching delimiter not found '${delimiter}'` };
    }
    values[name] = lines.slice(index + 1, end).join("\n");
    index = end;
  }
  return { values };
}
