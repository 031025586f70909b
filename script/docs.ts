/**
 * Writes README.md's tables of inputs and outputs from action.yml, between the markers
 * `<!-- inputs: … -->` and `<!-- /inputs -->` (and the same for `outputs`).
 *
 *     node script/docs.ts            writes them
 *     node script/docs.ts --check    writes nothing; exits 1 when README.md is out of date
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

interface Field {
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: string;
  readonly deprecationMessage?: string;
}

interface Manifest {
  readonly inputs: Readonly<Record<string, Field>>;
  readonly outputs: Readonly<Record<string, Field>>;
}

/** A table cell: one line, and no character that would end the cell. */
function cell(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
}

function inputRow([name, field]: [string, Field]): string {
  const fallback = field.default === undefined ? "" : `\`${field.default}\``;
  return `| \`${name}\` | ${field.required ? "**required**" : fallback} | ${cell(field.description ?? "")} |`;
}

function outputRow([name, field]: [string, Field]): string {
  return `| \`${name}\` | ${cell(field.description ?? "")} |`;
}

function section(text: string, name: string, table: readonly string[]): string {
  const block = new RegExp(`(<!-- ${name}: .*? -->\n).*?(<!-- /${name} -->)`, "s");
  if (!block.test(text)) {
    throw new Error(`README.md has no markers for the table of ${name}.`);
  }
  return text.replace(
    block,
    (_all, open: string, close: string) => `${open}\n${table.join("\n")}\n\n${close}`,
  );
}

/**
 * `readme` with both tables made anew from the text of an `action.yml`.
 * Throws when a marker is missing or `manifest` is not YAML.
 */
export function withTables(readme: string, manifest: string): string {
  const { inputs, outputs } = parse(manifest) as Manifest;
  const withInputs = section(readme, "inputs", [
    "| Input | Default | What it does |",
    "| --- | --- | --- |",
    ...Object.entries(inputs).map(inputRow),
  ]);
  return section(withInputs, "outputs", [
    "| Output | What it holds |",
    "| --- | --- |",
    ...Object.entries(outputs).map(outputRow),
  ]);
}

if (import.meta.main) {
  const path = new URL("../README.md", import.meta.url);
  const before = readFileSync(path, "utf8");
  const manifest = readFileSync(new URL("../action.yml", import.meta.url), "utf8");
  const after = withTables(before, manifest);
  if (after === before) {
    console.log("README.md is up to date with action.yml.");
  } else if (process.argv.includes("--check")) {
    console.error("README.md is out of date with action.yml: run `npm run docs`.");
    process.exitCode = 1;
  } else {
    writeFileSync(path, after);
    console.log("README.md: tables written.");
  }
}
