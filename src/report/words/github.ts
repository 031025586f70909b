import type { Fault } from "../../net/fault.ts";
import type { GaveUp } from "../../net/persist.ts";
import { duration } from "../../text/duration.ts";
import { reasonOf } from "./reason.ts";

const PERMISSION =
  "The job's token may not write deployments: give the job `permissions: deployments: write`. (Runs for pull requests from forks and from Dependabot get a token that only reads, whatever the job asks for.)";

/**
 * A warning in whole sentences: what was tried, what came, what to do.
 *
 * @param what what was tried: "set the state of GitHub deployment 7"
 * @param end the last sentence: what it means for the CVMs
 */
export function explain(
  what: string,
  fault: Fault,
  gaveUp: GaveUp | null,
  end = "The replicas are not affected.",
): string {
  const sentences = [
    `Could not ${what}: ${reasonOf(fault)}.`,
    gaveUpText(gaveUp),
    adviceFor(fault, gaveUp),
    end,
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

function gaveUpText(gaveUp: GaveUp | null): string {
  if (gaveUp === null) return "";
  if (gaveUp.because === "asked-too-long") {
    return `GitHub asks to wait ${duration(gaveUp.askedMs)}, longer than this step waits for a record.`;
  }
  return gaveUp.tries === 1 ? "" : `Given up after ${gaveUp.tries} tries.`;
}

function adviceFor(fault: Fault, gaveUp: GaveUp | null): string {
  if (fault.kind === "unreadable") return "";
  if (fault.kind === "network") {
    if (fault.network === "certificate") {
      return "Give Node the certificate of the server, or of a proxy that opens TLS, by NODE_EXTRA_CA_CERTS.";
    }
    if (fault.network === "proxy") return "Check https_proxy and no_proxy.";
    return "Check the runner's way to the GitHub API (network, DNS, firewall).";
  }
  if (fault.status === 401) {
    return "Leave github_token out, so that the job's own token is used, or give a valid one of this GitHub server.";
  }
  if (fault.status === 403) return gaveUp === null && fault.retryAfter === null ? PERMISSION : "";
  if (fault.status === 404) {
    return `The token does not see this repository or this deployment. ${PERMISSION}`;
  }
  if (fault.status === 422) return "Check deployment_environment.";
  return "";
}
