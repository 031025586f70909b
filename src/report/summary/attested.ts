/** What a summary shows of verified instances, as Markdown. */
import { type Attested, failedCheck } from "../../ledger/attested.ts";
import { code, markdown } from "../../text/clean.ts";
import { expectedOsLine, proves, shortened, whyUnverified } from "../words/attested.ts";
import { tableOf } from "./table.ts";

/** More rows, and more instances in detail, than this are counted, not shown. */
const MOST_ROWS = 100;
const MOST_DETAILS = 20;
/** Different OS images that are shown to be pinned. */
const MOST_LINES = 10;

/**
 * A table, what a green check proves, the checks one by one (folded), and where nothing was pinned the lines that
 * would. Empty where nothing was verified.
 */
export function attestedParts(entries: readonly Attested[]): readonly string[] {
  if (entries.length === 0) return [];
  return [table(entries), sentences(entries), pins(entries), details(entries)];
}

function table(entries: readonly Attested[]): string {
  return tableOf(
    ["Instance", "TCB", "OS (MRTD)", "Revision", "App id", "Verdict"],
    entries,
    cellsOf,
    { most: MOST_ROWS, others: "more instances." },
  );
}

function cellsOf(entry: Attested): readonly string[] {
  const { name, vm_uuid, status, measurements, compose_hash } = entry;
  const failed = failedCheck(entry);
  const app = entry.checks.find(({ check }) => check === "app-id");
  return [
    markdown(name ?? vm_uuid, 80),
    status === null ? "–" : code(status, 40),
    measurements === null ? "–" : code(shortened(measurements.mrtd)),
    compose_hash === null ? "–" : code(shortened(compose_hash)),
    app === undefined ? "–" : code(shortened(app.seen)),
    entry.verified ? "✅ verified" : `❌ ${markdown(failed?.check ?? "not verified", 40)}`,
  ];
}

/** One for each reference: what it proves differs. */
function sentences(entries: readonly Attested[]): string {
  const good = entries.filter(({ verified }) => verified);
  const kinds = [...new Set(good.map(({ reference }) => reference))];
  // The source itself was compared with nothing; what it proves is told with those that equal it.
  const told = kinds.includes("source") ? kinds.filter((kind) => kind !== "none") : kinds;
  return told
    .map((kind) => {
      const of = good.filter(({ reference }) => reference === kind);
      const words = [...new Set(of.map(({ status }) => status ?? "unknown"))].join(", ");
      return `**What this proves:** ${markdown(proves(kind, words), 2_000)}`;
    })
    .join("\n\n");
}

/** What ran today, to be pinned from now on: only of instances whose quotes are genuine and good. */
function pins(entries: readonly Attested[]): string {
  if (entries.some(({ reference }) => reference === "pinned")) return "";
  const lines = new Set(
    entries.flatMap(({ verified, measurements }) =>
      verified && measurements !== null ? [expectedOsLine(measurements)] : [],
    ),
  );
  if (lines.size === 0) return "";
  return [
    "**To pin what booted here**, once you have compared it with your own build of the OS image:",
    "",
    "```yaml",
    "expected_os: |",
    ...[...lines].slice(0, MOST_LINES).map((line) => `  ${line}`),
    "```",
  ].join("\n");
}

function details(entries: readonly Attested[]): string {
  const failedFirst = [...entries].sort((a, b) => Number(a.verified) - Number(b.verified));
  const shown = failedFirst.slice(0, MOST_DETAILS);
  const left = entries.length - shown.length;
  const more = left === 0 ? [] : [`… and ${left} more, in the output \`report\`.`];
  return [...shown.map(detail), ...more].join("\n\n");
}

function detail(entry: Attested): string {
  const { name, vm_uuid, checks, unpinned_images: images, allowed_envs: envs } = entry;
  const { advice } = whyUnverified(entry);
  const lines = checks.map(({ check, ok, expected, seen, from }) => {
    const told = ok
      ? markdown(shortened(seen))
      : `expected ${markdown(shortened(expected))}, seen ${markdown(shortened(seen))}`;
    return `- ${ok ? "✅" : "❌"} ${markdown(check, 40)} (${markdown(from, 20)}): ${told}`;
  });
  const notes = [
    advice === "" ? "" : markdown(advice),
    images === null || images.length === 0
      ? ""
      : `Not fixed by the compose hash: the images ${markdown(images.join(", "))}.`,
    envs === null || envs.length === 0
      ? ""
      : `Not measured: the values of ${markdown(envs.join(", "))}.`,
  ].filter((note) => note !== "");
  return [
    `<details><summary>${markdown(name ?? "unnamed", 80)} (${markdown(vm_uuid, 40)})</summary>`,
    "",
    ...lines,
    ...notes.flatMap((note) => ["", note]),
    "",
    "</details>",
  ].join("\n");
}
