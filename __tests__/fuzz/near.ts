/** Values of inputs: right ones, and nearly right ones. */
import fc from "fast-check";
import { nasty, slipIn } from "./support.ts";

/** Texts from anything at all to nearly right ones. */
export function near(right: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(right, slipIn(right), slipIn(slipIn(right)), nasty);
}

const cased = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.boolean()).map(([s, up]) => (up ? s.toUpperCase() : s.toLowerCase()));
export const duration = fc
  .tuple(
    fc.nat(999_999_999),
    fc.option(fc.integer({ min: 0, max: 999 })),
    fc.constantFrom("", "s", "m", "h", "d"),
  )
  .map(([n, part, unit]) => `${n}${part === null ? "" : `.${part}`}${unit}`);
export const parts = fc
  .subarray(["d", "h", "m", "s"] as const, { minLength: 2 })
  .chain((units) => fc.tuple(...units.map((unit) => fc.nat(9_999).map((n) => `${n}${unit}`))))
  .map((all) => all.join(""));
export const uuid = cased(fc.uuid());
export const url = fc
  .tuple(
    fc.constantFrom("https://", "http://", "HTTPS://", "ftp://", "https:/", "https:\\\\"),
    fc.constantFrom("", "user@", "user:word@", "@"),
    fc.oneof(
      fc.domain(),
      fc.constantFrom(
        "localhost",
        "127.0.0.1",
        "[::1]",
        "127.1",
        "169.254.169.254",
        "localhost.h.example",
        "127.0.0.1.h.example",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
      ),
    ),
    fc.constantFrom("", ":8080", ":0", ":99999", ":"),
    fc.constantFrom(
      "",
      "/",
      "/api/v1",
      "/api/v1///",
      "/../..",
      "/a?b",
      "/a#b",
      "/a b",
      "/%2e%2e/",
      "?",
      "#",
    ),
  )
  .map((parts) => parts.join(""));
