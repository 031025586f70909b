/** What the property tests share: how a property is tried, and texts that grammars stumble over. */
import fc from "fast-check";
import { RUNS, SEED } from "./cases.ts";

export { LIMIT_MS, RUNS, SEED } from "./cases.ts";

/**
 * Tries a property on `RUNS` cases.
 *
 * @param share less than 1 for a property whose cases are long
 * @throws with the seed and the smallest case that breaks it
 */
export function hold<T>(property: fc.IRawProperty<T, false>, share = 1): void {
  fc.assert(property, { numRuns: Math.ceil(RUNS * share), seed: SEED });
}

/** As `hold`, for a property that awaits. */
export function holdAsync<T>(property: fc.IRawProperty<T, true>, share = 1): Promise<void> {
  return fc.assert(property, { numRuns: Math.ceil(RUNS * share), seed: SEED });
}

/** Pieces that mean something to some reader: a runner, a Markdown parser, a URL parser, a shell. */
const PIECES = [
  ..."ab01 .,:;=#@&%$|<>()[]{}\"'`*_~!?/\\-+^\t\n\r\0".split(""),
  "\r\n",
  "\n\n",
  "::error::",
  "::add-mask::",
  "::set-output name=a::",
  "::stop-commands::x",
  "##[error]",
  "##[",
  "%0A",
  "%0D%0A",
  "%25",
  "%2e%2e",
  "..",
  "../",
  "/..",
  "//",
  "https://h.example/",
  "javascript:",
  "www.h.example",
  "a@h.example",
  "user:word@",
  "<img src=x>",
  "<!--",
  "</code>",
  "```",
  "~~~",
  "](x)",
  "![",
  "| - |",
  "&lt;",
  "&#96;",
  "@octocat",
  ":tada:",
  "#1",
  "$x$",
  "# ",
  "> ",
  "- ",
  "1. ",
  "    ",
  "***",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "NaN",
  "0x",
  "1e400",
  "-1",
  "true",
  "ERR-02-005",
  "ghadelimiter_",
  "<<EOF",
  "\u0085",
  "\u00a0",
  "\u00ad",
  "\u2028",
  "\u2029",
  "\u202e",
  "\u200b",
  "\ufeff",
  "\ud800",
  "\udc00",
  "é",
  "日本",
  "🚀",
  "\u001b[31m",
] as const;

/** Any code point but half a pair. `fc.string({ unit: "binary" })` draws the same, after a table of all, made in seconds. */
const anyCharacter = fc
  .nat(0x10ffff - 0x800)
  .map((point) => String.fromCodePoint(point < 0xd800 ? point : point + 0x800));

/** Texts of such pieces, and wholly random ones. */
export const nasty: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map(joined) },
  { weight: 1, arbitrary: fc.array(anyCharacter, { maxLength: 30 }).map(joined) },
);

function joined(pieces: readonly string[]): string {
  return pieces.join("");
}

/** Digits of base 16, in any case. @param length their number */
export function hex(length: number): fc.Arbitrary<string> {
  const digit = fc.constantFrom(..."0123456789abcdefABCDEF".split(""));
  return fc.string({ unit: digit, minLength: length, maxLength: length });
}

/** `text` with one place of it replaced, dropped or doubled. */
export function slipIn(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.nat(), fc.constantFrom(...PIECES, ""), fc.boolean())
    .map(([whole, place, piece, insert]) => {
      const at = place % (whole.length + 1);
      return whole.slice(0, at) + piece + whole.slice(insert ? at : at + 1);
    });
}

/** A bare assertion: `expect` is too slow for what is asked a hundred thousand times. */
export function must(holds: boolean, otherwise: () => string): void {
  if (!holds) throw new Error(otherwise().slice(0, 5_000));
}
