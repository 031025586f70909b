/** What is said of instances that are not verified. */
import type { Attested } from "../../ledger/attested.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import { oneLine } from "../../text/clean.ts";
import { dashboardUrl } from "../../text/links.ts";
import { whyUnverified } from "../words/attested.ts";
import type { Words } from "./annotation.ts";

/** Where the app is to be seen. */
interface Place {
  readonly workspaceSlug: string | null;
  readonly appId: string | null;
}

type Unverified = Omit<Extract<Trouble, { kind: "unverified" }>, "kind">;

type UnverifiedSource = Omit<Extract<Trouble, { kind: "unverified-source" }>, "kind">;

/** The source that replicas were to equal; found before anything was sent that creates. */
export function sourceUnverifiedText({ entry, counts }: UnverifiedSource, place: Place): string {
  const why = counts
    ? "It counts as one that is there, and with it this step could not be green"
    : "A replica can't be held against it";
  return `The source, ${sentenceOf(entry, place)} ${why}, so none was asked for.`;
}

/** One instance in full, several as a line each. */
export function unverifiedWords({ entries, of, source }: Unverified, place: Place): Words {
  const [only] = entries;
  if (only === undefined) return { text: "The source could not be verified.", list: [] };
  if (source) {
    return {
      text: `The source, ${sentenceOf(only, place)} So nothing could be compared with it.`,
      list: entries.slice(1).map((entry) => sentenceOf(entry, place)),
    };
  }
  if (of === 1) return { text: sentenceOf(only, place), list: [] };
  const list = entries.map((entry) => sentenceOf(entry, place));
  return { text: `${entries.length} of ${of} instances are not verified.`, list };
}

/** `web-2 (uuid) is not verified: … What to do. See …` */
function sentenceOf(entry: Attested, { workspaceSlug, appId }: Place): string {
  const { what, advice } = whyUnverified(entry);
  const name = oneLine(entry.name ?? "unnamed", 80);
  const see = dashboardUrl(workspaceSlug, appId, entry.vm_uuid);
  return `${name} (${entry.vm_uuid}) is not verified, by ${what}. ${advice} See ${see}`;
}
