/** The sentences of a run's end, and about its inputs. */
import type { Approval } from "../../phala/approval.ts";
import { oneLine } from "../../text/clean.ts";
import { whatToRegister } from "../words/approval.ts";

/** Names only: values are secrets. */
export function droppedNames(names: readonly string[]): string {
  const list = names.map((name) => oneLine(name, 100)).join(", ");
  return `envs: the app's allowed_envs does not have ${list}; the CVM silently ignores variables that are not listed there.`;
}

/** More names than this help nobody to find the variable. */
const MOST_VARIABLES = 20;

/** Never a value: only which variable it is. */
export function outputsDropped({
  variables,
  outputs,
}: {
  readonly variables: readonly string[];
  readonly outputs: readonly string[];
}): string {
  const more =
    variables.length > MOST_VARIABLES ? ` and ${variables.length - MOST_VARIABLES} more` : "";
  const names = variables.slice(0, MOST_VARIABLES).map((name) => oneLine(name, 100));
  return `envs: the masked value of ${names.join(", ")}${more} also occurs in the outputs ${outputs.join(", ")}. GitHub shows *** in its place and drops these outputs where they go to another job; later steps of this job get them. If it is no secret, move it to envs_plain.`;
}

export function approvalPending(approval: Approval): string {
  return `Approval is pending. ${whatToRegister(approval)} Then commit with the outputs of this step.`;
}

/** The next step's `commit_token` would be empty, and it would be a plain create. */
export function tokenMissing(): string {
  return "The API gave no commit token, so the output commit_token is empty and this prepared replica can't be committed by a later step. A step with an empty commit_token and an app_id would create a replica: check the output before you go on.";
}

/** A bug of ours, in what is said alone. */
export function notTold(error: unknown): string {
  const why = error instanceof Error ? oneLine(error.message, 200) : "unknown reason";
  return `Some of what happened could not be printed (${why}). The step goes on: its outputs and the job summary have all of it. Please report this; debug logging shows where it is.`;
}

/** Its state can't be written. @param request from 1 */
export function unknownToPost(request: number, why: string): string {
  return `What came of create request ${request} is unknown to the post step: ${oneLine(why, 300)}`;
}
