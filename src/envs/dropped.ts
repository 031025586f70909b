import type { EnvPair } from "./limits.ts";
import { maskedPieces } from "./masked.ts";

/** Which variables keep which outputs from crossing jobs. */
export interface Dropped {
  /** Names of variables. */
  readonly variables: readonly string[];
  /** Names of outputs. */
  readonly outputs: readonly string[];
}

/**
 * The outputs that hold a masked value: GitHub drops them when they go to another job.
 *
 * @param masked the variables whose values are masked
 * @returns null where all outputs can cross jobs
 */
export function droppedOutputs(
  outputs: Readonly<Record<string, string>>,
  masked: readonly EnvPair[],
): Dropped | null {
  const variables = new Set<string>();
  const dropped = new Set<string>();
  for (const { key, value } of masked) {
    const forms = maskedPieces(value).flatMap(formsOf);
    for (const [name, text] of Object.entries(outputs)) {
      if (!forms.some((form) => text.includes(form))) continue;
      variables.add(key);
      dropped.add(name);
    }
  }
  const inOrder = Object.keys(outputs).filter((name) => dropped.has(name));
  return variables.size === 0 ? null : { variables: [...variables], outputs: inOrder };
}

/** In which the runner hides a mask too, as far as an output can hold them. */
function formsOf(piece: string): string[] {
  const lines = piece.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return [piece, ...lines].flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text.toWellFormed()),
    text.replace(/^"(.+)"$/, "$1"),
  ]);
}
