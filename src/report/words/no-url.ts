/** Why a replica has no URL of its own. */
import type { Ident, NoUrl } from "../../ledger/terms.ts";
import { oneLine } from "../../text/clean.ts";
import { dashboardUrl } from "../../text/links.ts";
import { reasonOf } from "./reason.ts";

/** Green all the same: it runs, and that is what was asked for. */
export function noUrlWarning(
  why: NoUrl,
  { name, uuid }: Ident,
  {
    workspaceSlug,
    appId,
  }: { readonly workspaceSlug: string | null; readonly appId: string | null },
): string {
  const see = uuid === null ? "" : `See ${dashboardUrl(workspaceSlug, appId, uuid)}`;
  return `NO_URL: ${oneLine(name ?? "unnamed", 80)} runs, but no URL that reaches it alone was to be had in time, so the output instance_url is empty: ${whyNoUrl(why)}. ${see}`;
}

/** Part of a sentence. */
export function whyNoUrl({ lacks, fault }: NoUrl): string {
  const reason = fault === null ? null : reasonOf(fault);
  const last = reason === null ? "" : ` (the last read failed: ${reason})`;
  switch (lacks) {
    case "row":
      return `its row could not be read${reason === null ? "" : ` (${reason})`}`;
    case "instance-id":
      return `neither the API nor the replica's event log tells its instance id${last}`;
    case "endpoint":
      return `the API lists no endpoint of it${last}`;
    case "gateway":
      return "what the API tells of its gateway does not give one";
  }
}

/** Part of a sentence: the port that was asked for is none of those that it has. */
export function noPort({
  port,
  ports,
}: {
  readonly port: number;
  readonly ports: readonly (number | null)[];
}): string {
  const known = ports.filter((one) => one !== null);
  const list = known.length === 0 ? "none that its addresses tell" : known.join(", ");
  return `has no endpoint on port ${port}; there are: ${list}`;
}
