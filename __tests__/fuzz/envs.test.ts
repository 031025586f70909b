/** The dotenv text: what comes out is what dotenv says, or a refusal; what goes to the guest reads back. */
import { describe, expect, it } from "@jest/globals";
import { parse } from "dotenv";
import fc from "fast-check";
import { namesNotAllowed } from "../../src/envs/allowed.ts";
import { pairFault, plaintextOf, setFault } from "../../src/envs/limits.ts";
import { parseEnvs } from "../../src/envs/parse.ts";
import { hold, LIMIT_MS, nasty } from "./support.ts";

const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/);
const line = fc.oneof(
  fc.tuple(name, fc.constantFrom("=", " = ", ": ", "=\t"), nasty).map((parts) => parts.join("")),
  fc
    .tuple(fc.constantFrom("", "export ", "  "), name, fc.constantFrom("'", '"', "`"), nasty)
    .map(([before, key, quote, value]) => `${before}${key}=${quote}${value}${quote}`),
  nasty,
  fc.constantFrom("", "# note", "LABEL0_0_=x", "__proto__=x", "constructor=x", "10=x"),
);
const text = fc
  .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom("\n", "\r\n", "\r"))
  .map(([lines, end]) => lines.join(end));

describe("parseEnvs", () => {
  it(
    "answers what dotenv does, or says why not",
    () => {
      let taken = 0;
      hold(
        fc.property(text, (written) => {
          const { pairs, faults } = parseEnvs(written);
          if (faults.length > 0) {
            for (const fault of faults) expect(fault).toMatch(/^[^\r\n]+$/);
            return;
          }
          taken += 1;
          expect(pairs.map(pairFault).filter((fault) => fault !== null)).toEqual([]);
          expect(setFault(pairs)).toBeNull();
          const own = pairs.filter(({ key }) => key !== "__proto__");
          expect(new Map(own.map(({ key, value }) => [key, value]))).toEqual(
            new Map(Object.entries(parse(written))),
          );
          expect(new Set(pairs.map(({ key }) => key)).size).toBe(pairs.length);
        }),
      );
      expect(taken).toBeGreaterThan(20);
    },
    LIMIT_MS,
  );

  it(
    "makes a text for the guest that reads back as the pairs",
    () => {
      hold(
        fc.property(text, (written) => {
          const { pairs, faults } = parseEnvs(written);
          if (faults.length > 0) return;
          expect(JSON.parse(plaintextOf(pairs))).toEqual({ env: pairs });
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "shows no value in a fault or note",
    () => {
      const secret = "S3cretValueOfTheFuzz";
      const seeded = fc
        .tuple(text, name, fc.constantFrom("", "'", '"', "`"), fc.constantFrom("", "'", "#", "\\"))
        .map(([before, key, open, end]) => `${before}\n${key}=${open}${secret}${end}`);
      hold(
        fc.property(seeded, (written) => {
          const { faults, notes } = parseEnvs(written);
          expect([...faults, ...notes].join("\n")).not.toContain(secret);
        }),
      );
    },
    LIMIT_MS,
  );
});

describe("namesNotAllowed", () => {
  it(
    "names what a list leaves out, and nothing where there is no list",
    () => {
      const list = fc.oneof(fc.array(name), fc.jsonValue());
      hold(
        fc.property(fc.uniqueArray(name), list, fc.boolean(), (keys, allowed, asText) => {
          const pairs = keys.map((key) => ({ key, value: "x" }));
          const file = { allowed_envs: allowed };
          const found = namesNotAllowed(pairs, asText ? JSON.stringify(file) : file);
          const known =
            Array.isArray(allowed) && allowed.every((entry) => typeof entry === "string");
          expect(found).toEqual(known ? keys.filter((key) => !allowed.includes(key)) : []);
        }),
      );
    },
    LIMIT_MS,
  );
});
