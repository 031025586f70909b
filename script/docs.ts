/**
 * Writes what is generated into the documents, between markers such as `<!-- inputs: … -->` and
 * `<!-- /inputs -->`: the tables of inputs and outputs from action.yml, the workflows from examples/, the
 * tables of errors from the action's own advice. Beside each action.yml it writes an action-types.yml.
 *
 *     node script/docs.ts            writes them
 *     node script/docs.ts --check    writes nothing; exits 1 when a document is out of date
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import { actionTypes } from "./action-types.ts";
import { answerSections, cell, codeSections, networkTable } from "./docs-errors.ts";

interface Field {
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: string;
}

interface Manifest {
  readonly inputs: Readonly<Record<string, Field>>;
  readonly outputs: Readonly<Record<string, Field>>;
}

function inputRow([name, field]: [string, Field]): string {
  const fallback = field.default === undefined ? "" : `\`${field.default}\``;
  return `| \`${name}\` | ${field.required ? "**required**" : fallback} | ${cell(field.description ?? "")} |`;
}

function outputRow([name, field]: [string, Field]): string {
  return `| \`${name}\` | ${cell(field.description ?? "")} |`;
}

function section(text: string, name: string, content: string): string {
  const block = new RegExp(`(<!-- ${name}: .*? -->\n).*?(<!-- /${name} -->)`, "s");
  if (!block.test(text)) {
    throw new Error(`There are no markers for ${name}.`);
  }
  return text.replace(
    block,
    (_all, open: string, close: string) => `${open}\n${content.trimEnd()}\n\n${close}`,
  );
}

/**
 * `readme` with both tables made anew from the text of an `action.yml`.
 * Throws when a marker is missing or `manifest` is not YAML.
 */
export function withTables(readme: string, manifest: string): string {
  const { inputs, outputs } = parse(manifest) as Manifest;
  const rows = (head: readonly string[], body: readonly string[]) => [...head, ...body].join("\n");
  const withInputs = section(
    readme,
    "inputs",
    rows(
      ["| Input | Default | What it does |", "| --- | --- | --- |"],
      Object.entries(inputs).map(inputRow),
    ),
  );
  return section(
    withInputs,
    "outputs",
    rows(["| Output | What it holds |", "| --- | --- |"], Object.entries(outputs).map(outputRow)),
  );
}

/**
 * A document with the workflows in it taken anew from `examples/`, each between
 * `<!-- example: name.yml -->` and `<!-- /example -->`.
 *
 * @param read the text of a file of `examples/`; throws when there is none
 */
export function withExamples(document: string, read: (name: string) => string): string {
  return document.replaceAll(
    /(<!-- example: ([\w-]+\.yml) -->\n).*?(<!-- \/example -->)/gs,
    (_all, open: string, name: string, close: string) =>
      `${open}\n\`\`\`yaml\n${read(name)}\`\`\`\n\n${close}`,
  );
}

/** `docs/operations.md` with what it says of each error made anew from the action's own words. */
export function withErrors(operations: string): string {
  const parts = { codes: codeSections(), statuses: answerSections(), network: networkTable() };
  return Object.entries(parts).reduce(
    (text, [name, part]) => section(text, name, part),
    operations,
  );
}

const at = (path: string): URL => new URL(`../${path}`, import.meta.url);
const textOf = (path: string): string => readFileSync(at(path), "utf8");

/** The folders that are actions: this one, and each below it that has an `action.yml`. */
const actions = ["", ...readdirSync(at("")).map((name) => `${name}/`)].filter((folder) =>
  existsSync(at(`${folder}action.yml`)),
);

/** Every document with generated parts, and how it is made from its present text. */
export const DOCUMENTS: Readonly<Record<string, (text: string) => string>> = {
  "README.md": (text) =>
    withExamples(withTables(text, textOf("action.yml")), (name) => textOf(`examples/${name}`)),
  "docs/operations.md": withErrors,
  ...Object.fromEntries(
    actions.map((folder) => [
      `${folder}action-types.yml`,
      () => actionTypes(textOf(`${folder}action.yml`)),
    ]),
  ),
};

if (import.meta.main) {
  const check = process.argv.includes("--check");
  for (const [path, make] of Object.entries(DOCUMENTS)) {
    const before = existsSync(at(path)) ? textOf(path) : "";
    const after = make(before);
    if (after === before) {
      console.log(`${path} is up to date.`);
    } else if (check) {
      console.error(`${path} is out of date: run \`npm run docs\`.`);
      process.exitCode = 1;
    } else {
      writeFileSync(at(path), after);
      console.log(`${path} written.`);
    }
  }
}
