/** The examples: those that the documents show and the files of `examples/`, as the tests and the demo use them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { REPOSITORY } from "./repository.ts";

/** How README names this action; a reader writes their own owner. */
export const ACTION_NAME = "your-org/cvm-replica-action";

/** One step of a job. */
export interface WorkflowStep {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string | number | boolean>>;
}

/** One job of a workflow. */
export interface WorkflowJob {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix?: unknown };
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly WorkflowStep[];
}

/** A workflow, as far as it matters here. */
export interface Workflow {
  readonly name: string;
  readonly on: unknown;
  readonly concurrency?: {
    readonly group: string;
    readonly "cancel-in-progress"?: boolean | string;
    readonly queue?: string;
  };
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, WorkflowJob>>;
}

/** One YAML example. */
export interface Example {
  /** Where it stands: `docs/recipes/chain.md:5` (its first line), `examples/canary.yml`. */
  readonly at: string;
  /** The whole workflow; a mere list of steps is put into one, with the least around it. */
  readonly text: string;
  readonly workflow: Workflow;
  /** Whether it is shown as a whole workflow. */
  readonly whole: boolean;
}

/** README.md of this repository. */
export function readmeText(): string {
  return readFileSync(join(REPOSITORY, "README.md"), "utf8");
}

/** The documents whose workflows and steps are for users to copy, each of which a test runs. */
export const RECIPES: readonly string[] = [
  "README.md",
  "docs/approval.md",
  "docs/delete.md",
  ...readdirSync(join(REPOSITORY, "docs", "recipes")).map((name) => `docs/recipes/${name}`),
];

/** Every YAML example of those, in order. */
export function shownExamples(): Example[] {
  return RECIPES.flatMap((path) =>
    yamlExamples(readFileSync(join(REPOSITORY, path), "utf8"), path),
  );
}

/** Each example once: the files of `examples/`, and the lists of steps that documents show besides. */
export function allExamples(): Example[] {
  return [...exampleFiles(), ...shownExamples().filter(({ whole }) => !whole)];
}

/**
 * Every YAML example in Markdown, in order. Throws when one is neither a workflow nor a list of steps.
 *
 * @param path what the document is called in `at`
 */
export function yamlExamples(markdown: string, path = "README.md"): Example[] {
  return [...markdown.matchAll(/^```ya?ml\n(.*?)^```$/gms)].map((match) => {
    const at = `${path}:${markdown.slice(0, match.index).split("\n").length + 1}`;
    const text = match[1] ?? "";
    const value: unknown = parse(text);
    if (Array.isArray(value)) {
      const wrapped = wrapSteps(text);
      return { at, text: wrapped, workflow: parse(wrapped) as Workflow, whole: false };
    }
    if (typeof value !== "object" || value === null || !("jobs" in value)) {
      throw new Error(`${at}: neither a workflow nor a list of steps`);
    }
    return { at, text, workflow: value as unknown as Workflow, whole: true };
  });
}

/** Every file of `examples/`, each a whole workflow. */
export function exampleFiles(): Example[] {
  return readdirSync(join(REPOSITORY, "examples")).map((name) => {
    const text = readFileSync(join(REPOSITORY, "examples", name), "utf8");
    return { at: `examples/${name}`, text, workflow: parse(text) as Workflow, whole: true };
  });
}

/** The steps in a workflow that is named after the first of them. */
function wrapSteps(steps: string): string {
  const [, name = "Steps"] = /^- name: (.*)$/m.exec(steps) ?? [];
  const head = `name: ${name}\non: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n`;
  return head + steps.replaceAll(/^(?=.)/gm, "      ");
}

/** Whether a step uses this action, or another one of this repository, as a user names it. */
export function usesThisAction(step: WorkflowStep): boolean {
  const [name = "", version] = step.uses?.split("@") ?? [];
  return version !== undefined && `${name}/`.startsWith(`${ACTION_NAME}/`);
}

/** README's first workflow, the one to copy. */
export function firstWorkflow(): Workflow {
  const [first] = yamlExamples(readmeText());
  if (first === undefined) {
    throw new Error("README.md has no workflow");
  }
  return first.workflow;
}
