import type { Replica } from "../fleet/record.ts";
import type { Inputs } from "../inputs/types.ts";
import type { Failure } from "../report/annotation/failure.ts";
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
export const MAX_DESCRIPTION = 140;

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
 */
export function endOf(
  replica: Replica,
  asked: Pick<Inputs, "wait" | "healthCheck">,
): DeploymentEnd | null {
  const environmentUrl = replica.cvm?.instanceUrl ?? null;
  const { failure, times } = replica;
  if (failure !== null) {
    return { state: stateOf(failure), description: failure.text, environmentUrl: null };
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
export function stateOf({ code }: Pick<Failure, "code">): "failure" | "error" {
  return /^(?:BOOT|UNHEALTHY|TIMEOUT|INPUT|ERR-.*|HTTP-4\d\d)$/.test(code) ? "failure" : "error";
}

/** GitHub shows a transient environment as destroyed, not as inactive, when its replica is gone. */
export function isTransient({ cleanup, ttlMs }: Pick<Inputs, "cleanup" | "ttlMs">): boolean {
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
