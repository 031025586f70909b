import { type Env, rawInput } from "./reader.ts";

/** What is to be said of inputs that the action does not have. */
export interface Unknown {
  /** Slips of known ones: the value was meant for something, and would be ignored. */
  readonly faults: readonly string[];
  /** All others. */
  readonly notes: readonly string[];
}

const PREFIX = "INPUT_";
/** More than this a slip is not, but another word. */
const MOST_LETTERS_OFF = 2;
/** A name is shown to be found in a workflow; a longer one is none. Characters. */
const LONGEST_NAME = 80;

/**
 * Judges the inputs that the action does not have. The runner warns of them and hands them on all the same.
 *
 * Only variables as the runner writes them are looked at: `INPUT_` in front, all in capitals, not blank. Such
 * a variable may have another origin than this step's `with:`: some runners other than GitHub's leave the
 * inputs of an enclosing composite action in the environment of its steps. There, a slip that has the value
 * of the input that it looks like is what the wrapper calls it, handed on as it should be: no fault.
 *
 * @param known every input of the action
 */
export function judgeUnknown(env: Env, known: ReadonlySet<string>): Unknown {
  const faults: string[] = [];
  const notes: string[] = [];
  // GitHub sets it for the steps of a composite action alone.
  const enclosed = (env.GITHUB_ACTION_PATH ?? "") !== "";
  for (const name of unknownNames(env, known)) {
    const meant = nearest(name, known);
    const shown = name.length > LONGEST_NAME ? `of ${name.length} characters` : name;
    if (meant === null) {
      notes.push(`The action has no input ${shown}: it is ignored.`);
    } else if (enclosed && rawInput(env, meant) === rawInput(env, name)) {
      notes.push(`The action has no input ${shown}: it is ignored, and ${meant} is used.`);
    } else {
      faults.push(`${shown} is no input of this action: did you mean ${meant}?`);
    }
  }
  return { faults, notes };
}

function unknownNames(env: Env, known: ReadonlySet<string>): string[] {
  return Object.entries(env)
    .filter(([name, value]) => name === name.toUpperCase() && (value ?? "").trim() !== "")
    .filter(([name]) => name.startsWith(PREFIX) && name.length > PREFIX.length)
    .map(([name]) => name.slice(PREFIX.length).toLowerCase())
    .filter((name) => !known.has(name))
    .sort();
}

/** The known input that `name` is a slip of; null where it is none. */
function nearest(name: string, known: ReadonlySet<string>): string | null {
  const plain = name.replace(/[-. ]/g, "_");
  let best: string | null = null;
  let least = MOST_LETTERS_OFF + 1;
  for (const candidate of known) {
    const off = lettersOff(plain, candidate);
    if (off < least) [best, least] = [candidate, off];
  }
  return best;
}

/** How many letters must be put in, left out or changed to make one of the other (Levenshtein). */
export function lettersOff(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > MOST_LETTERS_OFF) return MOST_LETTERS_OFF + 1;
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let column = 1; column <= other.length; column++) {
      const changed = (above[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      line.push(Math.min(changed, (above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1));
    }
    above = line;
  }
  return above[other.length] ?? 0;
}
