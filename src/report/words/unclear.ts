/** What to do where it is unclear whether a replica was created. */
import type { Rerun } from "../../ledger/terms.ts";
import type { Searched } from "../../ledger/trouble.ts";
import { duration } from "../../text/duration.ts";
import { appUrl } from "../../text/links.ts";
import type { Words } from "../annotation/annotation.ts";
import { candidates } from "./candidates.ts";

/** What the advice depends on. */
export interface Afterwards {
  readonly workspaceSlug: string | null;
  readonly appId: string;
  readonly rerun: Rerun;
}

/**
 * From then on nothing comes late any more. The API tells no such time; servers and what stands in front of
 * them give a request up within a few minutes, so this is well above.
 */
const LATE_MINUTES = 10;

/** @param why the time is needed: a clause */
export function howToLook(
  { workspaceSlug, appId, rerun }: Afterwards,
  why = "a request whose answer was lost may still be carried out",
): string {
  return `Wait ${LATE_MINUTES} minutes, since ${why}, then look at ${appUrl(workspaceSlug, appId)}. ${again(rerun)}`;
}

function again(rerun: Rerun): string {
  switch (rerun.kind) {
    case "instances":
      return `To run the step again after that, write instances: ${rerun.instances}, which counts what is there by then and creates only what is missing.`;
    case "names":
      return "The step can be run again as it is, at once: it looks for its names first, and asks only for what is not there.";
    case "token":
      return "The step can be run again with the same commit_token, which makes one replica at the most.";
    case "prepare":
      return "The step can be run again: a prepare is not meant to create anything.";
    case "blind":
      return "To run the step again after that, use instances with the number that the app shall have in the end: it counts what is there by then, and creates nothing while that can't be read. With count the step would create replicas anew.";
  }
}

/** What the search for a lost replica showed, and what to do about it. */
export function sequelOf(searched: Searched, afterwards: Afterwards): Words {
  const { workspaceSlug, appId } = afterwards;
  const list = candidates(seenIn(searched), workspaceSlug, appId);
  return { text: `${shownText(searched, list.length)} ${howToLook(afterwards)}`, list };
}

function shownText(searched: Searched, seen: number): string {
  switch (searched.found) {
    case "one-not-ours":
      return "One new CVM was seen and is not touched.";
    case "several":
      return `${seen} new CVMs fit, so none was adopted and none is touched. Delete what is not wanted.`;
    case "older":
      return `${seen === 1 ? "One new CVM fits, but is" : `${seen} new CVMs fit, but are`} older than the request by created_at: of another job, or a clock of the platform is off. None is touched. Delete what is not wanted.`;
    case "one-once":
      return "One new CVM was seen, but only once.";
    case "blind":
      return seen > 0
        ? "One new CVM was seen, but only once."
        : "The app's CVMs could not be listed since.";
    case "nothing":
      return `Nothing new was seen in the app for ${duration(searched.forMs)}.`;
    case "no-baseline":
      return "The app's CVMs could not be listed before, so a new one can't be told from the old.";
    case "cancelled":
      return "The step was cancelled before it could be looked for.";
  }
}

/**
 * Why it is not said of a refused request that it made nothing. The API's own no is as good as certain; what
 * is seen all the same is perhaps another job's, or something in between sent the request twice.
 */
export function doubtOf(
  searched: Searched,
  { workspaceSlug, appId }: Omit<Afterwards, "rerun">,
): Words {
  if (searched.found === "cancelled") {
    const text =
      "The step was cancelled before it could be made sure that nothing was made; the post step looks.";
    return { text, list: [] };
  }
  const seen = seenIn(searched);
  if (seen.length > 0) {
    const many =
      seen.length === 1 ? "one new CVM that fits is" : `${seen.length} new CVMs fit and are`;
    return {
      text: `Yet ${many} there: another job's, or of this request after all. None is touched, each is billed; delete what is not wanted.`,
      list: candidates(seen, workspaceSlug, appId),
    };
  }
  const when = searched.found === "no-baseline" ? "before the request" : "since";
  const text = `The app's CVMs could not be listed ${when}, so this could not be made sure of: look at ${appUrl(workspaceSlug, appId)}.`;
  return { text, list: [] };
}

function seenIn(searched: Searched): Parameters<typeof candidates>[0] {
  return "cvms" in searched ? searched.cvms : [];
}
