/**
 * What an `action.yml` can't say and `action-types.yml` does: the types of inputs and outputs, in the form that
 * generators of bindings read (github-actions-typing). Made by `npm run docs`; what is told nowhere here is text.
 */
import { parse, stringify } from "yaml";

/** The type of one input or output. */
export interface FieldType {
  readonly type: "string" | "boolean" | "integer" | "enum" | "list";
  readonly "allowed-values"?: readonly string[];
  readonly separator?: string;
  readonly "list-item"?: { readonly type: "string" };
}

interface Field {
  readonly description?: string;
  readonly default?: string;
}

interface Manifest {
  readonly inputs?: Readonly<Record<string, Field>>;
  readonly outputs?: Readonly<Record<string, Field>>;
}

const LISTS = new Set(["node_id", "name", "vm_uuids", "allowed_tcb", "keep", "status"]);
/** Those whose default is `unset`, which stands for "left out". */
const BOOLEANS = new Set(["dry_run", "prepare_only"]);
const NUMBERS = new Set([
  "count",
  "instances",
  "max_instances",
  "max_deletions",
  "keep_at_least",
  "leave",
  "port",
  "teepod_id",
]);
/** Inputs that take one of some words; those of them count that the manifest's own description names. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  cleanup: ["never", "on_failure", "on_job_failure", "always"],
  verify: ["off", "warn", "require"],
  on_failure: ["stop", "rollback"],
};

function typeOf(name: string, { description = "", default: fallback }: Field): FieldType {
  const flag = fallback === "true" || fallback === "false" || BOOLEANS.has(name);
  if (flag) return { type: "boolean" };
  if (LISTS.has(name)) return { type: "list", separator: ",", "list-item": { type: "string" } };
  if (NUMBERS.has(name)) return { type: "integer" };
  const words = (WORDS[name] ?? []).filter((word) => description.includes(`\`${word}\``));
  return words.length > 1 ? { type: "enum", "allowed-values": words } : { type: "string" };
}

/**
 * The text of the `action-types.yml` that belongs to the text of an `action.yml`. Each output is text: it is empty
 * where there is nothing to tell. Throws when `manifest` is not YAML.
 */
export function actionTypes(manifest: string): string {
  const { inputs = {}, outputs = {} } = parse(manifest) as Manifest;
  const typed = {
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, field]) => [name, typeOf(name, field)]),
    ),
    outputs: Object.fromEntries(Object.keys(outputs).map((name) => [name, { type: "string" }])),
  };
  return `# Made from action.yml by \`npm run docs\`.\n${stringify(typed, { lineWidth: 0 })}`;
}
