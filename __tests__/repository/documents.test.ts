/** All documents: their links lead somewhere, and what is generated in them is as its sources make it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { DOCUMENTS, withErrors } from "../../script/docs.ts";
import { ADVICE_BY_CODE } from "../../src/report/words/advice.ts";
import { anchorOf, type ErrorCode, OWN_CODES } from "../../src/report/words/error-code.ts";
import { REPOSITORY } from "../support/repository.ts";

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    (heading ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/**
 * Links and pictures of a document that lead nowhere: to a file that is not there, or to a heading that is not.
 *
 * @param name the document, from the repository's root, which its links start beside
 */
function deadLinks(name: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset|href)="([^"]+)"/g)]
    .map(([, target, source]) => target ?? source ?? "")
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? join(REPOSITORY, name) : join(REPOSITORY, dirname(name), path);
      if (!existsSync(file)) return true;
      if (anchor === undefined || !file.endsWith(".md")) return false;
      return !anchorsOf(path === "" ? text : readFileSync(file, "utf8")).includes(anchor);
    });
}

const ALL = ["", "docs", "docs/recipes", "simulator"].flatMap((folder) =>
  readdirSync(join(REPOSITORY, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

describe.each(ALL)("the links of %s", (name) => {
  it("lead somewhere", () => {
    expect(deadLinks(name, readFileSync(join(REPOSITORY, name), "utf8"))).toEqual([]);
  });
});

describe("a link", () => {
  it.each([
    "[x](nowhere.md)",
    "[x](#nowhere)",
    "[x](docs/verify.md#nowhere)",
    '<img alt="x" src="docs/nowhere.png">',
  ])("%s would be found dead", (text) => {
    expect(deadLinks("README.md", text)).toHaveLength(1);
  });

  it.each(["[x](docs/verify.md#then-name-the-commit)", "# Head\n[x](#head)", "[x](docs/recipes)"])(
    "%s would not",
    (text) => {
      expect(deadLinks("README.md", text)).toEqual([]);
    },
  );
});

describe("the documents", () => {
  it.each(Object.entries(DOCUMENTS))("%s is as `npm run docs` would write it", (path, make) => {
    const text = readFileSync(join(REPOSITORY, path), "utf8");
    expect(make(text)).toBe(text);
  });

  const operations = readFileSync(join(REPOSITORY, "docs/operations.md"), "utf8");

  it("docs/operations.md would show a drift", () => {
    const drifted = operations.replace("### `ERR-03-009`", "### `ERR-03-099`");
    expect(drifted).not.toBe(operations);
    expect(withErrors(drifted)).toBe(operations);
  });

  const anchors = anchorsOf(operations);

  const reference = readFileSync(join(REPOSITORY, "docs/reference.md"), "utf8");

  it.each(OWN_CODES)("docs/operations.md and docs/reference.md know the own code %s", (code) => {
    expect(operations).toContain(`### \`${code}\``);
    expect(anchors).toContain(anchorOf(code));
    expect(reference).toContain(`| [\`${code}\`](operations.md#${anchorOf(code)}) |`);
  });

  it("docs/operations.md knows no code of the action's own that can't come", () => {
    const known: readonly string[] = OWN_CODES;
    const headings = [...operations.matchAll(/^### `([A-Z_]+)`$/gm)].map(([, code]) => code ?? "");
    expect(headings.filter((code) => !known.includes(code))).toEqual([]);
    expect(headings.length).toBe(known.length);
  });

  it("src gives the codes that are listed, all of them and no other", () => {
    const source = readFileSync(join(REPOSITORY, "src/ledger/code.ts"), "utf8");
    const given = [...source.matchAll(/"([A-Z][A-Z_]+)"/g)].map(([, code]) => code ?? "");
    expect(new Set(given)).toEqual(new Set(OWN_CODES));
  });

  it("docs/operations.md has a section for whatever the API or a proxy may answer", () => {
    const answers: ErrorCode[] = [
      ...Object.keys(ADVICE_BY_CODE).map((code) => `ERR-${code}` as const),
      ...["ERR-02-001", "ERR-99-999", "ERR-x"].map((code) => code as ErrorCode),
      ...Array.from({ length: 500 }, (_, n) => `HTTP-${n + 200}` as const),
      "",
    ];
    expect(answers.filter((code) => !anchors.includes(anchorOf(code)))).toEqual([]);
    // Those with advice of their own have sections of their own.
    expect(new Set(answers.map(anchorOf)).size).toBeGreaterThan(45);
  });

  it("docs/operations.md has no heading twice: an anchor leads to one section", () => {
    expect(anchors.filter((one, index) => anchors.indexOf(one) !== index)).toEqual([]);
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
