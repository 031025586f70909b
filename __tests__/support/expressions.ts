/** `${{ … }}` as GitHub evaluates it, by GitHub's own library. */
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** Contexts by name: `secrets`, `vars`, `steps`, … */
export type Contexts = Readonly<Record<string, unknown>>;

/** The value of one expression, without its `${{ }}`. Throws on a syntax error or an unknown context. */
export function evaluateExpression(expression: string, contexts: Contexts): unknown {
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), []).parse();
  const values = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  const result = new Evaluator(tree, values).evaluate();
  return JSON.parse(JSON.stringify(result, data.replacer) ?? "null") as unknown;
}

/** A string with each `${{ … }}` in it replaced by its value, as in a step's `with` and `env`. */
export function fillIn(template: string, contexts: Contexts): string {
  return template.replaceAll(/\$\{\{(.*?)\}\}/gs, (_all, expression: string) => {
    const value = evaluateExpression(expression.trim(), contexts);
    return value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  });
}

/** `fillIn` for each value of a step's `with` or `env`. */
export function fillInAll(
  templates: Readonly<Record<string, string | number | boolean>> | undefined,
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates ?? {}).map(([name, text]) => [name, fillIn(String(text), contexts)]),
  );
}
