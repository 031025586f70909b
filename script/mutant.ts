/** A planted defect: a mistake that somebody could make, as a small text patch. */

export interface Mutant {
  readonly name: string;
  /** Below `src/`. */
  readonly file: string;
  /** The campaign that has to find it; default: create's. */
  readonly of?: "names" | "delete" | "liars" | "chains";
  /** What stands there, exactly once, and what the defect puts in its place. */
  readonly patch: readonly (readonly [string, string])[];
  /** Files of tests that have to find it, for a rule that no drawn story shows; default: the simulation has to. */
  readonly tests?: readonly string[];
}

/** One patch of one text. */
export function mutant(
  name: string,
  file: string,
  there: string,
  instead: string,
  tests: readonly string[],
): Mutant {
  return { name, file, patch: [[there, instead]], tests };
}
