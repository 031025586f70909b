/** What the post step of a delete that was cut short says. */
import type { Replica } from "../../ledger/replica.ts";
import { code, markdown } from "../../text/clean.ts";
import { dashboardUrl } from "../../text/links.ts";
import { whoText } from "../words/doing.ts";

/** One that was to be deleted, and whether it is there. */
export interface AfterDelete {
  readonly replica: Replica;
  readonly is: "gone" | "there" | "unknown";
}

interface Place {
  readonly appId: string;
  readonly workspaceSlug: string | null;
}

export const NOTHING_ASKED =
  "No deletion was asked for by the main step, so there is nothing to say.";

export function toldByMain(outcome: string): string {
  return `The main step has told how it ended (${outcome}).`;
}

/** In the log, as one warning, and in the job summary. */
export function afterDelete(
  fates: readonly AfterDelete[],
  place: Place,
): {
  readonly lines: readonly string[];
  readonly warning: string | null;
  readonly summary: string;
} {
  const gone = fates.filter(({ is }) => is === "gone");
  const left = fates.filter(({ is }) => is !== "gone");
  const lines = [...gone, ...left].map(
    ({ replica, is }) => `${whoText(replica.ident)}: ${wordsOf(replica, is)}.`,
  );
  const links = left.slice(0, 10).map(({ replica: { ident } }) => {
    const url =
      ident.uuid === null ? "" : ` ${dashboardUrl(place.workspaceSlug, place.appId, ident.uuid)}`;
    return `\n- ${whoText(ident)}${url}`;
  });
  const more =
    left.length > links.length ? `\n- … and ${left.length - links.length} more, in the log` : "";
  const warning =
    left.length === 0
      ? null
      : `The step was cut short. Certainly gone: ${gone.length} of ${fates.length}. Not gone for certain, and billed while it is there: ${left.length}. Run the step again: what is gone stays gone.${links.join("")}${more}`;
  return { lines, warning, summary: summaryOf(fates) };
}

function wordsOf({ fate }: Replica, is: AfterDelete["is"]): string {
  if (is === "gone") return "certainly gone";
  const asked = fate === "going" ? "its deletion was asked for" : "its deletion was not asked for";
  return is === "there"
    ? `there still, ${asked}`
    : `whether it is gone could not be seen, ${asked}`;
}

function summaryOf(fates: readonly AfterDelete[]): string {
  const rows = fates.slice(0, 200).map(({ replica, is }) => {
    const { name, uuid } = replica.ident;
    return `| ${code(name ?? "unnamed", 80)} | ${uuid === null ? "–" : code(uuid, 80)} | ${markdown(wordsOf(replica, is), 200)} |`;
  });
  const head = [
    "### After a deletion that was cut short",
    "",
    "| CVM | UUID | What is known |",
    "| --- | --- | --- |",
  ];
  return `${[...head, ...rows].join("\n")}\n`;
}
