/**
 * Writes what is generated into the documents, between markers such as `<!-- actions: … -->` and
 * `<!-- /actions -->`: the tables of inputs and outputs from each action.yml, the workflows from examples/, the
 * tables of errors and of what delete keeps from the action's own words. Beside each action.yml it writes an action-types.yml.
 *
 *     node script/docs.ts            writes them
 *     node script/docs.ts --check    writes nothing; exits 1 when a document is out of date
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { actionTypes } from "./action-types.ts";
import { answerSections, codeSections, networkTable } from "./docs-errors.ts";
import { keptTable } from "./docs-kept.ts";
import { type Measured, measuredTable } from "./docs-measured.ts";
import { mutantsTable } from "./docs-mutants.ts";
import { actionSections, codeTables } from "./docs-reference.ts";

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
 * `docs/reference.md` with its tables made anew. Throws when a marker is missing or a manifest is not YAML.
 *
 * @param manifests the text of each `action.yml` by its folder, which is "" for the repository's own
 * @param operations the text of `docs/operations.md`, which has a section for each error code
 */
export function withReference(
  reference: string,
  manifests: Readonly<Record<string, string>>,
  operations: string,
): string {
  const withActions = section(reference, "actions", actionSections(manifests));
  return section(withActions, "error codes", codeTables(operations));
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

/** README with its figures made anew from those of `docs/benchmarks.json`. */
export function withMeasured(readme: string, measured: Measured): string {
  return section(readme, "measured", measuredTable(measured));
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

/** The documents that show files of `examples/`. */
const SHOWING = [
  "docs/approval.md",
  ...readdirSync(at("docs/recipes")).map((name) => `docs/recipes/${name}`),
];

/** Every document with generated parts, and how it is made from its present text. */
export const DOCUMENTS: Readonly<Record<string, (text: string) => string>> = {
  ...Object.fromEntries(
    SHOWING.map((path) => [
      path,
      (text: string) => withExamples(text, (name) => textOf(`examples/${name}`)),
    ]),
  ),
  "README.md": (text) =>
    withMeasured(
      withExamples(text, (name) => textOf(`examples/${name}`)),
      JSON.parse(textOf("docs/benchmarks.json")) as Measured,
    ),
  "docs/delete.md": (text) =>
    section(
      withExamples(text, (name) => textOf(`examples/${name}`)),
      "kept",
      keptTable(),
    ),
  "docs/operations.md": withErrors,
  "docs/simulation.md": (text) => section(text, "mutants", mutantsTable()),
  "docs/reference.md": (text) =>
    withReference(
      text,
      Object.fromEntries(actions.map((folder) => [folder, textOf(`${folder}action.yml`)])),
      textOf("docs/operations.md"),
    ),
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
