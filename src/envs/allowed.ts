import { fieldOf, parseJson } from "../text/json.ts";
import type { EnvPair } from "./limits.ts";

/**
 * The names that the guest would drop without an error, because the app's compose file does not list them
 * in `allowed_envs` (API facts, "Env encryption"). In the order of the pairs.
 *
 * Empty also where it can't be known: no compose file, one that is neither an object nor its JSON text, or
 * one without a list of strings under `allowed_envs`. An empty list is known: it allows nothing.
 *
 * @param composeFile the CVM's `compose_file`, as the API gives it.
 */
export function namesNotAllowed(
  pairs: readonly EnvPair[],
  composeFile: unknown,
): readonly string[] {
  const compose = typeof composeFile === "string" ? parseJson(composeFile) : composeFile;
  const list = fieldOf(compose, "allowed_envs");
  if (!Array.isArray(list) || !list.every((name) => typeof name === "string")) return [];
  const allowed = new Set<string>(list);
  return pairs.map(({ key }) => key).filter((key) => !allowed.has(key));
}
