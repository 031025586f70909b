/**
 * The floors of the house: which room may enter which (docs/architecture.md). Reads every import of `src/`;
 * an arrow that the table does not have fails here, by its name.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../..");

/** What each room may import besides itself; `types:` only for types. The entry may import all. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  text: [],
  net: ["text"],
  envs: ["text"],
  phala: ["net", "text"],
  attest: ["phala", "net", "text"],
  chain: ["phala", "net", "text"],
  action: ["net", "text"],
  ledger: ["phala", "text", "types:net", "types:chain"],
  inputs: ["envs", "text", "ledger", "types:action"],
  fleet: [
    "ledger",
    "phala",
    "envs",
    "attest",
    "chain",
    "net",
    "text",
    "types:inputs",
    "types:action",
  ],
  deployments: ["ledger", "net", "text", "types:action"],
  report: ["ledger", "phala", "text", "types:net", "types:inputs", "types:action", "types:chain"],
  commands: [
    "fleet",
    "report",
    "deployments",
    "ledger",
    "inputs",
    "attest",
    "chain",
    "phala",
    "action",
    "net",
    "envs",
    "text",
  ],
};

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

/** Every import of a file of the same folder tree, dynamic ones included. */
function arrowsIn(folder: string): Arrow[] {
  return filesIn(folder).flatMap((from) => {
    const text = readFileSync(join(ROOT, from), "utf8");
    const found = text.matchAll(
      /(?:^|\n)\s*(import|export)\s+(type\s)?[^;"]*?from\s+"(\.[^"]+)"|import\("(\.[^"]+)"\)/g,
    );
    return [...found].map(([, , type, named, lazy]) => ({
      from,
      to: normalize(join(dirname(from), named ?? lazy ?? "")),
      typeOnly: type !== undefined,
    }));
  });
}

const roomOf = (path: string) => path.split("/")[1] ?? "";

function isAllowed({ from, to, typeOnly }: Arrow): boolean {
  const [room, other] = [roomOf(from), roomOf(to)];
  if (room === other || room.endsWith(".ts")) return true;
  const may = MAY[room] ?? [];
  return may.includes(other) || (typeOnly && may.includes(`types:${other}`));
}

/** The imports that lead back to where they began, as one path each; types count too. */
function circlesIn(arrows: readonly Arrow[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of arrows) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const circles = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) circles.add([...path.slice(at)].sort().join(" ↔ "));
    if (at >= 0 || done.has(file)) return;
    for (const next of targets.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) walk(file, []);
  return [...circles].sort();
}

describe("the layering of src", () => {
  const arrows = arrowsIn("src");
  const forbidden = [
    ...new Set(arrows.filter((one) => !isAllowed(one)).map(({ from, to }) => `${from} → ${to}`)),
  ].sort();

  it("has no arrow against the table", () => {
    expect(forbidden).toEqual([]);
  });

  it("has a row for each room", () => {
    const rooms = new Set(arrows.map(({ from }) => roomOf(from)));
    const known = [...Object.keys(MAY), "index.ts"];
    expect([...rooms].filter((room) => !known.includes(room))).toEqual([]);
  });

  it("has no circle", () => {
    expect(circlesIn(arrows)).toEqual([]);
  });
});

describe("the simulator", () => {
  it("has no circle", () => {
    expect(circlesIn(arrowsIn("simulator"))).toEqual([]);
  });
});

describe("plans", () => {
  it.each(filesIn("src/fleet/plan"))("%s has no async and no clock", (file) => {
    const text = readFileSync(join(ROOT, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, " ");
    const found = /\basync\b|\bawait\b|\bclock\.|Date\.now|Math\.random/.exec(text)?.[0];
    expect(found).toBeUndefined();
  });
});
