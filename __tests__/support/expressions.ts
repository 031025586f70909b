/** `${{ … }}` as GitHub evaluates it, by GitHub's own library, `@actions/expressions`. */
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import type { Mapping, Template } from "./github-parse.ts";

/** Contexts by name: `secrets`, `vars`, `steps`, … */
export type Contexts = Readonly<Record<string, unknown>>;

/** What the status functions (`always()`, `success()`, `failure()`, `cancelled()`) look at. */
export interface Status {
  /** A step before this one failed, or a job that this one needs. */
  readonly failed: boolean;
  /** A job that this one needs was skipped: neither success nor failure. */
  readonly skipped?: boolean;
}

/**
 * The lexer takes only the first `''` of a text for an apostrophe, where GitHub takes each. A text with more
 * of them is written in another way that means the same.
 */
function withApostrophes(expression: string): string {
  return expression.replaceAll(/'((?:[^']|'')*)'/g, (literal, content: string) => {
    const parts = content.split("''").map((part) => part.replaceAll(/[{}]/g, "$&$&"));
    return parts.length < 3 ? literal : `format('${parts.join("{0}")}', '''')`;
  });
}

const NO_ARGUMENTS = { minArgs: 0, maxArgs: 0 };

/**
 * The value of one expression, without its `${{ }}`.
 *
 * @param status makes the status functions available, as in a condition
 * @throws on a syntax error, an unknown context or an unknown function
 */
export function evaluateExpression(
  expression: string,
  contexts: Contexts,
  status?: Status,
): unknown {
  const answers: Readonly<Record<string, boolean>> = status
    ? {
        always: true,
        success: !status.failed && status.skipped !== true,
        failure: status.failed,
        cancelled: false,
      }
    : {};
  const functions = Object.entries(answers).map(([name, answer]) => ({
    name,
    ...NO_ARGUMENTS,
    call: () => new data.BooleanData(answer),
  }));
  const { tokens } = new Lexer(withApostrophes(expression)).lex();
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
  const values = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  const known = new Map(functions.map((one) => [one.name, one]));
  const result = new Evaluator(tree, values, known).evaluate();
  return JSON.parse(JSON.stringify(result, data.replacer) ?? "null") as unknown;
}

/** Whether a condition holds, by GitHub's idea of truth. */
export function holds(condition: string, contexts: Contexts, status: Status): boolean {
  return evaluateExpression(`!!(${condition})`, contexts, status) === true;
}

/** A parsed value with its expressions worked out, which may give lists and mappings too. */
export function workOut(template: Template, contexts: Contexts): unknown {
  if (typeof template !== "object" || template === null) {
    return template;
  }
  if (Array.isArray(template)) {
    return template.map((item: Template) => workOut(item, contexts));
  }
  const { expression, ...rest } = template as Mapping;
  if (typeof expression === "string" && Object.keys(rest).length === 0) {
    return evaluateExpression(expression, contexts);
  }
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, workOut(value, contexts)]),
  );
}

/** `workOut` where GitHub wants text. Throws on a list or a mapping, as GitHub does. */
export function textOf(template: Template | undefined, contexts: Contexts): string {
  const value = workOut(template ?? null, contexts);
  if (typeof value === "object" && value !== null) {
    throw new Error(`a list or mapping where text is wanted: ${JSON.stringify(template)}`);
  }
  return value === null ? "" : String(value);
}

/** `textOf` for each value of a `with`, an `env` or a job's `outputs`. */
export function textsOf(
  template: Template | undefined,
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries((template ?? {}) as Mapping).map(([name, value]) => [
      name,
      textOf(value, contexts),
    ]),
  );
}

/** A string with each `${{ … }}` in it replaced by its value. */
function fillIn(template: string, contexts: Contexts): string {
  return template.replaceAll(/\$\{\{(.*?)\}\}/gs, (_all, expression: string) => {
    const value = evaluateExpression(expression.trim(), contexts);
    return value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  });
}

/** The same for the values of a step's `with` or `env` that was read as plain YAML (the demo does). */
export function fillInAll(
  templates: Readonly<Record<string, string | number | boolean>> | undefined,
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates ?? {}).map(([name, text]) => [name, fillIn(String(text), contexts)]),
  );
}
