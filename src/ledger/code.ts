/** What follows from a trouble by its kind alone: its code, and the rules of more than one command. */
import type { Fault } from "../net/fault.ts";
import { APPROVAL_CODE } from "../phala/codes.ts";
import type { Trouble, UpdateEnd } from "./trouble.ts";

/** `ERR-…`, `HTTP-nnn`, `NETWORK` or `TIMEOUT`. */
export function codeOfFault(fault: Fault): string {
  if (fault.kind === "network") return isLateFault(fault) ? "TIMEOUT" : "NETWORK";
  if (fault.kind === "unreadable") return `HTTP-${fault.status}`;
  return fault.errorCode ?? `HTTP-${fault.status}`;
}

/** Whether the deadline ended it, wherever it met the request. */
function isLateFault(fault: Fault): boolean {
  return fault.kind === "network" && ["timeout", "connect-timeout"].includes(fault.network);
}

/** The output `error_code`; empty for what is no failure of its own. */
export function codeOf(trouble: Trouble): string {
  switch (trouble.kind) {
    case "inputs":
    case "misfit":
    case "github":
    case "no-key":
      return "INPUT";
    case "request":
    case "refused":
    case "approval-unread":
      return codeOfFault(trouble.fault);
    case "ambiguous":
    case "unseen":
    case "no-uuid":
    case "untold":
    case "unsearched":
    case "missing":
    case "unproven":
      return "AMBIGUOUS";
    case "made-by-prepare":
      return "HTTP-200";
    case "approval":
    case "unapproved":
      return APPROVAL_CODE;
    case "rejected":
      return "REJECTED";
    case "chain":
      return "CHAIN";
    case "taken":
      return "TAKEN";
    case "boot":
      return "BOOT";
    case "late":
    case "name-not-free":
    case "ttl-past":
    case "out-of-time":
      return "TIMEOUT";
    case "unhealthy":
      return "UNHEALTHY";
    case "no-url":
    case "no-port":
      return "NO_URL";
    case "mismatch":
      return "MISMATCH";
    case "dead":
      return "DEAD";
    case "not-asked":
      return "";
    case "limit":
      return "LIMIT";
    case "not-found":
      return "NOT_FOUND";
    case "kept":
      return "KEPT";
    case "update":
      return codeOfUpdate(trouble.end);
    case "survived":
      return trouble.fault === null ? "TIMEOUT" : codeOfFault(trouble.fault);
    case "unverified":
    case "unverified-source":
      return "UNVERIFIED";
    case "internal":
      return "INTERNAL";
    case "both":
      return codeOf(mainOf(trouble));
  }
}

function codeOfUpdate(end: UpdateEnd): string {
  switch (end.why) {
    case "refused":
    case "unsettled":
      return codeOfFault(end.fault);
    case "status":
    case "vanished":
      return "BOOT";
    case "late":
      return "TIMEOUT";
    case "unhealthy":
      return "UNHEALTHY";
    case "no-url":
    case "no-port":
      return "NO_URL";
    case "unverified":
      return "UNVERIFIED";
    case "overtaken":
      return "MISMATCH";
    case "no-revision":
      return "NOT_FOUND";
  }
}

/** Of two, the first that is a reason to act. */
export function mainOf(trouble: Trouble): Trouble {
  if (trouble.kind !== "both") return trouble;
  return isOwn(trouble.first) ? mainOf(trouble.first) : trouble.ttl;
}

/**
 * Whether it says something against what a run made; a running replica without a URL and an instance that had
 * failed before do not.
 */
export function isOwn(trouble: Trouble): boolean {
  return !["no-url", "no-port", "dead"].includes(mainOf(trouble).kind);
}

/** Whether its request may have made a replica all the same. */
export function isUnsure(trouble: Trouble): boolean {
  const main = mainOf(trouble);
  if (main.kind === "ambiguous") return true;
  if (main.kind === "refused") return main.searched !== null;
  return (main.kind === "taken" || main.kind === "name-not-free") && main.unsure;
}

/** Whether the waiting's own deadline ended it, and nothing else is known to be wrong. */
export function isLate(trouble: Trouble): boolean {
  return ["late", "name-not-free"].includes(mainOf(trouble).kind);
}

/** Whether the way on is to approve, then to commit. */
export function needsApproval(trouble: Trouble): boolean {
  return apiCodeOf(mainOf(trouble)) === APPROVAL_CODE;
}

/** What an answer to a create or a commit said; null: it was no such answer. */
export function apiCodeOf(trouble: Trouble | null): string | null {
  if (trouble === null) return null;
  const { kind } = trouble;
  if (kind === "refused" || kind === "approval-unread") return codeOfFault(trouble.fault);
  return kind === "approval" || kind === "unapproved" ? APPROVAL_CODE : null;
}
