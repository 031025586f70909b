/**
 * Plants each defect of the list in a copy of the sources and lets the simulation look for it. A defect
 * that survives says that an invariant is missing.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { planted } from "../__tests__/simulation/plant.ts";
import { CREATING_MUTANTS } from "./mutants-creating.ts";
import { DEPLOYMENT_MUTANTS } from "./mutants-deployments.ts";
import { MUTANTS, type Mutant } from "./mutants-list.ts";
import { NAMES_MUTANTS } from "./mutants-names.ts";
import { SECRET_MUTANTS } from "./mutants-secrets.ts";
import { WORD_MUTANTS } from "./mutants-words.ts";

const ROOT = dirname(import.meta.dirname);
/** What the simulation runs on. */
const PARTS = [
  "src",
  "simulator",
  "script",
  "__tests__",
  ...["", "delete/", "rollout/", "verify/"].map((folder) => `${folder}action.yml`),
];
const HELP = `Plants defects in a copy of src, one at a time; the simulation has to find each.

  script/mutants [--seeds 3000] [--jobs 2] [--only text]

  --seeds   how many seeds a defect may survive
  --jobs    how many defects at once
  --only    those whose name holds this text`;

interface Result {
  readonly mutant: Mutant;
  /** The first seed that found it, and how; null: it survived. */
  readonly seed: number | null;
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
  const all = [
    ...MUTANTS,
    ...CREATING_MUTANTS,
    ...SECRET_MUTANTS,
    ...DEPLOYMENT_MUTANTS,
    ...WORD_MUTANTS,
    ...NAMES_MUTANTS,
  ];
  const wanted = all.filter(({ name }) => name.includes(values.only ?? ""));
  const results = await overAll(wanted, Number(values.jobs ?? 2), (mutant) => hunt(mutant, seeds));
  console.log("| Planted defect | In | Found by seed | As |\n| --- | --- | --- | --- |");
  for (const { mutant, seed, how } of results) {
    console.log(`| ${mutant.name} | \`${mutant.file}\` | ${seed ?? "**survived**"} | ${how} |`);
  }
  const survivors = results.filter(({ seed }) => seed === null).length;
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
    for (const part of PARTS) {
      await mkdir(dirname(join(folder, part)), { recursive: true });
      await cp(join(ROOT, part), join(folder, part), { recursive: true });
    }
    await cp(join(ROOT, "package.json"), join(folder, "package.json"));
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
    await plant(mutant, folder);
    const output = await simulate(folder, seeds, mutant.of ?? "create");
    const [, seed, how] = /^seed (\d+): (.*)$/m.exec(output) ?? [];
    if (seed === undefined && !output.includes("no rule broken")) {
      throw new Error(`${mutant.name}: the simulation said neither:\n${output.slice(0, 2_000)}`);
    }
    return { mutant, seed: seed === undefined ? null : Number(seed), how: shown(how ?? "") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function plant(mutant: Mutant, folder: string): Promise<void> {
  const path = join(folder, "src", mutant.file);
  await writeFile(path, planted(mutant, await readFile(path, "utf8")));
}

function simulate(folder: string, seeds: number, of: string): Promise<string> {
  const script = join(folder, "script", "simulate.ts");
  // One job, and no story: the first seed in order is wanted.
  const one = ["--jobs", "1", "--most", "1", "--brief"];
  const args = [script, "--of", of, "--seeds", String(seeds), ...one];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 1 << 26 }, (_error, stdout, stderr) => {
      resolve(stdout + stderr);
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
