/** The report of a live run, as Markdown: what was seen, no id, no name, no secret. */
import type { Seen } from "./seen.ts";
import { objectOf, shapeOf } from "./shape.ts";
import { ANSWERS, addressLag, answerOf, seconds, unknownsIn, words } from "./unknowns.ts";
import { firstWith, hasGateway } from "./watch.ts";

/** Text in a cell of a table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** What the replica cost: its price for the time that it lived, and the bound that was set. */
export function costText({ price, livedMs }: Seen): string {
  if (price === null) return "The price is not known.";
  const hour = `at ${price} USD per hour`;
  if (livedMs === null) return `Nothing was created, so nothing is billed (${hour}).`;
  const cost = (price * livedMs) / 3_600_000;
  return `About ${cost.toFixed(4)} USD: it lived ${seconds(livedMs)} ${hour}.`;
}

function verdict(seen: Seen): string {
  if (seen.stopped !== null) return `⏹ Stopped before anything was created: ${seen.stopped}.`;
  if (!wentWell(seen))
    return "❌ Something did not go as it should; see below, and look at the dashboard.";
  return "✅ Created, looked at and deleted.";
}

/** Whether all of it went as it should. */
export function wentWell({ stopped, main, post, deletion }: Seen): boolean {
  return (
    stopped === null && main?.exitCode === 0 && post?.exitCode === 0 && deletion?.gone === true
  );
}

function course(seen: Seen): string {
  const { dryRun, main, post, deletion, looks } = seen;
  const ended = (exitCode: number | null | undefined): string =>
    exitCode === undefined ? "not run" : `exit code ${exitCode ?? "none (killed)"}`;
  const code = main?.outputs.error_code ?? "";
  return table(
    ["Step", "What was seen"],
    [
      [
        "dry run",
        `${ended(dryRun?.exitCode)}${dryRun === null ? "" : `, outcome \`${dryRun.outcome}\``}`,
      ],
      [
        "create",
        `${ended(main?.exitCode)}${main === null ? "" : `, outcome \`${main.outputs.outcome ?? ""}\``}${code === "" ? "" : `, \`${code}\``}`,
      ],
      ["status words", words(looks)],
      ["the replica's own address", addressLag(seen)],
      ["the gateway's domain in its row", seconds(firstWith(looks, hasGateway))],
      ["post", ended(post?.exitCode)],
      [
        "deletion",
        deletion === null
          ? "not watched"
          : `${deletion.gone ? "gone" : "not gone"} after ${seconds(deletion.looks.at(-1)?.atMs ?? null)}; own route: ${[...new Set(deletion.looks.map(({ alone }) => alone ?? "no answer"))].join(", then ")}`,
      ],
    ],
  );
}

function unknowns(seen: Seen, facts: string): string {
  const rows = [...unknownsIn(facts)].map(([number, text]) => [
    String(number),
    text,
    seen.main === null
      ? "not asked: nothing was created"
      : (ANSWERS[number]?.(seen) ?? "no answer is written for this"),
  ]);
  return table(["#", "Unknown", "Seen"], rows);
}

function routes({ reads }: Seen): string {
  const all = table(
    ["Read", "Answer", "Time", "Form"],
    [...reads].map(([name, read]) => [
      `\`${name}\``,
      answerOf(read),
      seconds(read.ms),
      `\`${name.startsWith("stream") && typeof read.body === "string" ? "event stream" : shapeOf(read.body)}\``,
    ]),
  );
  return `<details><summary>${reads.size} reads, and the form of each answer</summary>\n\n${all}\n\n</details>`;
}

function attestation({ reads }: Seen): string {
  const { tcb_info: tcb, ...rest } = objectOf(reads.get("attestation")?.body);
  return `Attestation: \`${shapeOf(rest)}\`; its \`tcb_info\`: \`${shapeOf(tcb ?? null)}\`.`;
}

/**
 * The report.
 *
 * @param facts text of docs/api-facts.md
 */
export function reportOf(seen: Seen, facts: string): string {
  return [
    "## A live run",
    verdict(seen),
    `**Cost**: ${costText(seen)}`,
    course(seen),
    "### What docs/api-facts.md lists as unknown",
    unknowns(seen, facts),
    "### Each read once",
    seen.reads.size === 0 ? "None was sent." : routes(seen),
    seen.reads.has("attestation") ? attestation(seen) : "",
    "Ids, names and secrets are taken out; of values, only words of a status are told.",
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}
