/** The planted defects still fit the sources; `script/mutants` shows that each is found. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ALL_MUTANTS as ALL, MUTANT_LISTS } from "../../script/mutants-all.ts";
import { planted } from "./plant.ts";

const ROOT = join(import.meta.dirname, "../..");
const SRC = join(ROOT, "src");

describe("each planted defect", () => {
  it.each(ALL.map((mutant) => [mutant.name, mutant] as const))(
    "stands in src: %s",
    (_name, mutant) => {
      const paths = (mutant.tests ?? []).filter((argument) => !argument.startsWith("--"));
      for (const test of paths) expect(existsSync(join(ROOT, test))).toBe(true);
      const source = readFileSync(join(SRC, mutant.file), "utf8");
      expect(planted(mutant, source)).not.toBe(source);
    },
  );

  it("is of a list that all know of", () => {
    const exported = /^export const \w*MUTANTS: readonly Mutant/m;
    const lists = readdirSync(join(ROOT, "script"))
      .filter((name) => /^mutants.*\.ts$/.test(name))
      .filter((name) => exported.test(readFileSync(join(ROOT, "script", name), "utf8")));
    const known = ["mutants-all.ts", ...MUTANT_LISTS.map(({ file }) => file)];
    expect(known.sort()).toEqual(lists.sort());
  });

  it("has a name of its own", () => {
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
  });

  it("is refused where the sources say something else, or say it twice", () => {
    const mutant = { name: "m", file: "f.ts", patch: [["a", "b"]] } as const;
    expect(() => planted(mutant, "c")).toThrow("f.ts says 0 times: a");
    expect(() => planted(mutant, "a a")).toThrow("f.ts says 2 times: a");
    expect(planted(mutant, "a")).toBe("b");
  });
});
