/** The shape of the simulator's own source. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { REPOSITORY } from "../support/repository.ts";

const FOLDER = join(REPOSITORY, "simulator");
const SOURCES = new Map(
  readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => [file, readFileSync(join(FOLDER, file), "utf8")] as const),
);

function importsOf(file: string): string[] {
  const text = SOURCES.get(file) ?? "";
  return [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, path = ""]) =>
    normalize(join(dirname(file), path)),
  );
}

/** The first circle of imports, types included; empty where there is none. */
function circle(of: (file: string) => readonly string[], files: Iterable<string>): string[] {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of of(file)) {
      const found = visit(next, [...path, file]);
      if (found.length > 0) return found;
    }
    done.add(file);
    return [];
  };
  for (const file of files) {
    const found = visit(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

describe("the simulator's files", () => {
  it("import each other in no circle, and nothing of src", () => {
    expect(SOURCES.size).toBeGreaterThan(30);
    expect(circle(importsOf, SOURCES.keys())).toEqual([]);
    const beyond = [...SOURCES.keys()].flatMap(importsOf).filter((path) => path.startsWith(".."));
    expect(beyond).toEqual([]);
    // The search itself finds one.
    const links: Record<string, string[]> = { a: ["b"], b: ["c"], c: ["b"] };
    expect(circle((file) => links[file] ?? [], ["a"])).toEqual(["b", "c", "b"]);
  });

  it("are small", () => {
    const long = [...SOURCES].filter(([, text]) => text.split("\n").length > 251);
    expect(long.map(([file]) => file)).toEqual([]);
  });
});
