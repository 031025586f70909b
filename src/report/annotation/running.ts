import type { Difference } from "../../fleet/plan/mismatch.ts";
import { type Replica, uuidOf } from "../../fleet/record.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { dashboardUrl } from "../../text/links.ts";
import { type Failure, named, type Told, whereToLook } from "./failure.ts";

/** Failures of replicas that exist and may well run. */

/**
 * It runs, but there is no URL of its own to ask, so nobody knows whether it serves.
 *
 * @param path of the health check
 * @param why part of a sentence
 */
export function noUrlFailure(replica: Replica, told: Told, path: string, why: string): Failure {
  return {
    code: "NO_URL",
    text: `${named(replica)} runs, but no URL of its own was to be had within ${duration(told.elapsedMs)} (wait_timeout), so its health check ${oneLine(path, 200)} was not asked: ${why}. It may serve all the same, so this alone is no reason for cleanup. Look for its endpoints in the dashboard, or give a longer wait_timeout. ${whereToLook(replica, told)}`,
  };
}

/** The API made something else than it was asked for, and said that all is well. */
export function mismatchFailure(
  replica: Replica,
  differences: readonly Difference[],
  { workspaceSlug, appId }: Pick<Told, "workspaceSlug" | "appId">,
): Failure {
  const list = differences.map(
    ({ what, asked, found }) =>
      `${what} asked for: ${oneLine(asked, 100)}, found: ${oneLine(found, 100)}`,
  );
  const uuid = uuidOf(replica);
  const link = uuid === null ? "" : ` See ${dashboardUrl(workspaceSlug, appId, uuid)}`;
  return {
    code: "MISMATCH",
    text: `${named(replica)} exists, but is not what was asked for (${list.join("; ")}). Nothing was done about it: keep it as it is, or delete it and run again.${link}`,
  };
}

/** The one that bears the name that was asked for came to nothing. */
export function deadNamed(
  replica: Replica,
  { workspaceSlug, appId }: Pick<Told, "workspaceSlug" | "appId">,
): Failure {
  const uuid = uuidOf(replica);
  const link = uuid === null ? "" : ` See ${dashboardUrl(workspaceSlug, appId, uuid)}`;
  return {
    code: "DEAD",
    text: `${named(replica)} is there, does not run (status ${oneLine(replica.status ?? "", 40)}) and is billed, so none was created in its place. Delete it or bring it up again, then run this step again.${link}`,
  };
}

/** It runs, and publishes other ports than the one that was asked for. */
export function noPortFailure(
  replica: Replica,
  told: Told,
  port: number,
  ports: readonly (number | null)[],
): Failure {
  const known = ports.filter((one) => one !== null);
  const list = known.length === 0 ? "none that its addresses tell" : known.join(", ");
  return {
    code: "NO_URL",
    text: `${named(replica)} runs, but has no endpoint on port ${port}; there are: ${list}. It may serve all the same, so this alone is no reason for cleanup. Correct port, or publish it in the app's compose file. ${whereToLook(replica, told)}`,
  };
}
