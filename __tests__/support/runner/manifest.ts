/** What the runner takes from an action's `action.yml`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** One input of `action.yml`. */
export interface ManifestInput {
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: string;
  readonly deprecationMessage?: string;
}

/** The parts of `action.yml` that matter for running it. */
export interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, ManifestInput>>;
  readonly outputs: Readonly<Record<string, { readonly description?: string }>>;
  readonly runs: {
    readonly using: string;
    readonly main: string;
    readonly post?: string;
    readonly "post-if"?: string;
  };
}

/** By text: hundreds of steps have the same one, and YAML is slow to read. */
const known = new Map<string, Manifest>();

/** Reads `action.yml` in `folder`. Throws when it is missing or not YAML; its form is not judged. */
export function readManifest(folder: string): Manifest {
  const text = readFileSync(join(folder, "action.yml"), "utf8");
  const before = known.get(text);
  if (before !== undefined) return before;
  const document = parse(text) as Manifest;
  const manifest = { ...document, inputs: document.inputs ?? {}, outputs: document.outputs ?? {} };
  known.set(text, manifest);
  return manifest;
}

/** The context `job.status` by the time that a step, or its post, runs. */
export type JobStatus = "success" | "failure" | "cancelled";

/** A step's inputs as the action gets them, and what the runner says about them. */
export interface ResolvedInputs {
  /** `INPUT_…` variables: upper case, spaces as underscores, defaults filled in. */
  readonly env: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/**
 * Does to a step's `with` what the runner does: fills in defaults, warns about unknown and deprecated
 * inputs, enforces nothing. `github.token` and `job.status` are the only expressions that a default may use here.
 * Throws on any other.
 */
export function resolveInputs(
  manifest: Manifest,
  given: Readonly<Record<string, string>>,
  githubToken: string,
  jobStatus: JobStatus = "success",
): ResolvedInputs {
  const warnings: string[] = [];
  const names = new Map(Object.keys(manifest.inputs).map((name) => [name.toLowerCase(), name]));
  const unknown = Object.keys(given).filter((name) => !names.has(name.toLowerCase()));
  if (unknown.length > 0) {
    const valid = [...names.values()].map((name) => `'${name}'`).join(", ");
    const listed = unknown.map((name) => `'${name}'`).join(", ");
    warnings.push(`Unexpected input(s) ${listed}, valid inputs are [${valid}]`);
  }
  const values: Record<string, string> = {};
  for (const [name, input] of Object.entries(manifest.inputs)) {
    if (input.default !== undefined) {
      values[name.toLowerCase()] = evaluateDefault(String(input.default), githubToken, jobStatus);
    }
  }
  for (const [name, value] of Object.entries(given)) {
    const input = manifest.inputs[names.get(name.toLowerCase()) ?? ""];
    if (input?.deprecationMessage !== undefined) {
      warnings.push(
        `Input '${name}' has been deprecated with message: ${input.deprecationMessage}`,
      );
    }
    values[name.toLowerCase()] = value;
  }
  const env = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`,
      value,
    ]),
  );
  return { env, warnings };
}

function evaluateDefault(text: string, githubToken: string, jobStatus: JobStatus): string {
  const value = text
    .replaceAll(/\$\{\{\s*github\.token\s*\}\}/g, () => githubToken)
    .replaceAll(/\$\{\{\s*job\.status\s*\}\}/g, jobStatus);
  if (value.includes("${{")) {
    throw new Error(`action.yml: cannot evaluate the default ${text}`);
  }
  return value;
}
