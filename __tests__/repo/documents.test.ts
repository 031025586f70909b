/** All documents: their links lead somewhere, and what is generated in them is as its sources make it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { DOCUMENTS, withErrors } from "../../script/docs.ts";
import { readmeText } from "../support/readme.ts";
import { REPOSITORY } from "../support/runner.ts";

const readme = readmeText();

/** Links of a document that lead nowhere: to a file that is not there, or to a heading that is not. */
function deadLinks(name: string): string[] {
  const text = readFileSync(join(REPOSITORY, name), "utf8");
  const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    (heading ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target ?? "")
    .filter((target) => !/^https?:/.test(target))
    .filter((target) =>
      target.startsWith("#")
        ? !anchors.includes(target.slice(1))
        : !existsSync(join(REPOSITORY, dirname(name), target.replace(/#.*/, ""))),
    );
}

const ALL = ["", "docs", "simulator"].flatMap((folder) =>
  readdirSync(join(REPOSITORY, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

describe.each(ALL)("the links of %s", (name) => {
  it("lead somewhere", () => {
    expect(deadLinks(name)).toEqual([]);
  });
});

describe("the documents", () => {
  it.each(Object.entries(DOCUMENTS))("%s is as `npm run docs` would write it", (path, make) => {
    const text = readFileSync(join(REPOSITORY, path), "utf8");
    expect(make(text)).toBe(text);
  });

  const operations = readFileSync(join(REPOSITORY, "docs/operations.md"), "utf8");

  it("docs/operations.md would show a drift", () => {
    const drifted = operations.replace("ERR-03-009", "ERR-03-099");
    expect(drifted).not.toBe(operations);
    expect(withErrors(drifted)).toBe(operations);
  });

  it("docs/operations.md and README.md know every code that the action has of its own", () => {
    const failures = readFileSync(join(REPOSITORY, "src/report/failure.ts"), "utf8");
    const codes = [...failures.matchAll(/"([A-Z]{4,})"/g)].map(([, code]) => code ?? "");
    expect(codes.length).toBeGreaterThanOrEqual(6);
    for (const code of codes) {
      expect(operations).toContain(`### \`${code}\``);
      expect(readme).toContain(`| \`${code}\` |`);
    }
    for (const [, heading] of operations.matchAll(/^### `([A-Z]+)`$/gm)) {
      expect(codes).toContain(heading);
    }
  });

  it("docs/operations.md has advice for each of the API's codes that the action knows", () => {
    const advice = readFileSync(join(REPOSITORY, "src/report/advice.ts"), "utf8");
    const codes = [...advice.matchAll(/^ {2}"(\d{2}-\d{3})":/gm)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(20);
    for (const code of codes) {
      expect(operations).toContain(`| \`ERR-${code}\` |`);
    }
  });

  it("docs/architecture.md names files and folders that exist, and every folder of src", () => {
    const text = readFileSync(join(REPOSITORY, "docs/architecture.md"), "utf8");
    const named = [...text.matchAll(/\b((?:[a-z-]+\/)?[a-z-]+\.(?:ts|cjs))\b/g)].map(
      ([, name]) => name ?? "",
    );
    expect(named.length).toBeGreaterThan(20);
    const all = readdirSync(join(REPOSITORY, "src"), { recursive: true }).map(String);
    // Beside a file of its folder, a name may stand alone.
    const known = (name: string) => all.some((file) => file === name || file.endsWith(`/${name}`));
    expect(named.filter((name) => !known(name))).toEqual([]);
    const folders = readdirSync(join(REPOSITORY, "src"), { withFileTypes: true });
    for (const folder of folders.filter((entry) => entry.isDirectory())) {
      expect(text).toContain(`| \`src/${folder.name}\` |`);
    }
  });
});
