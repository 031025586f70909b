/** The routes of the GitHub API that record deployments and tell them, as strict as GitHub is. No sockets. */
import type { IncomingMessage } from "node:http";

export const TOKEN = ["ghs", "tokenofthetests00000000000000000000"].join("_");
export const SHA = "1111111111111111111111111111111111111111";
export const HEAD_SHA = "2222222222222222222222222222222222222222";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  // biome-ignore lint/suspicious/noExplicitAny: bodies of two shapes
  readonly body: any;
}

/** What happens to one request instead of an answer, before any work is done. */
export type Fault =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** No answer at all; the head of one; a broken connection. */
  | "hang"
  | "hang-in-body"
  | "reset";

export interface Github {
  readonly origin: string;
  /** What the runner calls `GITHUB_API_URL`. */
  readonly apiUrl: string;
  /** Everything that came in, refused or not. */
  readonly seen: Seen[];
  /** Accepted statuses by deployment, in their order. */
  readonly statuses: Map<number, Record<string, unknown>[]>;
  /** Every deployment, oldest first. */
  readonly deployments: Recorded[];
  /** What the token may not do is refused. Default: it may write. */
  permission: "write" | "read" | "none";
  /** The next requests meet these, one each. */
  readonly faults: Fault[];
  /** Called with each request before its answer. */
  onRequest: (seen: Seen) => void;
  close(): Promise<void>;
}

/** One that has no deployments yet, and grants all. */
export function emptyGithub(
  origin: string,
  apiUrl = origin,
  close: Github["close"] = async () => {},
): Github {
  return {
    origin,
    apiUrl,
    seen: [],
    statuses: new Map(),
    deployments: [],
    permission: "write",
    faults: [],
    onRequest: () => {},
    close,
  };
}

export interface Recorded {
  readonly id: number;
  readonly environment: string;
  readonly payload: unknown;
}

const FIELDS = {
  deployment: new Set([
    "ref",
    "task",
    "auto_merge",
    "required_contexts",
    "payload",
    "environment",
    "description",
    "transient_environment",
    "production_environment",
  ]),
  status: new Set([
    "state",
    "log_url",
    "description",
    "environment",
    "environment_url",
    "auto_inactive",
  ]),
};
const STATES = ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"];

type Answer = Exclude<Fault, string>;

/** What GitHub answers. @param base what stands before each path, such as `/api/v3` */
export function route(github: Github, base: string, seen: Seen): Answer {
  if (!seen.headers["user-agent"])
    return refusal(403, "Request forbidden by administrative rules.");
  if (seen.headers.authorization !== `token ${TOKEN}`) return refusal(401, "Bad credentials");
  const reads = seen.method === "GET";
  if (github.permission === "none" || (github.permission === "read" && !reads)) {
    return refusal(403, "Resource not accessible by integration");
  }
  if (!reads && !/^application\/json\b/.test(seen.headers["content-type"] ?? "")) {
    return refusal(415, "Unsupported content type");
  }
  if (!/application\/vnd\.github\.(?:v3)?\+?json/.test(seen.headers.accept ?? "")) {
    return refusal(415, "Unsupported 'Accept' header");
  }
  const [path = "", query = ""] = seen.path.split("?");
  const at = path.startsWith(`${base}/`) ? path.slice(base.length) : "";
  // The second form is where GitHub sends requests for a repository that was renamed.
  const match = /^\/(?:repos\/octo\/web|repositories\/7)\/deployments(?:\/(\d+)\/statuses)?$/.exec(
    at,
  );
  if (match === null || !["GET", "POST"].includes(seen.method)) return refusal(404, "Not Found");
  if (reads) return read(github, match[1], new URLSearchParams(query));
  return match[1] === undefined
    ? createDeployment(github, seen)
    : createStatus(github, Number(match[1]), seen);
}

/** Newest first, by pages of 30 unless more are asked for, at most 100 (REST reference, "List deployments"). */
function read(github: Github, id: string | undefined, query: URLSearchParams): Answer {
  const size = Math.min(100, Number(query.get("per_page") ?? 30));
  const from = (Number(query.get("page") ?? 1) - 1) * size;
  const page = (rows: readonly unknown[]): Answer => {
    const more = rows.length > from + size;
    return {
      status: 200,
      headers: more ? { link: `<${github.apiUrl}/next>; rel="next"` } : {},
      body: rows.slice(from, from + size),
    };
  };
  if (id !== undefined) {
    const statuses = github.statuses.get(Number(id));
    return statuses === undefined ? refusal(404, "Not Found") : page([...statuses].reverse());
  }
  const environment = query.get("environment");
  const rows = github.deployments.filter(
    (one) => environment === null || one.environment === environment,
  );
  return page([...rows].reverse());
}

/** Records a deployment as a step of another run would have, and tells its state. */
export function record(
  github: Github,
  { environment, payload }: Omit<Recorded, "id">,
  state: string | null = "success",
): number {
  const id = 101 + github.statuses.size;
  github.statuses.set(id, state === null ? [] : [{ state }]);
  github.deployments.push({ id, environment, payload });
  return id;
}

function createDeployment(github: Github, { body }: Seen): Answer {
  const problems = unknownFields(body, FIELDS.deployment);
  if (typeof body.ref !== "string") problems.push("ref");
  if (typeof body.environment !== "string" || body.environment === "") problems.push("environment");
  if (body.description?.length > 140) problems.push("description");
  if (!Array.isArray(body.required_contexts)) problems.push("required_contexts");
  for (const flag of ["auto_merge", "transient_environment"]) {
    if (typeof body[flag] !== "boolean") problems.push(flag);
  }
  if (problems.length > 0) return invalid(problems);
  if (![SHA, HEAD_SHA].includes(body.ref)) return refusal(422, `No ref found for: ${body.ref}`);
  const id = 101 + github.statuses.size;
  github.statuses.set(id, []);
  github.deployments.push({ id, environment: body.environment, payload: body.payload });
  return {
    status: 201,
    body: {
      id,
      node_id: `DE_${id}`,
      url: `${github.apiUrl}/repos/octo/web/deployments/${id}`,
      statuses_url: `${github.apiUrl}/repos/octo/web/deployments/${id}/statuses`,
      sha: body.ref,
      production_environment: false,
      ...body,
    },
  };
}

function createStatus(github: Github, id: number, { body }: Seen): Answer {
  const statuses = github.statuses.get(id);
  if (statuses === undefined) return refusal(404, "Not Found");
  const problems = unknownFields(body, FIELDS.status);
  if (!STATES.includes(body.state)) problems.push("state");
  if (body.description?.length > 140) problems.push("description");
  for (const name of ["log_url", "environment_url"]) {
    if (name in body && !/^https?:\/\//.test(body[name])) problems.push(name);
  }
  if (problems.length > 0) return invalid(problems);
  statuses.push(body);
  return { status: 201, body: { id: id * 100 + statuses.length, ...body } };
}

function unknownFields(body: unknown, known: ReadonlySet<string>): string[] {
  return Object.keys(body ?? {}).filter((name) => !known.has(name));
}

function invalid(fields: readonly string[]): Answer {
  const errors = fields.map((field) => ({ resource: "Deployment", field, code: "invalid" }));
  return { status: 422, body: { message: "Validation Failed", errors, status: "422" } };
}

/** An error as GitHub words it. */
export function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const documentation_url = "https://docs.github.com/rest/deployments";
  return { status, headers, body: { message, documentation_url, status: String(status) } };
}
