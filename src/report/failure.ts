import type { Approval } from "../phala/approval.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { Fault } from "../phala/fault.ts";
import type { GaveUp } from "../phala/persist.ts";
import type { BootStatus } from "../phala/status.ts";
import { nameOf, type Replica, uuidOf } from "../replicas/record.ts";
import { adviceForAnswer, adviceForNetwork, networkReason } from "./advice.ts";
import { oneLine } from "./clean.ts";
import { dashboardUrl } from "./links.ts";
import { duration } from "./time.ts";

/** Something that turns the step red, in the words of the annotation. */
export interface Failure {
  /** The output `error_code`. */
  readonly code: string;
  /** Whole sentences: what was tried, what came, what to do next. One line. */
  readonly text: string;
}

/** `ERR-…`, `HTTP-nnn`, `NETWORK` or `TIMEOUT`. */
export function codeOf(fault: Fault): string {
  if (fault.kind === "network") return fault.network === "timeout" ? "TIMEOUT" : "NETWORK";
  if (fault.kind === "unreadable") return `HTTP-${fault.status}`;
  return fault.errorCode ?? `HTTP-${fault.status}`;
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
  return {
    code: codeOf(fault),
    text: `Could not ${what}: ${reasonOf(fault)}. ${gaveUpText(gaveUp)}${adviceOf(fault)}`,
  };
}

function adviceOf(fault: Fault): string {
  if (fault.kind === "network") return adviceForNetwork(fault);
  if (fault.kind === "unreadable")
    return "Check that api_url is the address of the Phala Cloud API.";
  const own = adviceForAnswer(fault);
  const suggestions = fault.suggestions.slice(0, 3).map((s) => withoutEnd(oneLine(s, 200)));
  const links = fault.links.slice(0, 2).map((link) => oneLine(link.url, 200));
  const said = suggestions.length > 0 ? ` The API suggests: ${suggestions.join("; ")}.` : "";
  return `${own}${said}${links.length > 0 ? ` See ${links.join(" , ")}` : ""}`;
}

function gaveUpText(gaveUp: GaveUp | null): string {
  if (gaveUp === null) return "";
  if (gaveUp.because === "asked-too-long") {
    return `The server asks to wait ${duration(gaveUp.askedMs)}, which is longer than this step waits. `;
  }
  return gaveUp.tries === 1 ? "" : `Given up after ${gaveUp.tries} tries. `;
}

/** All bad inputs together. */
export function inputFailure(faults: readonly string[]): Failure {
  const list = faults.map((fault) => oneLine(fault));
  const head = list.length === 1 ? "An input is wrong" : `${list.length} inputs are wrong`;
  return { code: "INPUT", text: `${head}; nothing was sent. ${list.join(" ")}` };
}

/** Inputs that don't fit what the API knows; found before any create request. */
export function misfitFailure(text: string): Failure {
  return { code: "INPUT", text: `${text} Nothing was created.` };
}

/** A 465 that nobody asked for: what must be registered, and where. */
export function approvalFailure(approval: Approval): Failure {
  return {
    code: "ERR-01-005",
    text: `The replica needs on-chain approval first; nothing was created. ${whatToRegister(approval)} Then commit: the approval outputs (compose_hash, device_id, commit_token and others) hold what is needed. A step with prepare_only: true asks for the approval without failing.`,
  };
}

/** A commit that came before its registration. */
export function notRegisteredFailure(approval: Approval): Failure {
  return {
    code: "ERR-01-005",
    text: `Could not commit the prepared replica: it is not registered on chain yet; nothing was created. ${whatToRegister(approval)} Then run this step again with the same commit_token (good for 14 days).`,
  };
}

/** What an approver has to register, in words. Never the token or the addresses that carry it. */
export function whatToRegister(approval: Approval): string {
  const status = approval.onchainStatus;
  const missing = [
    status?.compose_hash_allowed === true ? null : named("compose hash", approval.composeHash),
    status?.device_id_allowed === true ? null : named("device", approval.deviceId),
  ].filter((part) => part !== null);
  const contract =
    approval.appId === null ? "the app's contract" : `the contract ${hex(approval.appId)}`;
  const chain = approval.kmsInfo?.chain_id;
  const where =
    typeof chain === "number" || typeof chain === "string"
      ? ` on chain ${oneLine(String(chain), 30)}`
      : "";
  if (missing.length === 0) return `All seems registered in ${contract}${where} already.`;
  return `Register ${missing.join(" and ")} in ${contract}${where}.`;
}

function named(what: string, value: string | null): string {
  return value === null ? `the ${what}` : `the ${what} ${hex(value)}`;
}

function hex(value: string): string {
  return oneLine(value, 80);
}

/** The answer to a create request got lost and what became of it could not be told. */
export function ambiguousFailure(what: string, fault: Fault, sequel: string): Failure {
  return {
    code: "AMBIGUOUS",
    text: `It is not certain whether this step could ${what}: ${reasonOf(fault)}. The request was not sent again, because a second replica would be billed too. ${sequel}`,
  };
}

/** What the waiting knows when it ends badly. */
export interface Told {
  readonly last: BootStatus | null;
  readonly elapsedMs: number;
  readonly workspaceSlug: string | null;
  readonly appId: string;
}

/** A replica that came to nothing while booting. @param reason such as "it stopped" */
export function bootFailure(replica: Replica, reason: string, told: Told): Failure {
  return {
    code: "BOOT",
    text: `${nameOf(replica)} did not come up: ${reason} after ${duration(told.elapsedMs)}.${lastSeen(told)} ${whereToLook(replica, told)}`,
  };
}

/** The deadline came before the replica ran. */
export function timeoutFailure(replica: Replica, told: Told): Failure {
  const status =
    told.last === null ? "never seen in the app's list" : oneLine(told.last.status, 40);
  return {
    code: "TIMEOUT",
    text: `${nameOf(replica)} did not run within ${duration(told.elapsedMs)} (wait_timeout); its status is ${status || "unknown"}.${lastSeen(told)} It may still come up, and is billed. ${whereToLook(replica, told)}`,
  };
}

/** It runs, but its health check did not pass in time. @param problem the last thing that was wrong */
export function unhealthyFailure(replica: Replica, told: Told, problem: string | null): Failure {
  return {
    code: "UNHEALTHY",
    text: `${nameOf(replica)} runs, but was not healthy within ${duration(told.elapsedMs)} (wait_timeout): ${problem ?? "its health check got no answer"}. It is billed. ${whereToLook(replica, told)}`,
  };
}

function lastSeen({ last }: Told): string {
  const error = last?.bootError ? ` Boot error: ${withoutEnd(oneLine(last.bootError, 300))}.` : "";
  const phase = last?.bootProgress
    ? ` Last progress: ${withoutEnd(oneLine(last.bootProgress, 100))}.`
    : "";
  return error + phase;
}

function whereToLook(replica: Replica, told: Told): string {
  const uuid = uuidOf(replica);
  return uuid === null ? "" : `See ${dashboardUrl(told.workspaceSlug, told.appId, uuid)}`;
}

/** Candidates that can't be told apart, with their links. */
export function candidateList(cvms: readonly Cvm[], slug: string | null, appId: string): string {
  return cvms
    .map((cvm) => {
      const name = oneLine(cvm.name ?? "unnamed", 80);
      const uuid = cvm.vmUuid;
      return uuid === null
        ? `${name} (id ${oneLine(String(cvm.id), 80)})`
        : `${name} (${uuid}, ${dashboardUrl(slug, appId, uuid)})`;
    })
    .join("; ");
}

/** A bug of ours, in words that a user can pass on. */
export function internalFailure(error: unknown): Failure {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const text = oneLine(message.replace(/^(?:Error: )+/, ""), 300);
  return {
    // Not known what was done: the interface has no code of its own for a bug of ours.
    code: "AMBIGUOUS",
    text: `The action met an unexpected problem: ${text}. Re-run with debug logging to see where, and please report it.`,
  };
}

function withoutEnd(text: string): string {
  return text.replace(/[.\s]+$/, "");
}
