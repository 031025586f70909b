/**
 * Plants each defect of the list in a copy of the sources and lets the simulation look for it, or the tests that
 * the defect names. A defect that survives says that an invariant is missing, or a test.
 */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { planted } from "../__tests__/simulation/plant.ts";
import type { Mutant } from "./mutant.ts";
import { ALL_MUTANTS } from "./mutants-all.ts";

const ROOT = dirname(import.meta.dirname);
/** What the simulation and the tests run on. */
const PARTS = ["src", "simulator", "script", "__tests__", "delete", "rollout", "verify"];
const FILES = ["action.yml", "jest.config.js", "package.json"];
const HELP = `Plants defects in a copy of src, one at a time; the simulation, or the tests named, have to find each.

  script/mutants [--seeds 3000] [--jobs 2] [--only text]

  --seeds   how many seeds a defect may survive
  --jobs    how many defects at once
  --only    those whose name or file holds this text`;

interface Result {
  readonly mutant: Mutant;
  /** The first seed that found it, or the tests, and how; null: it survived. */
  readonly by: string | null;
  readonly how: string;
}

async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: { seeds: text, jobs: text, only: text, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const seeds = Number(values.seeds ?? 3_000);
  const wanted = ALL_MUTANTS.filter(({ name, file }) =>
    `${name} ${file}`.includes(values.only ?? ""),
  );
  const results = await overAll(wanted, Number(values.jobs ?? 2), (mutant) => hunt(mutant, seeds));
  console.log("| Planted defect | In | Found by | As |\n| --- | --- | --- | --- |");
  for (const { mutant, by, how } of results) {
    console.log(`| ${mutant.name} | \`${mutant.file}\` | ${by ?? "**survived**"} | ${how} |`);
  }
  const survivors = results.filter(({ by }) => by === null).length;
  console.log(`\n${results.length - survivors} of ${results.length} found within ${seeds} seeds.`);
  if (survivors > 0 || results.length === 0) process.exitCode = 1;
}

async function overAll<T, R>(
  items: readonly T[],
  jobs: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      results[next[0]] = await work(next[1]);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, worker));
  return results;
}

async function hunt(mutant: Mutant, seeds: number): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "mutant-"));
  try {
    for (const part of [...PARTS, ...FILES]) {
      await cp(join(ROOT, part), join(folder, part), { recursive: true });
    }
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
    await plant(mutant, folder);
    const found = mutant.tests ? await test(folder, mutant) : await simulate(folder, mutant, seeds);
    return { mutant, ...found };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function plant(mutant: Mutant, folder: string): Promise<void> {
  const path = join(folder, "src", mutant.file);
  await writeFile(path, planted(mutant, await readFile(path, "utf8")));
}

type Found = Omit<Result, "mutant">;

async function simulate(folder: string, mutant: Mutant, seeds: number): Promise<Found> {
  const { name, of = "create" } = mutant;
  const script = join(folder, "script", "simulate.ts");
  // One job, and no story: the first seed in order is wanted.
  const one = ["--jobs", "1", "--most", "1", "--brief"];
  const args = [script, "--of", of, "--seeds", String(seeds), ...one];
  const { output } = await run(args, folder);
  const [, seed, how] = /^seed (\d+): (.*)$/m.exec(output) ?? [];
  if (seed === undefined && !output.includes("no rule broken")) {
    throw new Error(`${name}: the simulation said neither:\n${output.slice(0, 2_000)}`);
  }
  return { by: seed === undefined ? null : `seed ${seed}`, how: shown(how ?? "") };
}

async function test(folder: string, { name, tests = [] }: Mutant): Promise<Found> {
  const jest = join(folder, "node_modules/jest/bin/jest.js");
  const args = [jest, "--bail", "--silent", "--maxWorkers=1", ...tests];
  const { good, output } = await run(args, folder);
  const [, how] = /^\s*● (.*)$/m.exec(output) ?? [];
  if (!good && how === undefined) {
    throw new Error(`${name}: the tests said neither:\n${output.slice(0, 2_000)}`);
  }
  return { by: good ? null : "tests", how: shown(how ?? "") };
}

/** Runs a program of Node's in the copy. */
function run(args: readonly string[], cwd: string): Promise<{ good: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ good: error === null, output: stdout + stderr });
    });
  });
}

function shown(how: string): string {
  return how
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "a CVM")
    .replaceAll("|", "/")
    .slice(0, 100);
}

await main();
