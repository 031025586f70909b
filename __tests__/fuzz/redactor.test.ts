/** The redactor: whatever stands around a secret, nothing of it is left, and nothing else is touched. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Redactor } from "../../src/action/redactor.ts";
import { markdown, oneLine } from "../../src/text/clean.ts";
import { hold, LIMIT_MS, nasty } from "./support.ts";

// Not of asterisks: what replaces a secret must not form one.
const secret = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9]{4,10}$/), nasty)
  .map(([core, rest]) => (core + rest).replaceAll("*", "x"));

const FORMS: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  "in JSON": (text) => JSON.stringify(text),
  "in JSON, twice": (text) => JSON.stringify({ value: text, more: [text] }),
  "in a URL": (text) => `https://h.example/?q=${encodeURIComponent(text.toWellFormed())}`,
  "in base64": (text) => Buffer.from(text, "utf8").toString("base64"),
};

describe("the redactor", () => {
  it.each(Object.entries(FORMS))(
    "leaves nothing of a secret %s",
    (_name, form) => {
      hold(
        fc.property(secret, nasty, nasty, (value, before, after) => {
          const redactor = new Redactor();
          redactor.addSecret(value);
          const text = before + form(value) + after;
          for (const clean of [
            redactor.redact(text),
            redactor.redactSaved(text),
            redactor.redactPrinted(text),
          ]) {
            expect(clean).toContain("***");
            for (const other of Object.values(FORMS).filter((f) => f !== FORMS["in JSON, twice"])) {
              expect(clean.includes(other(value))).toBe(false);
            }
          }
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "knows a blob in any case",
    () => {
      hold(
        fc.property(nasty, (seed) => {
          const blob = Buffer.from(`${seed}12345678`, "utf8").toString("hex");
          const redactor = new Redactor();
          redactor.addSecret(blob);
          for (const text of [blob, blob.toUpperCase()])
            expect(redactor.redact(`a${text}b`)).toBe("a***b");
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "leaves everything else as it is",
    () => {
      hold(
        fc.property(nasty, (text) => {
          const redactor = new Redactor();
          redactor.addSecret("phak_S3cretOfTheFuzz");
          redactor.addHandedOn("S3cretTokenOfTheFuzz");
          redactor.addWord("S3cretWordOfTheFuzz");
          expect(redactor.redactPrinted(text)).toBe(text);
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "keeps each kind out of where it must not be",
    () => {
      hold(
        fc.property(nasty, nasty, (before, after) => {
          const [key, token, word] = [
            "phak_S3cretOfTheFuzz",
            "S3cretTokenOfTheFuzz",
            "S3cretWordOfIt",
          ];
          const redactor = new Redactor();
          redactor.addSecret(key);
          redactor.addHandedOn(token);
          redactor.addWord(word);
          const text = [before, key, token, word, after].join(" ");
          const kept = (clean: string) => [key, token, word].map((value) => clean.includes(value));
          expect(kept(redactor.redact(text))).toEqual([false, true, true]);
          expect(kept(redactor.redactSaved(text))).toEqual([false, false, true]);
          expect(kept(redactor.redactPrinted(text))).toEqual([false, false, false]);
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "leaves nothing of a secret in a text for people that was cut and escaped before",
    () => {
      // As it comes from a server: around the place where the text ends, in a row, over several lines.
      const value = "S3cr3t_0123@(456)\n789-abc_def#ghij";
      hold(
        fc.property(fc.nat(60), fc.integer({ min: 5, max: 120 }), nasty, (place, max, after) => {
          const redactor = new Redactor();
          redactor.addWord(value);
          const text = `${"x".repeat(place)}${value}${after}${"y".repeat(60)}`;
          for (const shown of [oneLine(text, max), markdown(text, max)]) {
            const clean = redactor.redactPrinted(shown);
            expect(clean).not.toContain("S3cr");
            expect(clean).not.toContain("789-");
          }
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "leaves no part of a secret where a text is cut after it",
    () => {
      hold(
        fc.property(fc.nat(60), fc.integer({ min: 5, max: 80 }), (place, max) => {
          const value = "S3cr3t-0123456789-abcdefghij";
          const redactor = new Redactor();
          redactor.addSecret(value);
          const shown = oneLine(
            redactor.redact(`${"x".repeat(place)}${value}${"y".repeat(60)}`),
            max,
          );
          expect(shown).not.toContain("S3c");
        }),
      );
    },
    LIMIT_MS,
  );
});
