/** What a red step says, whatever its words are: bounded, titled, with a code and where to read on. */
import type { Entry } from "../../support/simulated/runner.ts";
import { isCut } from "../evidence.ts";
import type { Played } from "../play.ts";
import { printed, type Reading } from "../reading.ts";
import { hiddenIn } from "../searches.ts";

/** What GitHub shows of an annotation, in characters, and takes as a job summary, in bytes. */
const MOST_OF_ANNOTATION = 4_096;
const MOST_OF_SUMMARY = 1_048_576;
const MOST_OF_TITLE = 120;

const ENDS = /\nError code: (\S+)\nhttps:\/\/\S+\/docs\/operations\.md#([a-z0-9_-]+)$/;
const CANCELLED = /\nhttps:\/\/\S+\/docs\/operations\.md#cancelled$/;

export function* words(reading: Reading): Generator<string> {
  const { main, run } = reading;
  for (const one of [main, ...run.posts]) {
    for (const error of annotationsOf(one)) {
      for (const what of misshapen(error)) yield `${one.kind}: ${what}: ${error.text.slice(-200)}`;
    }
    if (Buffer.byteLength(one.runner.markdown) >= MOST_OF_SUMMARY) {
      yield `${one.kind}: a summary that GitHub does not take`;
    }
  }
  yield* told(reading);
  yield* existence(reading);
}

function annotationsOf({ runner }: Played): Entry[] {
  return runner.entries.filter(({ kind }) => kind === "error");
}

function* misshapen({ text, title = "" }: Entry): Generator<string> {
  if (text.length > MOST_OF_ANNOTATION) yield `an annotation of ${text.length} characters`;
  if (title === "" || title.length > MOST_OF_TITLE || title.includes("\n")) yield "no fit title";
  const [, code, anchor] = ENDS.exec(text) ?? [];
  if (code === undefined) {
    if (!CANCELLED.test(text)) yield "an annotation without code and link at its end";
  } else if (!anchorsOf(code).includes(anchor ?? "")) yield `#${anchor} for ${code}`;
}

/** The API's codes and statuses are many: those without a section of their own share one. */
function anchorsOf(code: string): string[] {
  const own = code.toLowerCase();
  if (code.startsWith("ERR-")) return [own, "other-err-codes"];
  return code.startsWith("HTTP-") ? [own, `${own.slice(0, "http-n".length)}xx`] : [own];
}

/** The outputs and the summary tell what the annotation does. */
function* told({ main }: Reading): Generator<string> {
  if (main.exitCode === null) return;
  const { outputs, markdown } = main.runner;
  const { error_code: code = "", error_message: message = "" } = outputs;
  if ((code === "") !== (message === "")) yield `error_code "${code}", error_message "${message}"`;
  const [error] = annotationsOf(main);
  if (code === "" || error === undefined) return;
  const [, shown] = ENDS.exec(error.text) ?? [];
  if (shown !== code) yield `the annotation says ${shown}, error_code ${code}`;
  if (error.text.replace(/\n[^\n]*$/, "") !== message) yield "error_message is another text";
  if (!markdown.includes(code.replaceAll("_", "&#95;"))) yield "the summary lacks the code";
}

/** Nobody reads that nothing was created, or does not read what was. */
function* existence(reading: Reading): Generator<string> {
  const { main, made, entries, baseline } = reading;
  const [error] = annotationsOf(main);
  if (error === undefined) return;
  const known = made.length - hiddenIn(reading).length;
  if (/nothing was created/i.test(error.text) && known > 0) {
    yield `"nothing was created", and ${known} were`;
  }
  // A dead one that counts is the failure of a run that came to its end, and of no other.
  const isOld = (uuid: string) => (baseline ?? []).some((row) => row.uuid === uuid);
  const cancelled = main.runner.outputs.outcome === "cancelled";
  const log = printed(main);
  for (const { outcome, vm_uuid: uuid, status, error: words } of entries) {
    const gone = status === "deleted" || outcome === "existing";
    if (typeof uuid !== "string" || gone || names(error.text, uuid)) continue;
    // A rejected key says nothing of what was there before.
    const isAboutKey = /HTTP 40[13]\b/.test(String(words));
    if ((cancelled || isAboutKey) && isOld(uuid)) continue;
    if (!isCut(error.text) || !names(log, uuid)) yield `${uuid} is neither named nor counted`;
  }
}

/** As it is, or in the address of its page. */
function names(text: string, uuid: string): boolean {
  return text.includes(uuid) || text.includes(uuid.replaceAll("-", ""));
}
