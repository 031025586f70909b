import type { Edges } from "../action/edges.ts";
import type { Attempt, NetworkFault } from "../net/fault.ts";
import { networkFault } from "../net/fault.ts";
import { NetworkError, type Transport } from "../net/transport.ts";
import { USER_AGENT } from "../text/version.ts";
import { faultOf, type GithubAnswer } from "./verdict.ts";

/** How to reach GitHub. */
export interface GithubAccess {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  /** Goes to this API's own origin alone. */
  readonly token: string;
  /** Deadline of one request in ms; each redirect is a request. */
  readonly timeoutMs: number;
}

type Method = "GET" | "POST";
type Octokit = ReturnType<typeof import("@actions/github").getOctokit>;

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);
const MOST_REDIRECTS = 3;

/**
 * Requests to the GitHub API through `@actions/github`, whose code is loaded with the first request, so that
 * runs which record no deployment neither load nor start it. It sends through the action's own transport.
 */
export class GithubClient {
  readonly #edges: Edges;
  readonly #access: GithubAccess;
  #octokit: Octokit | null = null;

  constructor(edges: Edges, access: GithubAccess) {
    this.#edges = edges;
    this.#access = access;
  }

  /** One POST; see `#once`. */
  post(path: string, data: unknown): Promise<Attempt<GithubAnswer>> {
    return this.#once("POST", path, data);
  }

  /** One GET; see `#once`. @param path with its query */
  get(path: string): Promise<Attempt<GithubAnswer>> {
    return this.#once("GET", path);
  }

  /**
   * One request, without retries. A redirect (GitHub sends one where a repository was renamed) is followed
   * on the API's own origin only, with the request repeated as it was.
   *
   * @param path below the API's address, beginning with a slash
   * @returns the 2xx answer, or why there is none. Nothing is thrown.
   */
  async #once(method: Method, path: string, data?: unknown): Promise<Attempt<GithubAnswer>> {
    const { clock, runner } = this.#edges;
    try {
      const answer = await this.#follow(method, path, data);
      if (answer.status >= 200 && answer.status < 300) return { ok: true, value: answer };
      const redact = (text: string) => runner.redactPrinted(text);
      return { ok: false, fault: faultOf(answer, clock.now(), redact) };
    } catch (error) {
      return { ok: false, fault: lostFault(error) };
    }
  }

  async #follow(method: Method, path: string, data: unknown): Promise<GithubAnswer> {
    const { apiUrl } = this.#access;
    let url = apiUrl + path;
    for (let hops = 0; ; hops++) {
      const answer = await this.#send(method, url, data);
      const target = REDIRECTS.has(answer.status) ? URL.parse(locationOf(answer), url) : null;
      if (target === null || target.origin !== new URL(apiUrl).origin) return answer;
      if (hops >= MOST_REDIRECTS) return answer;
      url = target.origin + target.pathname + target.search;
    }
  }

  /** @returns every answer, whatever its status @throws where none came */
  async #send(method: Method, url: string, data: unknown): Promise<GithubAnswer> {
    this.#octokit ??= await loadOctokit(this.#edges, this.#access);
    try {
      const body = data === undefined ? {} : { data };
      return await this.#octokit.request({ method, url, ...body });
    } catch (error) {
      const answer = answerOf(error);
      if (answer !== null) return answer;
      throw error;
    }
  }
}

async function loadOctokit(edges: Edges, access: GithubAccess): Promise<Octokit> {
  const { getOctokit } = await import("@actions/github");
  return getOctokit(access.token, {
    userAgent: USER_AGENT,
    request: {
      fetch: fetchBy(edges.transport, access.timeoutMs, edges.cancel),
      // What octokit would print (a server's notes on deprecation) is not for the step's log.
      log: SILENT,
    },
  });
}

interface Init {
  readonly method: Method;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** What octokit sends a request with: our transport has the deadline, the proxies, and no redirects. */
function fetchBy(transport: Transport, timeoutMs: number, signal: AbortSignal) {
  return async (url: string, init: Init) => {
    const { method, headers, body } = init;
    const sent = body === undefined ? {} : { body };
    const answer = await transport({ method, url, headers, ...sent, timeoutMs, signal });
    const bodiless = [204, 205, 304].includes(answer.status);
    return new Response(bodiless ? null : answer.body, {
      status: answer.status,
      headers: answer.headers,
    });
  };
}

/** octokit throws for an answer of 400 and above, and carries it along. */
function answerOf(error: unknown): GithubAnswer | null {
  if (typeof error !== "object" || error === null || !("response" in error)) return null;
  const { response } = error as { response?: Partial<GithubAnswer> };
  return typeof response?.status === "number"
    ? { status: response.status, headers: response.headers ?? {}, data: response.data }
    : null;
}

/** octokit wraps what the transport throws. */
function lostFault(error: unknown): NetworkFault {
  const cause = error instanceof Error ? error.cause : null;
  return networkFault(cause instanceof NetworkError ? cause : error);
}

function locationOf({ headers }: GithubAnswer): string {
  return String(headers.location ?? "");
}
