import { readFile } from "node:fs/promises";
import type { Edges } from "../action/edges.ts";
import { parseJson } from "../text/json.ts";
import { GithubClient } from "./client.ts";
import { readWorkflow, type Workflow } from "./workflow.ts";

export interface DeploymentSettings {
  /** The input `github_token`; masked by the caller. Null: not given. */
  readonly token: string | null;
  /** Deadline of one request in ms. */
  readonly requestTimeoutMs?: number;
}

/** What requests about deployments need. */
export interface Desk {
  readonly client: GithubClient;
  readonly workflow: Workflow;
}

const REQUEST_TIMEOUT_MS = 10_000;

/** @returns what is needed for requests, or as a sentence why there can be none */
export async function openDesk(edges: Edges, settings: DeploymentSettings): Promise<Desk | string> {
  const { env } = edges;
  const { token, requestTimeoutMs: timeoutMs = REQUEST_TIMEOUT_MS } = settings;
  if (token === null) return "github_token is empty: leave it out, or give a token.";
  // Anything else can't stand in a header, and the error would repeat it.
  if (!/^[\x21-\x7e]+$/.test(token)) return "github_token (not shown) is not a token.";
  const read = readWorkflow(env, await readEvent(env.GITHUB_EVENT_PATH));
  if ("problem" in read) return read.problem;
  const { workflow } = read;
  const access = { apiUrl: workflow.apiUrl, token, timeoutMs };
  return { client: new GithubClient(edges, access), workflow };
}

/** The payload of the event that started the run; undefined where it can't be read. */
async function readEvent(path: string | undefined): Promise<unknown> {
  try {
    return path ? parseJson(await readFile(path, "utf8")) : undefined;
  } catch {
    return undefined;
  }
}
