/** Root and clock are arguments: nothing in the room could take them from anywhere else. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { REPOSITORY } from "../support/repository.ts";

const ROOM = join(REPOSITORY, "src/attest");
const FILES = readdirSync(ROOM).map((name) => ({
  name,
  text: readFileSync(join(ROOM, name), "utf8"),
}));

describe.each(FILES)("$name", ({ name, text }) => {
  it("reads no clock, no chance, no variable and no file", () => {
    expect(text).not.toMatch(
      /\bprocess\b\.|Date\.now|new Date\(\)|Math\.random|\brequire\b|\bfetch\(|globalThis/,
    );
  });

  it("imports what it may", () => {
    const imports = [...text.matchAll(/from "([^"]+)"/g)].map(([, from = ""]) => from);
    const may = /^(?:node:crypto|\.\/[a-z-]+\.ts|\.\.\/(?:phala|net|text)\/[a-z-]+\.ts)$/;
    expect(imports.filter((from) => !may.test(from))).toEqual([]);
  });

  it("names the pinned root nowhere but where it stands", () => {
    if (name !== "root.ts") expect(text).not.toContain("INTEL_SGX_ROOT_CA");
  });
});
