import { json, plain, Refusal } from "./errors.ts";
import { randomUuid } from "./random.ts";
import type { Route } from "./route.ts";
import { allowedRoutes } from "./routes/allowed.ts";
import { attestationRoutes } from "./routes/attestation.ts";
import { commitRoutes } from "./routes/commit.ts";
import { cvmRoutes } from "./routes/cvms.ts";
import { envRoutes } from "./routes/envs.ts";
import { instanceRoutes } from "./routes/instance.ts";
import { instancesRoutes } from "./routes/instances.ts";
import { listRoutes } from "./routes/lists.ts";
import { platformRoutes } from "./routes/platform.ts";
import { powerRoutes } from "./routes/power.ts";
import { replicaRoutes } from "./routes/replicas.ts";
import { revisionRoutes } from "./routes/revisions.ts";
import { stateRoutes } from "./routes/state.ts";
import { usageRoutes } from "./routes/usage.ts";
import type { ApiAnswer, ApiRequest } from "./types.ts";
import { versionOf } from "./version.ts";
import type { World } from "./world.ts";

/** Path under which the API lives, as in the official base URL. */
export const BASE_PATH = "/api/v1";

const ROUTES: readonly Route[] = [
  ...replicaRoutes,
  ...commitRoutes,
  // Fixed paths come before `/cvms/{cvm_id}`.
  ...instanceRoutes,
  ...listRoutes,
  ...powerRoutes,
  ...cvmRoutes,
  ...envRoutes,
  ...instancesRoutes,
  ...revisionRoutes,
  ...usageRoutes,
  ...stateRoutes,
  ...platformRoutes,
  ...allowedRoutes,
  ...attestationRoutes,
];

/** Routes that create: two of them at the same moment may hinder each other (API facts, section 9). */
export const CREATING: ReadonlySet<string> = new Set(["create", "instances"]);

/** Names of the routes, for faults and hooks. */
export const ROUTE_NAMES: readonly string[] = [...new Set(ROUTES.map(({ name }) => name))];

interface Match {
  readonly route: Route;
  readonly params: Record<string, string>;
}

/** Each route's path in pieces: every request is held against all of them. */
const PATTERNS = ROUTES.map((route) => ({ route, wanted: route.path.split("/") }));

function paramsOf(
  wanted: readonly string[],
  given: readonly string[],
): Record<string, string> | null {
  if (wanted.length !== given.length) return null;
  if (wanted.some((part, index) => !part.startsWith("{") && part !== given[index])) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (!part.startsWith("{")) continue;
    const decoded = unescaped(given[index] ?? "");
    if (decoded === null || decoded === "") return null;
    params[part.slice(1, -1)] = decoded;
  }
  return params;
}

function unescaped(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function split(path: string): { path: string; query: URLSearchParams } {
  const at = path.indexOf("?");
  return at < 0
    ? { path, query: new URLSearchParams() }
    : { path: path.slice(0, at), query: new URLSearchParams(path.slice(at + 1)) };
}

function matchesOf(path: string): Match[] {
  const [bare = ""] = path.split("?", 1);
  if (!bare.startsWith(`${BASE_PATH}/`)) return [];
  const given = bare.slice(BASE_PATH.length).split("/");
  return PATTERNS.flatMap(({ route, wanted }) => {
    const params = paramsOf(wanted, given);
    return params === null ? [] : [{ route, params }];
  });
}

/** The stable name of the route that a request is for; `unknown` when there is none. */
export function routeName(method: string, path: string): string {
  return matchesOf(path).find((match) => match.route.method === method)?.route.name ?? "unknown";
}

/**
 * Does the work of one API request: in-process, without sockets, faults or latency. Never throws for
 * what a client may send.
 */
export function handle(world: World, request: ApiRequest): ApiAnswer {
  const requestId = `req-${randomUuid(world.random).slice(0, 8)}`;
  const answer = ((): ApiAnswer => {
    try {
      return run(world, request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return refused(world, error, requestId);
    }
  })();
  return { ...answer, headers: { ...answer.headers, "x-request-id": requestId } };
}

function refused(world: World, refusal: Refusal, requestId: string): ApiAnswer {
  if (!refusal.structured) return json(refusal.status, refusal.body);
  const body = { ...(refusal.body as Record<string, unknown>), request_id: requestId };
  return json(refusal.status, world.settings.errorForm === "detail" ? { detail: body } : body);
}

function run(world: World, request: ApiRequest): ApiAnswer {
  const matches = matchesOf(request.path);
  if (matches.length === 0) throw plain(404, "Not Found");
  const match = matches.find((item) => item.route.method === request.method);
  if (match === undefined) throw plain(405, "Method Not Allowed");
  // The key is a dependency of the route: it is checked before anything else about the request.
  if (match.route.open !== true && request.headers["x-api-key"] !== world.settings.apiKey) {
    throw plain(401, "Invalid or missing API key");
  }
  return match.route.run({
    world,
    params: match.params,
    query: split(request.path).query,
    headers: request.headers,
    body: request.body,
    version: versionOf(request.headers["x-phala-version"], world.settings.tokenVersion),
    index: request.index ?? null,
    overlaps: request.overlaps ?? false,
  });
}
