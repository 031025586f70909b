import { oneLine } from "../text/clean.ts";
import { numberAt, objectAt, stringAt } from "../text/json.ts";
import { webUrl } from "../text/url.ts";

/** What a deployment needs to know of the workflow run; all of it from the runner's own variables. */
export interface Workflow {
  /** The REST API of this GitHub server, without a slash at the end (`/api/v3` on an Enterprise Server). */
  readonly apiUrl: string;
  readonly owner: string;
  readonly repo: string;
  /** The commit that the deployment is of; see `refOf`. */
  readonly ref: string;
  /** The branch or tag, for people; null where the runner names none. */
  readonly label: string | null;
  /** The number of the pull request that the run is for; null: for none. */
  readonly pullRequest: number | null;
  /** The run's page; null where the runner does not tell. */
  readonly logUrl: string | null;
}

type Env = Readonly<Record<string, string | undefined>>;

/** A commit: SHA-1, or SHA-256 where a repository uses that. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const REPOSITORY = /^([A-Za-z0-9_.-]+)\/([A-Za-z0-9_.-]+)$/;

/**
 * Pure: reads the variables that the runner sets in every step.
 *
 * @param event the payload of the event that started the run, of any shape
 * @returns the facts, or as a sentence what is missing
 */
export function readWorkflow(
  env: Env,
  event: unknown,
): { readonly workflow: Workflow } | { readonly problem: string } {
  const apiUrl = httpUrl(env.GITHUB_API_URL);
  if (apiUrl === null) return { problem: "The runner's GITHUB_API_URL is not an address." };
  const [, owner, repo] = REPOSITORY.exec(env.GITHUB_REPOSITORY ?? "") ?? [];
  if (owner === undefined || repo === undefined || isDots(owner) || isDots(repo)) {
    return { problem: "The runner's GITHUB_REPOSITORY names no repository." };
  }
  const ref = refOf(env, event);
  if (ref === null) return { problem: "The runner names no commit (GITHUB_SHA)." };
  const server = httpUrl(env.GITHUB_SERVER_URL);
  const runId = env.GITHUB_RUN_ID ?? "";
  const logUrl =
    server !== null && /^\d+$/.test(runId)
      ? `${server}/${owner}/${repo}/actions/runs/${runId}`
      : null;
  const [label, pullRequest] = [labelOf(env), pullRequestOf(event)];
  return { workflow: { apiUrl, owner, repo, ref, label, pullRequest, logUrl } };
}

/**
 * The commit that people would say was deployed. A commit and not a branch, which may have moved on since
 * the run began; the branch only where the runner names no commit.
 *
 * - Runs for a pull request work on a merge commit that nobody ever sees, and `pull_request_target` on the
 *   base branch; GitHub shows a deployment in the pull request only if it is of the head commit. By its
 *   SHA, because the branch of a fork is not in this repository.
 * - A `workflow_run` gets the default branch as its own commit; the commit of the run before it is meant.
 */
export function refOf(env: Env, event: unknown): string | null {
  const head = stringAt(objectAt(objectAt(event, "pull_request"), "head"), "sha");
  if (head !== null && COMMIT.test(head)) return head;
  if (env.GITHUB_HEAD_REF) return env.GITHUB_HEAD_REF;
  const before = stringAt(objectAt(event, "workflow_run"), "head_sha");
  if (env.GITHUB_EVENT_NAME === "workflow_run" && before !== null && COMMIT.test(before)) {
    return before;
  }
  return env.GITHUB_SHA || env.GITHUB_REF || null;
}

function pullRequestOf(event: unknown): number | null {
  const number = numberAt(objectAt(event, "pull_request"), "number");
  return number !== null && Number.isSafeInteger(number) && number > 0 ? number : null;
}

function labelOf(env: Env): string | null {
  return oneLine(env.GITHUB_HEAD_REF || env.GITHUB_REF_NAME || "", 80) || null;
}

/** Without credentials, query and slashes at the end; null for anything else than `http:` and `https:`. */
function httpUrl(text: string | undefined): string | null {
  const url = webUrl(text);
  return url === null ? null : (url.origin + url.pathname).replace(/\/+$/, "");
}

/** These would change the path of a request. */
function isDots(name: string): boolean {
  return name === "." || name === "..";
}
