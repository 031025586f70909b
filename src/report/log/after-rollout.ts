/** What the post step of a rollout says, where main could not. */
import type { Replica } from "../../ledger/replica.ts";
import type { Cvm } from "../../phala/cvm.ts";
import { markdown, oneLine } from "../../text/clean.ts";
import { dashboardUrl } from "../../text/links.ts";
import { linked } from "../summary/table.ts";
import { whoText } from "../words/doing.ts";
import { shortHash } from "../words/update.ts";

export const NOTHING_TOUCHED = "The rollout touched no instance, so there is nothing to say.";

export function toldByMain(outcome: string): string {
  return `The rollout ended by itself (${oneLine(outcome, 40)}), and has said what became of it.`;
}

interface Place {
  readonly appId: string;
  readonly workspaceSlug: string | null;
  /** It waited for an approval on chain when it was ended. */
  readonly waited: boolean;
}

/** @param rows the app's CVMs now; null: they could not be read */
export function afterRollout(
  replicas: readonly Replica[],
  rows: readonly Cvm[] | null,
  { appId, workspaceSlug, waited }: Place,
): { readonly lines: readonly string[]; readonly warning: string; readonly summary: string } {
  const wanted = replicas.find(({ revision }) => revision !== null)?.revision?.to ?? null;
  const states = replicas.map((replica): Standing => {
    const { uuid } = replica.ident;
    const row = rows?.find(({ vmUuid }) => vmUuid === uuid && uuid !== null) ?? null;
    const url = uuid === null ? null : dashboardUrl(workspaceSlug, appId, uuid);
    return { replica, url, text: stateText(replica, row, rows !== null) };
  });
  const began = replicas.filter(({ revision }) => revision !== null).length;
  const next =
    "The same step run again goes on from what it finds: what has the revision is waited for and checked, the others are brought along.";
  const approval = waited
    ? " It waited for an approval on chain; once that is given, run it again."
    : "";
  const head = `The rollout to ${shortHash(wanted)} was ended in the middle: ${began} of ${replicas.length} instances had been begun.${approval}`;
  return {
    lines: states.map(({ replica, url, text }) => {
      const link = url === null ? "" : ` ${url}`;
      return `${whoText(replica.ident)}: ${text}${link}`;
    }),
    warning: `${head} ${next}`,
    summary: summaryOf(states, head, next),
  };
}

const MOST_LINES = 200;

interface Standing {
  readonly replica: Replica;
  /** Its page in the dashboard. */
  readonly url: string | null;
  readonly text: string;
}

/** As Markdown. */
function summaryOf(states: readonly Standing[], head: string, next: string): string {
  return [
    "### ⚠️ The rollout was ended in the middle",
    "",
    markdown(head),
    "",
    ...states.slice(0, MOST_LINES).map(({ replica: { ident }, url, text }) => {
      const name = linked(ident.name ?? ident.uuid ?? "unnamed", url);
      return `- ${name}: ${markdown(text, 200)}`;
    }),
    ...(states.length > MOST_LINES ? [`- … and ${states.length - MOST_LINES} more`] : []),
    "",
    markdown(next),
    "",
  ].join("\n");
}

function stateText({ revision }: Replica, row: Cvm | null, read: boolean): string {
  const did =
    revision === null
      ? "not begun by this step"
      : revision.back !== null
        ? `was being brought back to ${shortHash(revision.from)}`
        : revision.done
          ? "was updated"
          : "was being updated";
  if (!read) return `${did}; how it is now could not be read`;
  if (row === null) return `${did}; it is not in the app any more`;
  const status = oneLine(row.status, 40) || "not told";
  const busy = row.inProgress ? ", an operation in progress" : "";
  return `${did}; now: status ${status}${busy}, revision ${shortHash(row.composeHash)}`;
}
