/** The parts that all words about what went wrong are made of. */
import { codeOfFault } from "../../ledger/code.ts";
import type { Fault } from "../../net/fault.ts";
import type { GaveUp } from "../../net/persist.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { adviceForAnswer, adviceForNetwork } from "../words/advice.ts";
import type { ErrorCode } from "../words/error-code.ts";
import { reasonOf, withoutEnd } from "../words/reason.ts";

/** Something that turns the step red, in the words of the annotation. */
export interface Failure {
  /** The output `error_code`. */
  readonly code: ErrorCode;
  /** Whole sentences: what was tried, what came, what to do next. One line. */
  readonly text: string;
  /** What the text speaks of, one by one (inputs, candidates); the annotation shows what has room. */
  readonly list?: readonly string[];
}

/** `ERR-…`, `HTTP-nnn`, `NETWORK` or `TIMEOUT`. */
export function codeOf(fault: Fault): ErrorCode {
  // The reader of answers lets nothing else through.
  return codeOfFault(fault) as ErrorCode;
}

/** A failed request. @param what what was tried: "list the app's CVMs" */
export function requestFailure(what: string, fault: Fault, gaveUp: GaveUp | null = null): Failure {
  return { code: codeOf(fault), text: `${troubleOf(what, fault, gaveUp)} ${adviceOf(fault)}` };
}

/** What was tried, and what came instead of success: whole sentences, without advice. */
export function troubleOf(what: string, fault: Fault, gaveUp: GaveUp | null): string {
  return `Could not ${what}: ${reasonOf(fault)}.${gaveUpText(gaveUp)}`;
}

/** What to do about it. */
export function adviceOf(fault: Fault): string {
  if (fault.kind === "network") return adviceForNetwork(fault);
  if (fault.kind === "unreadable") {
    const page = fault.page ? " It may lead to a proxy's login page." : "";
    return `Check that api_url is the address of the Phala Cloud API.${page}`;
  }
  const own = adviceForAnswer(fault);
  const suggestions = fault.suggestions.map((text) => withoutEnd(oneLine(text, 200)));
  const links = fault.links.map((url) => oneLine(url, 200));
  const said = suggestions.length > 0 ? ` The API suggests: ${suggestions.join("; ")}.` : "";
  return `${own}${said}${links.length > 0 ? ` See ${links.join(" , ")}` : ""}`;
}

function gaveUpText(gaveUp: GaveUp | null): string {
  if (gaveUp === null) return "";
  if (gaveUp.because === "asked-too-long") {
    return ` The server asks to wait ${duration(gaveUp.askedMs)}, which is longer than this step waits.`;
  }
  return gaveUp.tries === 1 ? "" : ` Given up after ${gaveUp.tries} tries.`;
}

/** All bad inputs together. */
export function inputFailure(faults: readonly string[]): Failure {
  const [only = "", ...more] = faults.map((fault) => oneLine(fault));
  if (more.length === 0)
    return { code: "INPUT", text: `An input is wrong; nothing was sent: ${only}` };
  const text = `${faults.length} inputs are wrong; nothing was sent. Correct them all:`;
  return { code: "INPUT", text, list: [only, ...more] };
}
