/** What happens for the log alone has a line there: nobody would miss one that is forgotten. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";

const SRC = join(import.meta.dirname, "../../src");
const LOG = join(SRC, "report/log");

const kinds = [
  ...readFileSync(join(SRC, "ledger/note.ts"), "utf8").matchAll(/readonly note: ("[^;]+")/g),
].flatMap(([, names = ""]) => names.match(/"[a-z-]+"/g) ?? []);
const words = readdirSync(LOG)
  .map((name) => readFileSync(join(LOG, name), "utf8"))
  .join("\n");

it.each([...new Set(kinds)])("the note %s has words", (kind) => {
  expect(words).toContain(`case ${kind}:`);
});
