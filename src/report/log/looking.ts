/** What is said of the look at the app, before anything is paid and after all is done. */
import type { Note } from "../../ledger/fact.ts";
import { oneLine } from "../../text/clean.ts";
import { appUrl } from "../../text/links.ts";
import { candidateList } from "../words/candidates.ts";
import { reasonOf } from "../words/reason.ts";
import { info, type LogLine, type Place, warning } from "./line.ts";

type Of<N extends Note["note"]> = Extract<Note, { note: N }>;

/** Null: it is told elsewhere. */
export function lookingLine(note: Note, place: Place): LogLine | null {
  switch (note.note) {
    case "source":
      return info(sourceText(note));
    case "instances":
      return info(instancesText(note));
    case "names":
      return info(namesText(note));
    case "list-unreadable":
      return warning(
        `The app's CVMs can't be listed: ${reasonOf(note.fault)}. Going on without; should the answer to a create request get lost, it can't be told whether the replica exists.`,
      );
    case "too-many":
      return warning(tooMany(note, place));
    case "not-looked-again":
      return info(
        `Whether another job created instances at the same time is not known: the app's CVMs can't be listed: ${reasonOf(note.fault)}.`,
      );
    default:
      return null;
  }
}

/** The source as the look showed it. */
function sourceText({ cvm, live }: Of<"source">): string {
  const node = cvm.nodeName === null ? "" : ` on node ${oneLine(cvm.nodeName, 80)}`;
  const others = live === 1 ? "1 live instance" : `${live} live instances`;
  return `Source: ${oneLine(cvm.name ?? "unnamed", 80)} (${cvm.vmUuid}), ${oneLine(cvm.status || "unknown", 40)}${node}; the app has ${others}.`;
}

function instancesText({ live, dead, wanted, missing }: Of<"instances">): string {
  const there = `${live} live${dead === 0 ? "" : ` and ${dead} dead`} of ${wanted} asked for`;
  return missing === 0 ? `${there}: nothing to create.` : `${there}: ${missing} to create.`;
}

function namesText({ standing, wanted }: Of<"names">): string {
  const there = `Of the names, ${standing} of ${standing + wanted} there already`;
  return wanted === 0 ? `${there}: nothing to create.` : `${there}: ${wanted} to create.`;
}

/** More instances than were asked for. */
function tooMany({ counted, others, wanted }: Of<"too-many">, place: Place): string {
  const { workspaceSlug: slug } = place;
  const appId = place.appId ?? "";
  const which =
    others.length === 0
      ? `Look at ${appUrl(slug, appId)}`
      : `These came while this step ran, and not from it: ${candidateList(others, slug, appId)}.`;
  return `${counted} instances of the app count by now, ${wanted} were asked for: another job may have created some at the same time. Each is billed; delete what is not wanted. ${which}`;
}
