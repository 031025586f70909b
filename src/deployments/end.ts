import { mainOf } from "../ledger/code.ts";
import type { CleanupMode } from "../ledger/fact.ts";
import type { Replica } from "../ledger/replica.ts";
import type { Trouble } from "../ledger/trouble.ts";
import type { Fault } from "../net/fault.ts";
import { oneLine } from "../text/clean.ts";
import { webUrl } from "../text/url.ts";

/** The rules of what is told to GitHub about a replica, apart from all I/O. */

/** How a deployment ended. */
export interface DeploymentEnd {
  readonly state: "success" | "failure" | "error";
  /** Whole; it is cut where it is sent. */
  readonly description: string;
  /** Where the replica answers; null where that is not known. */
  readonly environmentUrl: string | null;
}

/** GitHub takes no more for a status, in characters (REST reference, "Create a deployment status"). */
const MAX_DESCRIPTION = 140;

/** The end of a run that was cancelled or killed before the replica was seen to run. */
export const UNSEEN: DeploymentEnd = {
  state: "error",
  description: "The step ended before this replica was seen to run.",
  environmentUrl: null,
};

/**
 * How the deployment of a replica ended, or null while nobody can say: the run was cancelled first.
 *
 * @param asked what the run waited for
 * @param describe the words of what went wrong
 */
export function endOf(
  replica: Replica,
  asked: { readonly wait: boolean; readonly healthCheck: string | null },
  describe: (trouble: Trouble, replica: Replica) => string,
): DeploymentEnd | null {
  const environmentUrl = replica.cvm?.instanceUrl ?? null;
  const { trouble, times } = replica;
  if (trouble !== null) {
    const description = describe(trouble, replica);
    return { state: stateOf(trouble), description, environmentUrl: null };
  }
  if (replica.origin === "none") return null;
  if (!asked.wait) {
    return {
      state: "success",
      description: "Created; its boot was not waited for.",
      environmentUrl,
    };
  }
  if (asked.healthCheck === null) {
    if (times.running === undefined) return null;
    return { state: "success", description: "The replica runs.", environmentUrl };
  }
  if (times.healthy === undefined) return null;
  return { state: "success", description: "The replica runs and is healthy.", environmentUrl };
}

/** `failure`: the platform or the replica said no; `error`: something else came between. */
export function stateOf(trouble: Trouble): "failure" | "error" {
  const main = mainOf(trouble);
  switch (main.kind) {
    case "boot":
    case "late":
    case "unhealthy":
    case "name-not-free":
    case "ttl-past":
    case "inputs":
    case "misfit":
    case "approval":
    case "unapproved":
      return "failure";
    case "request":
    case "refused":
    case "approval-unread":
      return saysNo(main.fault) ? "failure" : "error";
    default:
      return "error";
  }
}

/** The answer was the API's own no, or none came in time. */
function saysNo(fault: Fault): boolean {
  if (fault.kind === "network") return ["timeout", "connect-timeout"].includes(fault.network);
  if (fault.kind === "answer" && fault.errorCode !== null) return true;
  return fault.status >= 400 && fault.status < 500;
}

/** GitHub shows a transient environment as destroyed, not as inactive, when its replica is gone. */
export function isTransient({
  cleanup,
  ttlMs,
}: {
  readonly cleanup: CleanupMode;
  readonly ttlMs: number | null;
}): boolean {
  return cleanup === "always" || ttlMs !== null;
}

/** One line that fits, without secrets: they are taken out while they are still whole. */
export function description(text: string, redact: (text: string) => string): string {
  return oneLine(redact(text), MAX_DESCRIPTION);
}

/** An address that can be given to everybody; null for all that is none, or that holds a secret. */
export function publicUrl(text: string | null, redact: (text: string) => string): string | null {
  const url = webUrl(text);
  return url !== null && redact(url.href) === url.href ? url.href : null;
}
