/**
 * A file has one job and is read at one go: at most 250 lines, and a function of the action or the simulator
 * at most 40. What stays above says why; the lists may only get shorter.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { functionsOf, linesOf } from "./measure.ts";

const ROOT = join(import.meta.dirname, "../..");
const MOST_LINES = 250;
const MOST_LINES_OF_A_FUNCTION = 40;

/** Cases of one behaviour are read one by one, so a file of them may be longer. */
const MOST_LINES_OF_CASES = 600;

/** Files above it, and why they stay one. */
const LONG_FILES: Readonly<Record<string, string>> = {
  "__tests__/commands/create/lost/fault-table.ts": "a table of faults, read row by row",
  "__tests__/commands/create/names/campaign.ts": "one drawn world and its checks",
  "__tests__/commands/delete/campaign.ts": "one drawn world and its checks",
  "__tests__/simulation/reading.ts": "what a run left, read field by field",
  "script/mutants-attest.ts": "a list of planted defects, one after the other",
  "script/mutants-list.ts": "a list of planted defects, one after the other",
};

/** Functions above it, as "file name", and why they stay one. */
const LONG_FUNCTIONS: Readonly<Record<string, string>> = {
  "simulator/shapes-2025-10-28.ts hostedCvm": "one object of the API's answer, a field a line",
  "simulator/shapes-2026-01-21.ts cvmInfo": "one object of the API's answer, a field a line",
  "src/ledger/code.ts codeOf": "one exhaustive switch over a closed union",
  "src/ledger/fold.ts fold": "one exhaustive switch over a closed union",
  "src/report/annotation/of-trouble.ts wordsOf": "one exhaustive switch over a closed union",
  "src/report/annotation/trouble.ts wordsOfTrouble": "one exhaustive switch over a closed union",
  "src/report/log/making.ts makingLine": "one exhaustive switch over a closed union",
};

function filesIn(...folders: string[]): string[] {
  return folders
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .filter((entry) => !entry.parentPath.includes("node_modules"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

function mostLinesOf(file: string): number {
  return /\.(test|suite)\.ts$/.test(file) ? MOST_LINES_OF_CASES : MOST_LINES;
}

const textOf = (file: string) => readFileSync(join(ROOT, file), "utf8");

describe("sizes", () => {
  it(`has no file over ${MOST_LINES} lines but those that say why`, () => {
    const long = filesIn("src", "simulator", "script", "__tests__").filter(
      (file) => linesOf(textOf(file)) > mostLinesOf(file),
    );
    expect(long).toEqual(Object.keys(LONG_FILES).sort());
  });

  it(`has no function over ${MOST_LINES_OF_A_FUNCTION} lines but those that say why`, () => {
    const long = filesIn("src", "simulator").flatMap((file) =>
      functionsOf(textOf(file))
        .filter(({ lines }) => lines > MOST_LINES_OF_A_FUNCTION)
        .map(({ name }) => `${file} ${name}`),
    );
    expect(long.sort()).toEqual(Object.keys(LONG_FUNCTIONS).sort());
  });
});

describe("the measure", () => {
  it("counts lines without the last line end", () => {
    expect(["", "a", "a\n", "a\nb", "a\nb\n", "a\n\n"].map(linesOf)).toEqual([1, 1, 1, 2, 2, 2]);
  });

  it("finds declarations, methods and arrows by name, and those inside of them", () => {
    const source = [
      "export async function outer<T>(a: T): Promise<T> {",
      "  const inner = (b: number): number => {",
      "    return b;",
      "  };",
      "  return [a, inner].map((one) => one)[0] as T;",
      "}",
      "class Some {",
      "  readonly #x: number = 1;",
      "  method(): number {",
      "    return this.#x;",
      "  }",
      "}",
      "const named = { of: () => 1 };",
    ].join("\n");
    expect(functionsOf(source)).toEqual([
      { name: "outer", lines: 6 },
      { name: "inner", lines: 3 },
      { name: "outer", lines: 1 },
      { name: "method", lines: 3 },
      { name: "of", lines: 1 },
    ]);
  });
});
