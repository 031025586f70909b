/** Deleting can't be taken back: its rules are kept in one place, so nothing else may send a deletion. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";

const SRC = join(import.meta.dirname, "../../src");

it("one place asks the API to delete a CVM", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => /\bdeleteCvm\b/.test(readFileSync(join(SRC, name), "utf8")))
    // The route itself.
    .filter((name) => !name.startsWith("phala/"));
  expect(files).toEqual(["fleet/deleting.ts"]);
});
