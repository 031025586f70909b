/** The measurements as one JSON object and as a page of Markdown. */
import type { Attesting } from "./attestation.ts";
import type { Download } from "./downloads.ts";
import { ANSWER_MS, NAMED, NAMED_BOOT_MS, type NamesRow } from "./names.ts";
import { INSTANCES, type RolloutRow, SHARE, UPDATE_MS } from "./rollout.ts";
import { BOOT_MS, POLL_MS, type ScalingRow } from "./scaling.ts";
import { MOST_TIMES_SMALLEST, type Startup } from "./startup.ts";
import { rounded } from "./stats.ts";
import { counted, type SurvivalRow } from "./survival.ts";

export interface Report {
  readonly versions: {
    readonly action: string;
    readonly node: string;
    readonly cli: string;
    /** Of the undici in the bundle of packages as npm gives them. */
    readonly undici: string | null;
  };
  readonly startup?: Kept<Startup>;
  readonly downloads?: readonly Download[];
  readonly scaling?: readonly ScalingRow[];
  readonly survival?: readonly SurvivalRow[];
  readonly names?: readonly NamesRow[];
  readonly rollout?: readonly RolloutRow[];
  readonly attestation?: Attesting;
}

/** A table; the columns named in `right` are figures. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const figures = head.map((_, column) => rows.every((row) => typeof row[column] === "number"));
  const marks = figures.map((right) => (right ? "---:" : "---"));
  const lines = [head, marks, ...rows.map((row) => row.map(cell))];
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function cell(value: string | number): string {
  return typeof value === "number" ? value.toLocaleString("en-US") : value;
}

/** Everything that was measured, as docs/benchmarks.md holds it. */
export function markdownOf(report: Report): string {
  const { versions, startup, downloads, scaling, survival, names, attestation, rollout } = report;
  return [
    "# Benchmarks",
    "Made by `script/bench --write` ([CONTRIBUTING](../CONTRIBUTING.md)); the same figures as data are in [benchmarks.json](benchmarks.json). Everything runs on one machine against the simulator of this repository, so there is no network in it. Machines are noisy: the ratios say more than the milliseconds, and no test depends on them.",
    `Versions: this action ${versions.action}, Node ${versions.node}, official CLI (npm \`phala\`) ${versions.cli}.`,
    startup === undefined ? "" : startupPart(startup, versions.undici),
    downloads === undefined ? "" : downloadPart(downloads),
    scaling === undefined ? "" : scalingPart(scaling),
    survival === undefined ? "" : survivalPart(survival),
    names === undefined ? "" : namesPart(names),
    rollout === undefined ? "" : rolloutPart(rollout),
    attestation === undefined ? "" : attestationPart(attestation),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

function startupPart({ rows, ratios, others = [] }: Kept<Startup>, undici: string | null): string {
  const real =
    undici === null
      ? "That bundle could not be made in this run."
      : `The bundle of the packages as npm gives them holds undici ${undici}.`;
  return [
    "## One create without waiting",
    "The whole process, from its start to its end. Programs take turns, in another order each round, each time on a fresh simulator.",
    table(
      ["Program", "Runs", "Median ms", "Quartiles ms"],
      rows.map((row) => [row.program, row.runs, row.medianMs, row.quartilesMs.join(" – ")]),
    ),
    table(
      ["This action against", "Ratio", "Wanted"],
      ratios.map(({ against, ratio, wanted }) => [against, ratio, wanted || "–"]),
    ),
    `The smallest bundle reads the inputs, sends one POST and sets an output, with no retry, no check and no report; the action sends one more request, the look at the app's list. Where a ratio is above the wanted one, that goal is not reached: what takes the time is to read and check some forty inputs, to save what is about to happen before money is spent, and to write outputs and a summary. Both are bundled with the stand-ins for undici, tunnel and @actions/exec that this repository's \`package.json\` puts in their places, which is what makes them start quickly. ${real}`,
    ...(others.length === 0 ? [] : [othersPart(others)]),
  ].join("\n\n");
}

/** What was measured before there was anything to say of the other actions has nothing of them. */
type Kept<T extends { others: unknown }> = Omit<T, "others"> & Partial<Pick<T, "others">>;

function othersPart(others: Startup["others"]): string {
  return [
    "The other actions of the repository, each from start to end where there is nothing to do: delete and verify look at the app's list, rollout at its revisions and its source as well. All four come in one archive, the one below.",
    table(
      ["Program", "Times the smallest bundle", "Wanted"],
      others.map(({ program, ratio }) => [program, ratio, `≤ ${MOST_TIMES_SMALLEST}`]),
    ),
  ].join("\n\n");
}

function downloadPart(rows: readonly Download[]): string {
  const mine = rows[0]?.bytes ?? 1;
  return [
    "## What a run fetches before it starts",
    "Actions: bytes of `git archive HEAD | gzip -6`. The CLI: bytes on the disk after `npm install phala`, since that is what it takes to run it. The action that wraps it fetches 3 kB, then Bun, then the CLI.",
    table(
      ["What", "Bytes", "Files", "Times ours", "Source"],
      rows.map(({ what, bytes, files, source }) => [
        what,
        bytes,
        files === null ? "–" : cell(files),
        rounded(bytes / mine),
        source,
      ]),
    ),
  ].join("\n\n");
}

function scalingPart(rows: readonly ScalingRow[]): string {
  const one = rows[0];
  const most = rows.at(-1);
  const times = (field: "wallMs" | "cpuMs" | "peakMb") =>
    one === undefined || most === undefined ? 0 : rounded(most[field] / one[field]);
  return [
    "## Many replicas",
    `Created and waited for, by one step; each boots for ${BOOT_MS / 1_000} s, with \`poll_interval: ${POLL_MS / 1_000}s\`. The overhead is the time from the moment when the last replica ran to the end of the process; wanted: at most one \`poll_interval\` and a second.`,
    table(
      [
        "Replicas",
        "POSTs",
        "Status requests",
        "Lists",
        "Bytes sent",
        "Bytes received",
        "Wall ms",
        "Overhead ms",
        "CPU ms",
        "Peak MB",
      ],
      rows.map((row) => [
        row.replicas,
        row.creates,
        row.statuses,
        row.lists,
        row.bytesSent,
        row.bytesReceived,
        Math.round(row.wallMs),
        Math.round(row.overheadMs),
        Math.round(row.cpuMs),
        Math.round(row.peakMb),
      ]),
    ),
    `${most?.replicas} replicas against ${one?.replicas}: ${times("wallMs")} times the time, ${times("cpuMs")} times the CPU, ${times("peakMb")} times the memory. Requests grow by one POST a replica; a look is one request however many replicas there are.`,
  ].join("\n\n");
}

function survivalPart(rows: readonly SurvivalRow[]): string {
  const mine = counted(rows, "ours");
  const theirs = counted(rows, "cli");
  return [
    "## Faults survived",
    `The ${rows.length} faults of the tests' table, each striking the one create request of a run. *survived*: it succeeded and named its one replica. *told*: it failed, and nothing exists that it did not name. *lost*: a replica exists, billed, that it did not name. *twice*: more than one exists. Where the server did nothing and said nothing, *told* is the best that can be.`,
    table(
      ["Client", "Survived", "Told", "Lost", "Twice"],
      [
        ["this action", mine.survived, mine.told, mine.lost, mine.twice],
        ["official CLI", theirs.survived, theirs.told, theirs.lost, theirs.twice],
      ],
    ),
    table(
      ["Fault", "This action", "Official CLI"],
      rows.map((row) => [row.fault, row.ours, row.cli]),
    ),
  ].join("\n\n");
}

function attestationPart({ loadMs, firstMs, furtherMs, runs, requests }: Attesting): string {
  const all = requests.reduce((sum, { count }) => sum + count, 0);
  const each = requests.map(({ route, count }) => (count === 1 ? route : `${route} ×${count}`));
  return [
    "## Verifying",
    `Medians of ${runs} processes, with a genuine quote. A step that verifies nothing loads no byte of it: its start is the one above.`,
    table(
      ["What", "ms"],
      [
        ["loading the verifier's chunk", loadMs],
        ["the first quote", firstMs],
        ["each further quote", furtherMs],
      ],
    ),
    `The action verify, on 50 instances beside their source: ${all} requests (${each.join(", ")}). The evidence of the source is asked for by itself, that of all others at once; what Intel publishes is fetched once for a kind of platform.`,
  ].join("\n\n");
}

function namesPart(rows: readonly NamesRow[]): string {
  return [
    "## Names",
    `${NAMED} replicas, created and waited for by one step; the platform takes ${ANSWER_MS / 1_000} s to answer each request for one, and each boots for ${NAMED_BOOT_MS / 1_000} s. In simulated time, so that the figures are the same on every machine.`,
    table(
      [
        "How",
        "POSTs",
        "Status requests",
        "Lists",
        "Others",
        "Requests a replica",
        "All made, s",
        "All serve, s",
      ],
      rows.map((row) => [
        row.how,
        row.creates,
        row.statuses,
        row.lists,
        row.others,
        row.perReplica,
        row.madeSeconds,
        row.seconds,
      ]),
    ),
    "The first of the named ones goes out alone: only once it shows that names hold, four are under way at a time.",
  ].join("\n\n");
}

function rolloutPart(rows: readonly RolloutRow[]): string {
  return [
    "## A rollout",
    `${INSTANCES} instances, one of them on the revision, \`max_unavailable: ${SHARE}\`; an update takes ${UPDATE_MS / 1_000} s. In simulated time, so that the figures are the same on every machine.`,
    table(
      ["poll_interval (s)", "Updates sent", "Looks", "Other requests", "Simulated s"],
      rows.map((row) => [row.pollSeconds, row.redeploys, row.lists, row.others, row.seconds]),
    ),
    "One request an instance, and one a look, however many instances there are; the rest reads the revisions and, while an update waits in the platform's queue, how long guests are up.",
  ].join("\n\n");
}
