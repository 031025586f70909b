/** Runs the parts that were asked for, prints the page, and with `--write` puts it into docs/. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { attesting } from "./attestation.ts";
import { downloads } from "./downloads.ts";
import { names } from "./names.ts";
import { markdownOf, type Report } from "./report.ts";
import { rollout } from "./rollout.ts";
import { scaling } from "./scaling.ts";
import { startup } from "./startup.ts";
import { prepare, ROOT } from "./subjects.ts";
import { survival } from "./survival.ts";

const PARTS = [
  "startup",
  "downloads",
  "scaling",
  "survival",
  "names",
  "attestation",
  "rollout",
] as const;
type Part = (typeof PARTS)[number];
/** They need nothing to compare with, so nothing is installed for them. */
const ALONE: readonly Part[] = ["names", "attestation", "rollout"];

const HELP = `Usage: script/bench [--runs N] [--only PART]... [--write]

  --runs N      runs of each program (default 30; figures to be kept need 20 or more)
  --only PART   ${PARTS.join(", ")}; can be given several times (default: all)
  --write       writes docs/benchmarks.md and docs/benchmarks.json; of parts that are not measured, what stood there

Installs the official CLI and two bundles into a temporary folder, which it removes.
Takes about ten minutes. The machine should have nothing else to do.`;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "30" },
    only: { type: "string", multiple: true },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(HELP);
else await bench(Number(values.runs), partsOf(values.only), values.write);

function partsOf(only: readonly string[] | undefined): ReadonlySet<Part> {
  const parts = PARTS.filter((part) => only === undefined || only.includes(part));
  if (parts.length !== (only === undefined ? PARTS.length : new Set(only).size)) {
    throw new Error(`--only takes ${PARTS.join(", ")}`);
  }
  return new Set(parts);
}

async function bench(runs: number, parts: ReadonlySet<Part>, write: boolean): Promise<void> {
  if (!Number.isInteger(runs) || runs < 1) throw new Error("--runs takes a whole number from 1");
  if (write && runs < 20) throw new Error("--write needs at least 20 runs");
  const measure = async <T>(part: Part, work: () => T | Promise<T>) => {
    if (!parts.has(part)) return {};
    say(`Measuring: ${part} …`);
    return { [part]: await work() };
  };
  const alone = async () => ({
    ...(await measure("names", names)),
    ...(await measure("rollout", rollout)),
    ...(await measure("attestation", () => attesting(runs))),
  });
  if ([...parts].every((part) => ALONE.includes(part))) {
    const before = write ? kept() : { versions: kept().versions };
    return told({ ...before, ...(await alone()) }, write);
  }
  const folder = mkdtempSync(join(tmpdir(), "cvm-replica-bench-"));
  try {
    say("Installing the official CLI and building the bundles to compare with …");
    const subjects = prepare(folder);
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      version: string;
    };
    const versions = {
      action: version,
      node: process.versions.node,
      cli: subjects.cli.version,
      undici: subjects.undici,
    };
    const report: Report = {
      ...(write ? kept() : {}),
      versions,
      ...(await measure("startup", () => startup(subjects, runs))),
      ...(await measure("downloads", () => downloads(subjects))),
      ...(await measure("scaling", () => scaling(subjects, Math.ceil(runs / 5)))),
      ...(await measure("survival", () => survival(subjects))),
      ...(await alone()),
    };
    told(report, write);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What was measured before. */
function kept(): Report {
  return JSON.parse(readFileSync(join(ROOT, "docs/benchmarks.json"), "utf8")) as Report;
}

function told(report: Report, write: boolean): void {
  const page = markdownOf(report);
  console.log(page);
  if (!write) return;
  writeFileSync(join(ROOT, "docs/benchmarks.md"), page);
  writeFileSync(join(ROOT, "docs/benchmarks.json"), `${JSON.stringify(report, null, 2)}\n`);
  say("Written to docs/benchmarks.md and docs/benchmarks.json.");
}

function say(text: string): void {
  console.error(text);
}
