/** Prints what a user of GitHub would see of a step; colours only on a terminal. */

import { Masks } from "../__tests__/support/runner/masks.ts";
import type { LogLine, StepResult } from "../__tests__/support/runner.ts";

const colours = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
const paint =
  (code: number) =>
  (text: string): string =>
    colours ? `\x1b[${code}m${text}\x1b[0m` : text;
const bold = paint(1);
const dim = paint(2);
const red = paint(31);
const yellow = paint(33);
const green = paint(32);
const blue = paint(34);

/** Longest value of an output that is shown whole, in characters. */
const LONGEST = 120;

/** A heading between the parts of the demo. */
export function heading(text: string): void {
  console.log(`\n${bold(`━━ ${text} `.padEnd(78, "━"))}\n`);
}

/** A sentence of explanation. */
export function say(text: string): void {
  console.log(dim(text));
}

/** What is billed, which is what it is all about. */
export function bill(number: string, remark: string): void {
  console.log(`\n  ${bold(yellow(number))}  ${dim(remark)}`);
}

/** A block of code, indented, with an empty line after it. */
export function code(text: string): void {
  console.log(`${text.trimEnd().replaceAll(/^/gm, "    ")}\n`);
}

/** Shows a step's log line by line as GitHub does: groups with a marker, their content indented. */
export function logPrinter(): (line: LogLine) => void {
  let inGroup = false;
  return ({ kind, text }) => {
    if (kind === "group" || kind === "endgroup") {
      inGroup = kind === "group";
      if (inGroup) {
        console.log(`  ${bold(`▼ ${text}`)}`);
      }
      return;
    }
    const shown = {
      text,
      debug: dim(`##[debug]${text}`),
      error: red(`Error: ${text}`),
      warning: yellow(`Warning: ${text}`),
      notice: blue(`Notice: ${text}`),
    }[kind];
    console.log(`${inGroup ? "      " : "  "}${shown}`);
  };
}

/** The step's verdict and its annotations, as on the run's page. */
export function verdict(result: StepResult): void {
  const mark = result.exitCode === 0 ? green("✓ success") : red("✗ failure");
  console.log(`\n  ${mark} (exit code ${result.exitCode ?? `none, ${result.signal}`})`);
  if (result.annotations.length > 0) {
    console.log(`\n${bold("Annotations on the run's page")}`);
  }
  for (const { level, message, title } of result.annotations) {
    console.log(`  ${level === "error" ? red("✗") : yellow("!")} ${title ?? level}: ${message}`);
  }
}

/** The outputs that were set, secrets hidden and long values cut. */
export function outputs(result: StepResult): void {
  const masks = new Masks();
  for (const secret of result.masks) {
    masks.add(secret);
  }
  const set = Object.entries(result.outputs).filter(([, value]) => value !== "");
  const empty = Object.entries(result.outputs).filter(([, value]) => value === "");
  const width = Math.max(...set.map(([name]) => name.length));
  console.log(`\n${bold("Outputs")}`);
  for (const [name, value] of set) {
    const line = masks.hide(value).replaceAll("\n", "⏎");
    const cut =
      line.length > LONGEST
        ? `${line.slice(0, LONGEST)}${dim(` … (${value.length} characters)`)}`
        : line;
    console.log(`  ${name.padEnd(width)}  ${cut}`);
  }
  if (empty.length > 0) {
    console.log(dim(`  and empty: ${empty.map(([name]) => name).join(", ")}`));
  }
}

/** The Markdown that the step wrote into the job summary, if any. */
export function summary(result: StepResult): void {
  if (result.summary.trim() !== "") {
    console.log(`\n${bold("Job summary (Markdown)")}`);
    code(result.summary);
  }
}
