/** CVMs that may be the replica of a lost answer, in words. */
import type { Ident } from "../../ledger/terms.ts";
import { oneLine } from "../../text/clean.ts";
import { dashboardUrl } from "../../text/links.ts";

type Candidate = Pick<Ident, "name" | "uuid" | "id">;

/** Candidates that can't be told apart, each with its link. */
export function candidates(
  cvms: readonly Candidate[],
  slug: string | null,
  appId: string,
): readonly string[] {
  return cvms.map(({ name: told, uuid, id }) => {
    const name = oneLine(told ?? "unnamed", 80);
    return uuid === null
      ? `${name} (id ${oneLine(String(id), 80)})`
      : `${name} (${uuid}, ${dashboardUrl(slug, appId, uuid)})`;
  });
}

/** More than this helps nobody to choose; the app's page has them all. */
const MOST_CANDIDATES = 20;

/** The same in one line. */
export function candidateList(
  cvms: readonly Candidate[],
  slug: string | null,
  appId: string,
): string {
  const more = cvms.length > MOST_CANDIDATES ? ` and ${cvms.length - MOST_CANDIDATES} more` : "";
  return candidates(cvms.slice(0, MOST_CANDIDATES), slug, appId).join("; ") + more;
}
