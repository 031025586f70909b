/** What a file exports somebody else uses: what nobody names outside is nobody's business there. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../..");
const EXPORTED = /^export (?:async )?(?:const|function\*?|class) (\w+)/gm;

const files = ["src", "simulator", "script", "__tests__"]
  .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.(?:ts|js|cjs)$/.test(entry.name))
  .filter(({ parentPath }) => !parentPath.includes("node_modules"))
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
  .map((path) => ({ path, words: wordsOf(readFileSync(join(ROOT, path), "utf8")) }));

function wordsOf(text: string) {
  const exported = [...text.matchAll(EXPORTED)].flatMap(([, name]) => name ?? []);
  return { exported, all: new Set(text.match(/\w+/g)) };
}

/** How many files have each word. */
const seen = new Map<string, number>();
for (const { words } of files) {
  for (const word of words.all) seen.set(word, (seen.get(word) ?? 0) + 1);
}

it("no value is exported that no other file names", () => {
  const lonely = files.flatMap(({ path, words }) =>
    words.exported.filter((name) => (seen.get(name) ?? 0) < 2).map((name) => `${path} ${name}`),
  );
  expect(lonely).toEqual([]);
});
