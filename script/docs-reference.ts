/** The generated parts of `docs/reference.md`: inputs and outputs of every action, and all error codes. */
import { parse } from "yaml";
import { titleOf } from "../src/report/annotation/title.ts";
import { ADVICE_BY_CODE, ADVICE_BY_STATUS } from "../src/report/words/advice.ts";
import { anchorOf, type ErrorCode, OWN_CODES } from "../src/report/words/error-code.ts";
import { cell } from "./docs-errors.ts";

interface Field {
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: string;
}

interface Manifest {
  readonly description?: string;
  readonly inputs?: Readonly<Record<string, Field>>;
  readonly outputs?: Readonly<Record<string, Field>>;
}

function table(head: string, rows: readonly string[]): string {
  const columns = head.split("|").length - 2;
  return [head, `|${" --- |".repeat(columns)}`, ...rows].join("\n");
}

function inputRow([name, field]: [string, Field]): string {
  const fallback = field.default === undefined ? "" : `\`${field.default}\``;
  return `| \`${name}\` | ${field.required ? "**required**" : fallback} | ${cell(field.description ?? "")} |`;
}

function outputRow([name, field]: [string, Field]): string {
  return `| \`${name}\` | ${cell(field.description ?? "")} |`;
}

/** One action: how it is named, and its two tables. `folder` ends in a slash, or is empty. */
function actionSection(folder: string, manifest: string): string {
  const { description = "", inputs = {}, outputs = {} } = parse(manifest) as Manifest;
  const name = folder === "" ? "create" : folder.slice(0, -1);
  const path = folder === "" ? "" : `/${name}`;
  return [
    `## ${name}`,
    `\`uses: your-org/cvm-replica-action${path}@v1\` – ${cell(description)}`,
    `### Inputs of ${name}`,
    table("| Input | Default | What it does |", Object.entries(inputs).map(inputRow)),
    `### Outputs of ${name}`,
    table("| Output | What it holds |", Object.entries(outputs).map(outputRow)),
  ].join("\n\n");
}

/**
 * A section for each action.
 *
 * @param manifests the text of each `action.yml` by its folder (`delete/`), the repository's own by ""
 */
export function actionSections(manifests: Readonly<Record<string, string>>): string {
  return Object.entries(manifests)
    .map(([folder, manifest]) => actionSection(folder, manifest))
    .join("\n\n");
}

const linked = (code: ErrorCode): string => `[\`${code}\`](operations.md#${anchorOf(code)})`;

/** What `docs/operations.md` says to do about one of the action's own codes: the first sentence of it. */
function whatToDo(operations: string, code: string): string {
  const [, section = ""] = operations.split(`\n### \`${code}\`\n`);
  const [, advice] = /^- \*\*Do\*\*: (.+?[.;])(?: |$)/m.exec(section.split("\n#")[0] ?? "") ?? [];
  if (advice === undefined)
    throw new Error(`docs/operations.md does not say what to do on ${code}.`);
  return cell(`${advice.charAt(0).toUpperCase()}${advice.slice(1, -1)}.`);
}

/** What a failure with this code is called in its annotation. */
function meaning(code: ErrorCode): string {
  return `${titleOf("failed", code, []).replace(` (${code})`, "")}.`;
}

/** The tables of all values of `error_code`, each with its section of `docs/operations.md`. */
export function codeTables(operations: string): string {
  const own = OWN_CODES.map(
    (code) => `| ${linked(code)} | ${meaning(code)} | ${whatToDo(operations, code)} |`,
  );
  const advice = (entries: readonly (readonly [ErrorCode, string])[]): string[] =>
    entries.map(([code, text]) => `| ${linked(code)} | ${cell(text)} |`);
  const api = Object.entries(ADVICE_BY_CODE)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([code, text]) => [`ERR-${code}`, text] as const);
  const statuses = Object.entries(ADVICE_BY_STATUS).map(
    ([status, text]) => [`HTTP-${Number(status)}`, text] as const,
  );
  return [
    "### The action's own codes",
    table("| `error_code` | What it means | What to do first |", own),
    "### The API's codes",
    "Passed on as they are, those that are not listed here as well.",
    table("| `error_code` | What to do |", advice(api)),
    "### Answers without a code",
    table("| `error_code` | What to do |", advice(statuses)),
  ].join("\n\n");
}
