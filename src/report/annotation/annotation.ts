import type { Edges } from "../../action/edges.ts";
import { harmless } from "../../text/clean.ts";
import { cut } from "../../text/cut.ts";
import { type ErrorCode, sectionUrl } from "../words/error-code.ts";

/** The runner cuts a longer one in the middle of its last word (actions/runner, `AddIssue`). Characters. */
export const MAX_ANNOTATION = 4_096;
/** What exists and is billed has this much of it for certain, however long the failures are. */
const MOST_FOR_EXISTS = 1_400;
/** A title is a line above the text, and GitHub's API takes 255 characters. */
const MAX_TITLE = 120;

/** Whole sentences, and what they speak of one by one: a line each, as many as there is room for. */
export interface Words {
  readonly text: string;
  readonly list: readonly string[];
}

export const NOTHING_SAID: Words = { text: "", list: [] };

/** What an error annotation is made of. */
export interface Saying {
  readonly title: string;
  readonly code: ErrorCode;
  /** What failed, and what to do. */
  readonly failed: Words;
  /** What exists by now and is billed. */
  readonly exists: Words;
}

export interface Annotation {
  readonly title: string;
  /** All of it but the title and the link: the output `error_message`. */
  readonly message: string;
  readonly text: string;
  /** The lines that found no room, for the log. */
  readonly rest: readonly string[];
}

/**
 * The one annotation of a red step, within what the runner shows: what failed, what exists, its code, and
 * the link to that code's section of docs/operations.md. Lists are cut between lines, with the number of
 * those that are missing.
 */
export function annotationOf(
  { title, code, failed, exists }: Saying,
  { env, runner }: Pick<Edges, "env" | "runner">,
): Annotation {
  // Measured as it is printed: what is masked, or made harmless, changes its length.
  const clean = (text: string) => harmless(runner.redactPrinted(text));
  const link = sectionUrl(code, env);
  const named = code === "" ? "" : `\nError code: ${code}`;
  const there = fit(cleaned(exists, clean), MOST_FOR_EXISTS);
  const second = there.text === "" ? "" : `\n${there.text}`;
  const room = MAX_ANNOTATION - second.length - named.length - link.length - 1;
  const first = fit(cleaned(failed, clean), room);
  const message = `${first.text}${second}${named}`;
  return {
    title: cut(clean(title), MAX_TITLE),
    message,
    text: `${message}\n${link}`,
    rest: [...first.rest, ...there.rest],
  };
}

function cleaned({ text, list }: Words, clean: (text: string) => string): Words {
  return { text: clean(text), list: list.map(clean) };
}

const INDENT = "\n- ";
/** The first line is cut rather than left out, if so much of it can be shown. */
const LEAST_OF_LINE = 200;

/** As many lines of the list as `max` characters allow, and what of the words found no room. */
function fit({ text, list }: Words, max: number): { text: string; rest: readonly string[] } {
  const whole = [text, ...list].join(INDENT);
  if (whole.length <= max) return { text: whole, rest: [] };
  const more = (left: number) => `${INDENT}… and ${left} more, in the step's log`;
  const room = max - (list.length === 0 ? 0 : more(list.length).length);
  let shown = cut(text, room);
  const rest = text.length > room ? [text] : [];
  let count = 0;
  for (const line of list) {
    const left = room - shown.length - INDENT.length;
    if (line.length > left && (count > 0 || left < LEAST_OF_LINE)) break;
    if (line.length > left) rest.push(line);
    shown += INDENT + cut(line, left);
    count++;
  }
  const left = list.slice(count);
  return { text: left.length === 0 ? shown : shown + more(left.length), rest: [...rest, ...left] };
}
