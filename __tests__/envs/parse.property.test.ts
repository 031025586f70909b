import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { EnvPair } from "../../src/envs/limits.ts";
import { parseEnvs } from "../../src/envs/parse.ts";
import { hold } from "../fuzz/support.ts";

const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,12}$/);
// Pieces that the grammar cares about, so that random texts reach its corners.
const piece = fc.constantFrom(
  ..."AB=:#'\"`\\ \t\n\r.-_1".split(""),
  ...["export ", "A=", "\nB='", '"\n', "\\n", "LABEL0_", "LABEL0_0_", "\u2028", "\uFEFF", "é", "x"],
);
const anyText = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
// A quote behind a backslash is no sure end to the parser.
const value = anyText.map((text) =>
  text.replace(/'/g, "").replace(/\\+$/, "").replace(/\r\n?/g, "\n"),
);

const linesOf = (text: string) => text.split(/\r\n?|\n/);
const isHead = (line: string) => /^\s*(?:export\s+)?[\w.-]+(?:\s*=|:\s+\S)/.test(line);

describe("parseEnvs on random texts", () => {
  it("gives back every pair that was written in single quotes, in order", () => {
    const pairs = fc.uniqueArray(fc.record({ key: name, value }), {
      selector: (pair) => pair.key,
      minLength: 1,
      maxLength: 8,
    });
    hold(
      fc.property(pairs, (written) => {
        const text = written.map((pair) => `${pair.key}='${pair.value}'`).join("\n");
        expect(parseEnvs(text)).toMatchObject({ pairs: written, faults: [] });
      }),
    );
  });

  it("finds every repeated name", () => {
    const lines = fc.array(fc.record({ key: fc.constantFrom("A", "B", "C", "__proto__"), value }), {
      minLength: 1,
      maxLength: 6,
    });
    hold(
      fc.property(lines, (written: readonly EnvPair[]) => {
        const text = written.map((pair) => `${pair.key}='${pair.value}'`).join("\n");
        const distinct = new Set(written.map((pair) => pair.key)).size;
        expect(parseEnvs(text).faults).toHaveLength(written.length - distinct);
      }),
    );
  });

  it("never throws, and without faults loses no line", () => {
    hold(
      fc.property(anyText, (text) => {
        const { pairs, faults } = parseEnvs(text);
        if (faults.length > 0) return;
        // Each line that reads like a variable is one, or is a later line of some value.
        const inside = pairs.flatMap(({ value }) => linesOf(value).slice(1));
        const begun = linesOf(text).filter(isHead).length;
        expect(begun).toBeLessThanOrEqual(pairs.length + inside.filter(isHead).length);
      }),
    );
  });

  it("has no value in a fault or note", () => {
    const secret = "SeCrEt7";
    const seeded = fc
      .array(fc.oneof(piece, fc.constantFrom(secret, `=${secret}`, `='${secret}`)), {
        maxLength: 30,
      })
      .map((pieces) => pieces.join(""))
      // As the name of a well-formed variable it would be no value.
      .filter((text) => !new RegExp(`[\\w.-]*${secret}[\\w.-]*\\s*[=:]`).test(text));
    hold(
      fc.property(seeded, (text) => {
        const { faults, notes } = parseEnvs(text);
        expect([...faults, ...notes].join("\n")).not.toContain(secret);
      }),
    );
  });
});
