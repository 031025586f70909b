import type { Runner } from "../action/edges.ts";
import { booleanAt, numberAt, objectAt, parseJson, stringAt } from "../text/json.ts";
import type { DeploymentEnd } from "./end.ts";

/** What the state keeps of one deployment, for post: numbers and what is public anyway. */
export interface SavedDeployment {
  /** GitHub's number of it. */
  readonly id: number;
  /** Null: its replica was never created. */
  readonly vmUuid: string | null;
  /** How it ended; null: main could not say (yet). */
  readonly end: DeploymentEnd | null;
  /** GitHub knows of the end. */
  readonly told: boolean;
}

const PREFIX = "deployment_";
const STATES = ["success", "failure", "error"] as const;

/** One key a deployment. Saved when it is made, when its end is known, and when GitHub was told. */
export function saveDeployment(runner: Runner, deployment: SavedDeployment): void {
  runner.saveState(PREFIX + deployment.id, JSON.stringify(deployment));
}

/** All that main saved, by number; empty where it recorded no deployment. */
export function readDeployments(runner: Runner): readonly SavedDeployment[] {
  return Object.entries(runner.state())
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([, text]) => readDeployment(parseJson(text)))
    .filter((deployment) => deployment !== null)
    .sort((a, b) => a.id - b.id);
}

function readDeployment(value: unknown): SavedDeployment | null {
  const id = numberAt(value, "id");
  if (id === null || !Number.isSafeInteger(id) || id <= 0) return null;
  return {
    id,
    vmUuid: stringAt(value, "vmUuid"),
    end: readEnd(objectAt(value, "end")),
    told: booleanAt(value, "told") ?? false,
  };
}

function readEnd(value: unknown): DeploymentEnd | null {
  const state = STATES.find((known) => known === stringAt(value, "state"));
  if (state === undefined) return null;
  return {
    state,
    description: stringAt(value, "description") ?? "",
    environmentUrl: stringAt(value, "environmentUrl"),
  };
}
