import { Unwritable } from "../../action/unwritable.ts";
import { nameOf, nodeOf, type Replica, uuidOf } from "../../fleet/record.ts";
import type { Fault } from "../../net/fault.ts";
import type { GaveUp } from "../../net/persist.ts";
import { isLate } from "../../net/transport.ts";
import type { Cvm } from "../../phala/cvm.ts";
import type { BootStatus } from "../../phala/status.ts";
import { oneLine } from "../../text/clean.ts";
import { duration, timeOfDay } from "../../text/duration.ts";
import { dashboardUrl } from "../../text/links.ts";
import { adviceForAnswer, adviceForNetwork, networkReason, WHAT_NEXT } from "../words/advice.ts";
import { candidates } from "../words/candidates.ts";
import type { ErrorCode } from "../words/error-code.ts";
import type { Words } from "./annotation.ts";

export { limitFailure, nameNotFree, takenFailure } from "./named.ts";

/** Something that turns the step red, in the words of the annotation. */
export interface Failure {
  /** The output `error_code`. */
  readonly code: ErrorCode;
  /** The waiting's own deadline ended it, and nothing else is known to be wrong. */
  readonly late?: true;
  /** Whether its request made a replica is not known for certain. */
  readonly unsure?: true;
  /** Whole sentences: what was tried, what came, what to do next. One line. */
  readonly text: string;
  /** What the text speaks of, one by one (inputs, candidates); the annotation shows what has room. */
  readonly list?: readonly string[];
}

/** `ERR-…`, `HTTP-nnn`, `NETWORK` or `TIMEOUT`. */
export function codeOf(fault: Fault): ErrorCode {
  if (fault.kind === "network") return isLate(fault.network) ? "TIMEOUT" : "NETWORK";
  if (fault.kind === "unreadable") return `HTTP-${fault.status}`;
  // The reader of answers lets nothing else through.
  return (fault.errorCode as `ERR-${string}` | null) ?? `HTTP-${fault.status}`;
}

/** What came instead of success, without what was tried and without advice. */
export function reasonOf(fault: Fault): string {
  if (fault.kind === "network") return networkReason(fault);
  const id = fault.requestId === null ? "" : `, request id ${oneLine(fault.requestId, 100)}`;
  if (fault.kind === "unreadable") return `HTTP ${fault.status} with ${fault.problem}${id}`;
  const code = fault.errorCode === null ? "" : ` ${fault.errorCode}`;
  const reason =
    fault.location !== null ? `a redirect to ${oneLine(fault.location, 200)}` : fault.reason;
  const said = reason === null ? "no reason given" : withoutEnd(oneLine(reason));
  return `HTTP ${fault.status}${code}: ${said}${id}`;
}

/** A failed request. @param what what was tried: "list the app's CVMs" */
export function requestFailure(what: string, fault: Fault, gaveUp: GaveUp | null = null): Failure {
  return { code: codeOf(fault), text: `${troubleOf(what, fault, gaveUp)} ${adviceOf(fault)}` };
}

/** As `requestFailure`, for a create that was certainly refused. */
export function refusedFailure(what: string, fault: Fault, gaveUp: GaveUp | null): Failure {
  const trouble = troubleOf(what, fault, gaveUp);
  return {
    code: codeOf(fault),
    text: `${trouble} This replica was not created. ${adviceOf(fault)}`,
  };
}

/** What was tried, and what came instead of success: whole sentences, without advice. */
export function troubleOf(what: string, fault: Fault, gaveUp: GaveUp | null): string {
  return `Could not ${what}: ${reasonOf(fault)}.${gaveUpText(gaveUp)}`;
}

function adviceOf(fault: Fault): string {
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
    return { code: "INPUT", text: `An input is wrong; nothing was sent. ${only}` };
  const text = `${faults.length} inputs are wrong; nothing was sent. Correct them all:`;
  return { code: "INPUT", text, list: [only, ...more] };
}

/** Inputs that don't fit what the API knows; found before any create request. */
export function misfitFailure(text: string): Failure {
  return { code: "INPUT", text };
}

/** A prepare that was answered by a replica: money was spent that nobody wanted to spend. */
export function createdAtPrepare(replica: Replica): Failure {
  return {
    code: "HTTP-200",
    text: `The API created ${nameOf(replica)} (${uuidOf(replica) ?? "no UUID"}) although prepare_only asked for an approval alone. Use it, or delete it.`,
  };
}

/** Its creation is certain, but not where it is. @param howToLook whole sentences */
export function createdUnseen(replica: Replica, howToLook: string): Failure {
  return {
    code: "AMBIGUOUS",
    text: `${nameOf(replica)} was created and is billed, but the API told no UUID, so this step can't follow it. ${howToLook}`,
  };
}

/** Why a lost answer is not searched for. @param howToLook whole sentences */
export function listUnknown(howToLook: string): string {
  return `The app's CVMs could not be listed before, so a new one can't be told from the old. ${howToLook}`;
}

/** The answer to a create request got lost and what became of it could not be told. */
export function ambiguousFailure(what: string, fault: Fault, sequel: string | Words): Failure {
  const { text, list } = wordsIn(sequel);
  return {
    code: "AMBIGUOUS",
    unsure: true,
    text: `It is unclear whether a replica was created. No usable answer to "${what}": ${reasonOf(fault)}. The request was not sent again, because a second replica would be billed too. ${text}`,
    list,
  };
}

/** What the waiting knows when it ends badly. */
export interface Told {
  readonly last: BootStatus | null;
  /** Why the looks of late failed; null: they did not. */
  readonly trouble: string | null;
  /** Not one look came through. */
  readonly neverRead: boolean;
  readonly elapsedMs: number;
  readonly workspaceSlug: string | null;
  readonly appId: string;
}

/** A replica that came to nothing while booting. @param reason such as "it stopped" */
export function bootFailure(replica: Replica, reason: string, told: Told): Failure {
  return {
    code: "BOOT",
    text: `${named(replica)} did not come up: ${reason} after ${duration(told.elapsedMs)}.${lastSeen(told)} ${replica.gone ? WHAT_NEXT.gone : WHAT_NEXT.boot} ${whereToLook(replica, told)}`,
  };
}

/** The deadline came before the replica ran. */
export function timeoutFailure(replica: Replica, told: Told): Failure {
  if (told.neverRead) return unreadFailure(replica, told);
  const state =
    told.last === null
      ? "no look has shown it, so it may have been deleted"
      : `its status is ${oneLine(told.last.status, 40) || "unknown"}`;
  return {
    code: "TIMEOUT",
    late: true,
    text: `${named(replica)} did not run within ${duration(told.elapsedMs)} (wait_timeout); ${state}.${lastSeen(told)} It may still come up. ${WHAT_NEXT.late} ${whereToLook(replica, told)}`,
  };
}

/** Nobody knows how it is doing: not one look came through from its creation on. */
function unreadFailure(replica: Replica, told: Told): Failure {
  const made = replica.times.made ?? null;
  const since = made === null ? "the waiting began" : `its creation (${timeOfDay(made)})`;
  const last = told.trouble === null ? "" : `; the last try: ${withoutEnd(told.trouble)}`;
  return {
    code: "TIMEOUT",
    late: true,
    text: `${named(replica)} could not be followed: the API could not be read since ${since}, for all of ${duration(told.elapsedMs)} (wait_timeout)${last}. The replica may be fine. ${whereToLook(replica, told)}`,
  };
}

/**
 * It runs, but its health check did not pass in time.
 *
 * @param url what was asked; null: nothing
 * @param problem the last thing that was wrong
 */
export function unhealthyFailure(
  replica: Replica,
  told: Told,
  url: string | null,
  problem: string | null,
): Failure {
  const asked = url === null ? "" : `, asked at ${oneLine(url, 500)}`;
  return {
    code: "UNHEALTHY",
    text: `${named(replica)} runs, but was not healthy within ${duration(told.elapsedMs)} (wait_timeout)${asked}: ${problem ?? "its health check got no answer"}. ${WHAT_NEXT.unhealthy} ${whereToLook(replica, told)}`,
  };
}

/** With its node, since the advice about a bad one is to name another. */
export function named(replica: Replica): string {
  const { name, id } = nodeOf(replica);
  const node = name === null ? id : oneLine(name, 80);
  return node === null ? nameOf(replica) : `${nameOf(replica)} on node ${node}`;
}

function lastSeen({ last, trouble }: Told): string {
  const error = last?.bootError ? ` Boot error: ${withoutEnd(oneLine(last.bootError, 300))}.` : "";
  const phase = last?.bootProgress
    ? ` Last progress: ${withoutEnd(oneLine(last.bootProgress, 100))}.`
    : "";
  const blind = trouble === null ? "" : ` The last looks failed: ${withoutEnd(trouble)}.`;
  return error + phase + blind;
}

export function whereToLook(replica: Replica, told: Told): string {
  const uuid = uuidOf(replica);
  return uuid === null ? "" : `See ${dashboardUrl(told.workspaceSlug, told.appId, uuid)}`;
}

/** A bug of ours, in words that a user can pass on, or the runner's own trouble. */
export function internalFailure(error: unknown): Failure {
  if (error instanceof Unwritable) return { code: "INTERNAL", text: unwritableText(error) };
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const text = oneLine(message.replace(/^(?:Error: )+/, ""), 300);
  return {
    code: "INTERNAL",
    text: `The action met an unexpected problem: ${text}. Re-run with debug logging to see where, and please report it.`,
  };
}

function unwritableText({ what, why }: Unwritable): string {
  const reason = withoutEnd(oneLine(why, 300));
  return what === "outputs"
    ? `The outputs could not be written: ${reason}. So later steps and jobs don't get them; the log has the ids. Check the runner's disk before you run it again.`
    : `The state for the post step could not be written: ${reason}. Without it the post step could not find what is created, so no further request was sent. Check the runner's disk, then run it again.`;
}

function wordsIn(sequel: string | Words): Words {
  return typeof sequel === "string" ? { text: sequel, list: [] } : sequel;
}

function withoutEnd(text: string): string {
  return text.replace(/[.\s]+$/, "");
}

/**
 * A create that the API refused, where the app could not be looked at since, or shows something new.
 *
 * @param sequel whole sentences: what was seen, and what to do about it
 */
export function unsureRefusal(
  what: string,
  fault: Fault,
  gaveUp: GaveUp | null,
  { text: more, list }: Words,
): Failure {
  const text = `${troubleOf(what, fault, gaveUp)} ${adviceOf(fault)} ${more}`;
  return { code: codeOf(fault), unsure: true, text, list };
}

/** An instance that counts toward `instances`, is billed, and does not run. */
export function deadFailure(cvm: Cvm, slug: string | null, appId: string): Failure {
  const status = oneLine(cvm.status, 40);
  const [named] = candidates([cvm], slug, appId);
  return {
    code: "DEAD",
    text: `${named} does not run (status ${status}), is billed and counts toward instances, so none was created in its place. Delete it or bring it up again, then run this step again.`,
  };
}
