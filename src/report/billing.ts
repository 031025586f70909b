import type { CleanupMode } from "../inputs/types.ts";
import { isBilled, nameOf, type Replica, uuidOf } from "../replicas/record.ts";
import { replicaUrl } from "./links.ts";

/** More than this an annotation does not list; the outputs do. */
const MOST_NAMED = 10;

/**
 * What exists by now because of this run, and who ends it; empty where nothing does. For the end of an
 * annotation, which is all that an on-call may read.
 *
 * @param said the annotation so far: an address that stands there is not repeated
 */
export function billing(
  replicas: readonly Replica[],
  cleanup: CleanupMode,
  { slug, appId }: { readonly slug: string | null; readonly appId: string | null },
  said: string,
): string {
  const billed = replicas.filter(isBilled);
  if (billed.length === 0) return "";
  const named = billed.slice(0, MOST_NAMED).map((replica) => {
    const uuid = uuidOf(replica);
    const url = replicaUrl(replica, slug, appId);
    if (url === null) return `${nameOf(replica)} (no UUID)`;
    return `${nameOf(replica)} (${said.includes(url) ? uuid : `${uuid}, ${url}`})`;
  });
  const more = billed.length > named.length ? ` and ${billed.length - named.length} more` : "";
  const them = billed.length === 1 ? "it" : "them";
  const until = cleanup === "never" ? `somebody deletes ${them}` : `the post step deletes ${them}`;
  return `Created, and billed until ${until}: ${named.join(", ")}${more}.`;
}
