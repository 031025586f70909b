import type { Edges } from "../action/edges.ts";
import { type DeploymentWords, openDeployments } from "./deployments.ts";
import type { DeploymentSettings } from "./desk.ts";
import { type DeploymentEnd, UNSEEN } from "./end.ts";
import { readDeployments, type SavedDeployment } from "./saved.ts";

/**
 * What post has to tell GitHub about a deployment; null: nothing, it is as it should be.
 *
 * @param gone the UUIDs of the CVMs that post has seen deleted
 */
export function lastWord(
  { vmUuid, end, told }: SavedDeployment,
  gone: ReadonlySet<string>,
): "inactive" | DeploymentEnd | null {
  if (vmUuid !== null && gone.has(vmUuid)) return "inactive";
  return told ? null : (end ?? UNSEEN);
}

/**
 * Brings the deployments of this run to their end: inactive where post deleted the replica, and what main
 * could not tell any more. Failures are warnings; it may run any number of times.
 */
export async function closeDeployments(
  edges: Edges,
  settings: DeploymentSettings,
  gone: ReadonlySet<string>,
  words: DeploymentWords,
): Promise<void> {
  const deployments = openDeployments(edges, settings, words);
  for (const saved of readDeployments(edges.runner)) {
    const word = lastWord(saved, gone);
    if (word === null) continue;
    const { warning } =
      word === "inactive"
        ? await deployments.deactivate(saved.id)
        : await deployments.finish(saved.id, word);
    if (warning !== null) edges.runner.warning(warning);
  }
}
