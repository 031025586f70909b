import { isUnsure } from "../../ledger/code.ts";
import type { CleanupMode } from "../../ledger/fact.ts";
import { exists, isBilled, type Replica } from "../../ledger/replica.ts";
import { nameOf, uuidOf } from "../../ledger/who.ts";
import { NOTHING_SAID, type Words } from "../annotation/annotation.ts";
import { replicaUrl } from "./where.ts";

/** What the words about the bill depend on. */
export interface Bill {
  /** Of this run, not what was there before. */
  readonly replicas: readonly Replica[];
  readonly cleanup: CleanupMode;
  readonly workspaceSlug: string | null;
  readonly appId: string | null;
}

/**
 * What exists by now because of this run, and who ends it. For the end of an annotation, which is all that
 * an on-call may read.
 *
 * @param said the annotation so far: an address that stands there is not repeated
 */
export function billing({ replicas, cleanup, workspaceSlug, appId }: Bill, said: string): Words {
  const billed = replicas.filter(isBilled);
  if (billed.length === 0) return withoutAny(replicas);
  const lines = billed.map((replica) => {
    const uuid = uuidOf(replica);
    const url = replicaUrl(replica, workspaceSlug, appId);
    if (url === null) return `${nameOf(replica)} (no UUID)`;
    return `${nameOf(replica)} (${said.includes(url) ? uuid : `${uuid}, ${url}`})`;
  });
  const them = billed.length === 1 ? "it" : "them";
  const until = cleanup === "never" ? `somebody deletes ${them}` : `the post step deletes ${them}`;
  const text = `Created, and billed until ${until}:`;
  return lines.length === 1
    ? { text: `${text} ${lines[0]}.`, list: [] }
    : { text: `${text} ${lines.length} replicas.`, list: lines };
}

/** "Nothing was created" is said only where that is certain. */
function withoutAny(replicas: readonly Replica[]): Words {
  if (replicas.some(exists)) return NOTHING_SAID;
  const lost = replicas.filter(({ trouble }) => trouble === null || isUnsure(trouble));
  if (lost.length === 0) {
    return { text: "Nothing was created, so nothing more is billed than before.", list: [] };
  }
  const what = lost.length === 1 ? "the replica" : `the ${lost.length} replicas`;
  const requests = lost.length === 1 ? "request" : "requests";
  return {
    text: `Perhaps created and billed: ${what} of the ${requests} without an answer.`,
    list: [],
  };
}
