/** The GitHub deployments of a rollout, where they were asked for. */
import type { DeploymentEnd } from "../deployments/end.ts";
import { RolledRecording } from "../deployments/rolled.ts";
import type { RolloutInputs } from "../inputs/rollout.ts";
import type { Replica } from "../ledger/replica.ts";
import { updateText } from "../report/words/update.ts";
import { updatedText, updateOutcome } from "../report/words/updated.ts";
import type { Run } from "./command.ts";
import { DEPLOYMENT_WORDS } from "./telling-github.ts";
import { untold } from "./untold.ts";

/** Null where none are recorded. */
export function recordRollout(run: Run<RolloutInputs>): RolledRecording | null {
  const { edges, ledger, inputs, appId } = run;
  const { deploymentEnvironment: environment, githubToken: token } = inputs;
  if (environment === null) return null;
  const recording = new RolledRecording(
    edges,
    { environment, token, appId, endOf },
    DEPLOYMENT_WORDS,
  );
  ledger.subscribe(recording.hear, untold(edges.runner));
  return recording;
}

/** Null while it is under way: post says so then. */
function endOf(replica: Replica): DeploymentEnd | null {
  const { revision, trouble, ident } = replica;
  if (revision === null) return { state: "error", description: WITHDRAWN, environmentUrl: null };
  switch (updateOutcome(replica, revision.to)) {
    case "updated": {
      const description = `The instance ${updatedText(replica, revision.to)}.`;
      return { state: "success", description, environmentUrl: ident.url };
    }
    case "rolled_back":
      return { state: "failure", description: ROLLED_BACK, environmentUrl: null };
    case "failed": {
      const first = revision.backTrouble ?? trouble;
      const description = first?.kind === "update" ? updateText(first) : "The update failed.";
      return { state: "failure", description, environmentUrl: null };
    }
    default:
      return null;
  }
}

const WITHDRAWN = "The instance was not updated by this step.";
const ROLLED_BACK = "The rollout failed, and the instance has the revision back that it had.";
