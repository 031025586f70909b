/** The planted defects still fit the sources; `script/mutants` shows that each is found. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ATTEST_MUTANTS } from "../../script/mutants-attest.ts";
import { CHAIN_MUTANTS } from "../../script/mutants-chain.ts";
import { CREATING_MUTANTS } from "../../script/mutants-creating.ts";
import { DELETE_MUTANTS } from "../../script/mutants-delete.ts";
import { DEPLOYMENT_MUTANTS } from "../../script/mutants-deployments.ts";
import { MUTANTS } from "../../script/mutants-list.ts";
import { NAMES_MUTANTS } from "../../script/mutants-names.ts";
import { SECRET_MUTANTS } from "../../script/mutants-secrets.ts";
import { WORD_MUTANTS } from "../../script/mutants-words.ts";
import { planted } from "./plant.ts";

const ROOT = join(import.meta.dirname, "../..");
const SRC = join(ROOT, "src");

const ALL = [
  ...MUTANTS,
  ...CREATING_MUTANTS,
  ...SECRET_MUTANTS,
  ...DEPLOYMENT_MUTANTS,
  ...WORD_MUTANTS,
  ...NAMES_MUTANTS,
  ...DELETE_MUTANTS,
  ...ATTEST_MUTANTS,
  ...CHAIN_MUTANTS,
];

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
