/**
 * Workflow commands as GitHub's runner reads them from a step's stdout and stderr: the current form
 * (`::name key=value,…::data`, at the start of a line) and the old one (`##[name key=value;…]data`,
 * anywhere in a line). The old one still works, so text from a server could act as a command by it.
 */

/** One command found in a line of the log. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** The commands that the runner knows; a line with any other name is plain text to it. */
const KNOWN: ReadonlySet<string> = new Set([
  "add-mask",
  "add-matcher",
  "add-path",
  "debug",
  "echo",
  "endgroup",
  "error",
  "group",
  "notice",
  "remove-matcher",
  "save-state",
  "set-env",
  "set-output",
  "stop-commands",
  "warning",
]);

function unescapeData(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}

function unescapeProperty(text: string): string {
  return text
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%25", "%");
}

function unescapeOld(text: string): string {
  return text
    .replaceAll("%3B", ";")
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%5D", "]")
    .replaceAll("%25", "%");
}

function build(
  head: string,
  separator: string,
  decode: (text: string) => string,
  data: string,
  known: ReadonlySet<string>,
): WorkflowCommand | undefined {
  const space = head.indexOf(" ");
  const name = (space < 0 ? head : head.slice(0, space)).toLowerCase();
  if (!known.has(name)) {
    return undefined;
  }
  const properties: Record<string, string> = {};
  for (const pair of space < 0 ? [] : head.slice(space + 1).split(separator)) {
    const equals = pair.indexOf("=");
    if (equals > 0 && equals < pair.length - 1) {
      properties[pair.slice(0, equals).trim().toLowerCase()] = decode(pair.slice(equals + 1));
    }
  }
  return { name, properties, data };
}

/**
 * Reads one line of a step's output (without its line end).
 * `extra` holds further names that count as commands, such as the token that ends `stop-commands`.
 * Returns undefined when the runner would show the line as plain text.
 */
export function parseCommand(
  line: string,
  extra: readonly string[] = [],
): WorkflowCommand | undefined {
  const known = new Set([...KNOWN, ...extra.map((name) => name.toLowerCase())]);
  const start = line.trimStart();
  if (start.startsWith("::")) {
    const end = start.indexOf("::", 2);
    if (end >= 0) {
      const data = unescapeData(start.slice(end + 2));
      const command = build(start.slice(2, end), ",", unescapeProperty, data, known);
      if (command !== undefined) {
        return command;
      }
    }
  }
  const open = line.indexOf("##[");
  const close = open < 0 ? -1 : line.indexOf("]", open);
  if (close < 0) {
    return undefined;
  }
  const data = unescapeOld(line.slice(close + 1));
  return build(line.slice(open + 3, close), ";", unescapeOld, data, known);
}
