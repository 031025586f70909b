/** Comments cite `docs/api-facts.md`: whatever they name is there. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { REPOSITORY } from "../support/repository.ts";

const FACTS = readFileSync(join(REPOSITORY, "docs/api-facts.md"), "utf8");
const HEADINGS = FACTS.split("\n")
  .filter((line) => /^#{2,3} /.test(line))
  .map((line) => line.replace(/^#+ /, "").replaceAll("`", ""));
const UNKNOWN = [...(FACTS.split("## Unknown")[1] ?? "").matchAll(/^(\d+)\. /gm)];

interface Citation {
  readonly where: string;
  readonly what: string;
}

/** What stands behind "API facts," up to the end of the sentence or bracket; a comment may break its line. */
function citations(): Citation[] {
  return ["src", "simulator", "script"].flatMap((folder) =>
    readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => {
        const text = readFileSync(join(REPOSITORY, folder, file), "utf8").replaceAll(
          /\n\s*(?:\*|\/\/) /g,
          " ",
        );
        return [...text.matchAll(/API facts,? ([^);:]*)/g)].map(([, what = ""]) => ({
          where: `${folder}/${file}`,
          what,
        }));
      }),
  );
}

function leadsSomewhere(what: string): boolean {
  const names = [...what.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
  if (names.length > 0) return names.every((name) => HEADINGS.some((one) => one.includes(name)));
  const unknown = /^unknown (\d+)/.exec(what)?.[1];
  if (unknown !== undefined) return UNKNOWN.some(([, number]) => number === unknown);
  const section = /^(?:section )?(\d+(?:\.\d+)?)\b/.exec(what)?.[1];
  return section !== undefined && HEADINGS.some((one) => one.startsWith(`${section} `));
}

describe("API facts", () => {
  it("are cited", () => expect(citations().length).toBeGreaterThan(30));

  it("have what every citation names", () => {
    expect(citations().filter(({ what }) => !leadsSomewhere(what))).toEqual([]);
  });
});
