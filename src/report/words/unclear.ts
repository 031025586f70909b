/** What to do where it is unclear whether a replica was created. */

import { SETTLE_WINDOW_MS } from "../../fleet/plan/newcomers.ts";
import type { Rerun } from "../../fleet/plan/rerun.ts";
import type { Settlement } from "../../fleet/settle.ts";
import type { Cvm } from "../../phala/cvm.ts";
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
      return "The step can be run again as it is: it looks for its names first, and asks only for what is not there.";
    case "token":
      return "The step can be run again with the same commit_token, which makes one replica at the most.";
    case "prepare":
      return "The step can be run again: a prepare is not meant to create anything.";
    case "blind":
      return "To run the step again after that, write the number that the app shall have in the end as instances, which counts what is there by then, and creates nothing while that can't be read; count creates replicas anew.";
  }
}

/** What the search for a lost replica showed, and what to do about it. */
export function sequelOf(
  settlement: Exclude<Settlement, { kind: "cancelled" }>,
  afterwards: Afterwards,
): Words {
  const { workspaceSlug, appId } = afterwards;
  const look = howToLook(afterwards);
  const naming = (text: string, cvms: Parameters<typeof candidates>[0]): Words => ({
    text: `${text} ${look}`,
    list: candidates(cvms, workspaceSlug, appId),
  });
  if (settlement.kind === "adopted") {
    return naming("One new CVM was seen and is not touched.", [settlement.cvm]);
  }
  if (settlement.kind === "several") {
    const { cvms } = settlement;
    return naming(
      `${cvms.length} new CVMs fit, so none was adopted and none is touched. Delete what is not wanted.`,
      cvms,
    );
  }
  if (settlement.lastSeen !== null) {
    return naming("One new CVM was seen, but only once.", [settlement.lastSeen]);
  }
  const seen =
    settlement.kind === "blind"
      ? "The app's CVMs could not be listed since."
      : `Nothing new was seen in the app for ${duration(SETTLE_WINDOW_MS)}.`;
  return { text: `${seen} ${look}`, list: [] };
}

/**
 * Why it is not said of a refused request that it made nothing. The API's own no is as good as certain; what
 * is seen all the same is perhaps another job's, or something in between sent the request twice.
 *
 * @param settlement what the look showed; null: there was none, since nothing could be listed before
 */
export function doubtOf(
  settlement: Exclude<Settlement, { kind: "cancelled" }> | null,
  { workspaceSlug, appId }: Afterwards,
): Words {
  const seen = seenIn(settlement);
  if (seen.length > 0) {
    const many =
      seen.length === 1 ? "one new CVM that fits is" : `${seen.length} new CVMs fit and are`;
    return {
      text: `Yet ${many} there: another job's, or of this request after all. None is touched, each is billed; delete what is not wanted.`,
      list: candidates(seen, workspaceSlug, appId),
    };
  }
  const when = settlement === null ? "before the request" : "since";
  const text = `The app's CVMs could not be listed ${when}, so this could not be made sure of: look at ${appUrl(workspaceSlug, appId)}.`;
  return { text, list: [] };
}

/** As `doubtOf`, where no look was possible any more. */
export const LEFT_TO_POST: Words = {
  text: "The step was cancelled before it could be made sure that nothing was made; the post step looks.",
  list: [],
};

function seenIn(settlement: Exclude<Settlement, { kind: "cancelled" }> | null): readonly Cvm[] {
  if (settlement === null) return [];
  if (settlement.kind === "adopted") return [settlement.cvm];
  if (settlement.kind === "several") return settlement.cvms;
  return settlement.lastSeen === null ? [] : [settlement.lastSeen];
}
