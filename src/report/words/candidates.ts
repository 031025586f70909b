/** CVMs that may be the replica of a lost answer, in words. */
import type { Cvm } from "../../phala/cvm.ts";
import { oneLine } from "../../text/clean.ts";
import { dashboardUrl } from "../../text/links.ts";

/** Candidates that can't be told apart, each with its link. */
export function candidates(
  cvms: readonly Cvm[],
  slug: string | null,
  appId: string,
): readonly string[] {
  return cvms.map((cvm) => {
    const name = oneLine(cvm.name ?? "unnamed", 80);
    const uuid = cvm.vmUuid;
    return uuid === null
      ? `${name} (id ${oneLine(String(cvm.id), 80)})`
      : `${name} (${uuid}, ${dashboardUrl(slug, appId, uuid)})`;
  });
}

/** More than this helps nobody to choose; the app's page has them all. */
const MOST_CANDIDATES = 20;

/** The same in one line. */
export function candidateList(cvms: readonly Cvm[], slug: string | null, appId: string): string {
  const more = cvms.length > MOST_CANDIDATES ? ` and ${cvms.length - MOST_CANDIDATES} more` : "";
  return candidates(cvms.slice(0, MOST_CANDIDATES), slug, appId).join("; ") + more;
}
