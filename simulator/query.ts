import { invalid } from "./errors.ts";

/**
 * A whole number of the query string within limits, or its default.
 *
 * @throws Refusal 422 in list form
 */
export function queryInteger(
  query: URLSearchParams,
  name: string,
  limits: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
  const text = query.get(name);
  if (text === null) return limits.fallback;
  const loc = ["query", name];
  if (!/^[+-]?\d+$/.test(text)) {
    const msg = "Input should be a valid integer, unable to parse string as an integer";
    throw invalid([{ type: "int_parsing", loc, msg, input: text }]);
  }
  const value = Number(text);
  if (value < limits.min) {
    const msg = `Input should be greater than or equal to ${limits.min}`;
    throw invalid([{ type: "greater_than_equal", loc, msg, input: text, ctx: { ge: limits.min } }]);
  }
  if (value > limits.max) {
    const msg = `Input should be less than or equal to ${limits.max}`;
    throw invalid([{ type: "less_than_equal", loc, msg, input: text, ctx: { le: limits.max } }]);
  }
  return value;
}

/**
 * True, false, or null where it is absent, of the query string.
 *
 * @throws Refusal 422 in list form
 */
export function queryFlag(query: URLSearchParams, name: string): boolean | null {
  const text = query.get(name);
  if (text === null) return null;
  if (text === "true" || text === "false") return text === "true";
  const msg = "Input should be a valid boolean, unable to interpret input";
  throw invalid([{ type: "bool_parsing", loc: ["query", name], msg, input: text }]);
}
