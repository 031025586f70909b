import type { Replica } from "../../ledger/replica.ts";
import { nameOf } from "../../ledger/who.ts";
import type { About } from "./about.ts";
import type { Words } from "./annotation.ts";
import type { Failure } from "./failure.ts";
import { failureOf } from "./of-trouble.ts";

/** More names than this are counted. */
const MOST_NAMES = 3;
/** Candidates and the like of one failure, where it has a line. */
const MOST_OF_ONE = 10;

/** One replica, and what is said of it; null: nothing is wrong with it. */
export interface Said {
  readonly name: string;
  readonly failure: Failure | null;
}

/** What is said of a replica. */
export function saidOf(replica: Replica, place: Omit<About, "replica">): Said {
  const { trouble } = replica;
  const failure = trouble === null ? null : failureOf(trouble, { ...place, replica });
  return { name: nameOf(replica), failure };
}

/** The failures of a run: the only one as it is, several as a line each, alike ones in one. */
export function combinedWords(replicas: readonly Said[]): Words {
  const failed = replicas.filter(({ failure }) => failure !== null);
  const [only] = failed;
  if (only?.failure && replicas.length === 1) return wordsOf(only.failure);
  const groups = new Map<string, { readonly failure: Failure; readonly names: string[] }>();
  for (const { name, failure } of failed) {
    if (failure === null) continue;
    // The same answer to each of sixty requests is one thing to know.
    const key = withoutNumber(oneLineOf(failure));
    const group = groups.get(key) ?? { failure, names: [] };
    // What was not asked for has no name that anybody would look for; its number is said.
    if (failure.code !== "") group.names.push(name);
    groups.set(key, group);
  }
  const said = [...groups.values()];
  const lines = said.map(({ failure, names }) => line(names, failure.text));
  // Last, so that no failure has to make room for another one's candidates.
  const listed = said.flatMap(({ failure: { list = [] }, names }) =>
    list.map((one) => `${some(names)}: ${one}`),
  );
  const unasked = failed.filter(({ failure }) => failure?.code === "").length;
  const others = unasked === 0 ? "" : `, ${unasked} more were not asked for`;
  const text = `${failed.length - unasked} of ${replicas.length} replicas failed${others}.`;
  return { text, list: [...lines, ...listed] };
}

/** A single failure. */
export function wordsOf({ text, list = [] }: Failure): Words {
  return { text, list };
}

/** A failure with the first of what it lists, where there is one line for it. */
export function oneLineOf({ text, list = [] }: Failure): string {
  if (list.length === 0) return text;
  const more = list.length > MOST_OF_ONE ? `; and ${list.length - MOST_OF_ONE} more` : "";
  return `${text} ${list.slice(0, MOST_OF_ONE).join("; ")}${more}.`;
}

function withoutNumber(text: string): string {
  return text.replace(/\breplica \d+ of \d+\b/, "a replica");
}

/** Many texts begin with the replica's name already. */
function line(names: readonly string[], text: string): string {
  const [only] = names;
  const named = names.length === 1 && only !== undefined && text.startsWith(`${only} `);
  if (named || names.length === 0) return text;
  return `${some(names)}: ${names.length === 1 ? text : withoutNumber(text)}`;
}

function some(names: readonly string[]): string {
  if (names.length <= MOST_NAMES) return names.join(", ");
  const shown = names.slice(0, MOST_NAMES - 1).join(", ");
  return `${names.length} replicas (${shown} and ${names.length - MOST_NAMES + 1} more)`;
}
