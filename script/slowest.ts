/** Which files and which tests took longest, from jest's own report: script/test --slowest */

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import process from "node:process";

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly duration?: number | null;
    }[];
  }[];
}

const MOST = 20;

const { testResults } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Report;
const files = testResults.map(({ name, startTime, endTime }) => ({
  what: relative(process.cwd(), name),
  ms: endTime - startTime,
}));
const tests = testResults.flatMap(({ assertionResults }) =>
  assertionResults.map(({ fullName, duration }) => ({ what: fullName, ms: duration ?? 0 })),
);
for (const [title, list] of [
  ["files", files],
  ["tests", tests],
] as const) {
  console.log(`\nSlowest ${title}, in s:`);
  const slowest = [...list].sort((a, b) => b.ms - a.ms).slice(0, MOST);
  for (const { what, ms } of slowest) {
    console.log(`${(ms / 1_000).toFixed(1).padStart(7)}  ${what}`);
  }
}
