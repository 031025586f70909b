/** The client's side of every request, as it went: what the checks judge by. */
import { BASE_PATH, routeName } from "../../simulator/core.ts";
import type { Edges } from "../../src/action/edges.ts";
import {
  type HttpAnswer,
  type HttpRequest,
  NetworkError,
  type NetworkKind,
} from "../../src/net/transport.ts";
import type { Simulation } from "../support/simulated/simulation.ts";
import { githubRoute } from "./github.ts";
import type { Outage } from "./story.ts";

/** One request from the client's point of view. Times in ms since the epoch. */
export interface Exchange {
  /** The simulator's name of the route; `gateway` for a health check; `deployment…` at GitHub. */
  readonly route: string;
  readonly request: HttpRequest;
  readonly from: number;
  /** When the answer or the error reached the client; null: never. */
  to: number | null;
  answer: HttpAnswer | null;
  network: NetworkKind | null;
  /** Its index among the server's requests; null where it never got there. */
  readonly serverIndex: number | null;
  /** Clock step at which it left. */
  readonly step: number;
  /** What was saved for post when it left. */
  readonly saved: Readonly<Record<string, string>>;
}

export function isHealthCheck({ route }: Exchange): boolean {
  return route === "gateway";
}

function routeOf(request: HttpRequest): string {
  const { pathname, search } = new URL(request.url);
  const github = githubRoute(request);
  if (github !== null) return github;
  return pathname.startsWith(BASE_PATH) ? routeName(request.method, pathname + search) : "gateway";
}

function isOfTheApi(request: HttpRequest): boolean {
  return routeOf(request) !== "gateway" && githubRoute(request) === null;
}

/** Counts requests by route over the whole story and says which of them never arrive. */
export class Weather {
  readonly #outages: readonly Outage[];
  readonly #seen = new Map<string, number>();

  constructor(outages: readonly Outage[]) {
    this.#outages = outages;
  }

  next(route: string): NetworkKind | null {
    const nth = (this.#seen.get(route) ?? 0) + 1;
    this.#seen.set(route, nth);
    const hit = this.#outages.find(
      (outage) => outage.route === route && nth >= outage.nth && nth < outage.nth + outage.times,
    );
    return hit?.network ?? null;
  }
}

export interface WireParts {
  readonly sim: Simulation;
  readonly weather: Weather;
  readonly exchanges: Exchange[];
  /** Those with GitHub, which go on beside the rest. */
  readonly github: Exchange[];
  readonly saved: () => Readonly<Record<string, string>>;
  /** The process's own clock, which never wakes the dead. */
  readonly clock: Edges["clock"];
  /** Told before a request leaves; true: the process died just then. */
  readonly onSend: (route: string) => boolean;
}

/** The transport of one process, recorded. */
export function recorded(transport: Edges["transport"], parts: WireParts): Edges["transport"] {
  const { sim, weather, exchanges, github, saved, clock, onSend } = parts;
  return async (request) => {
    const route = routeOf(request);
    // A process that was asked to stop sends nothing more.
    if (request.signal?.aborted) return transport(request);
    if (onSend(route)) return new Promise(() => undefined);
    const away = weather.next(route);
    const exchange: Exchange = {
      route,
      request,
      from: sim.clock.now(),
      to: null,
      answer: null,
      network: null,
      serverIndex: away === null && isOfTheApi(request) ? sim.requests.length : null,
      step: sim.clock.steps,
      saved: { ...saved() },
    };
    (githubRoute(request) === null ? exchanges : github).push(exchange);
    try {
      if (away !== null) {
        await clock.sleep(3, request.signal);
        throw new NetworkError(request.signal?.aborted ? "cancelled" : away, "simulated outage");
      }
      exchange.answer = await transport(request);
      return exchange.answer;
    } catch (error) {
      exchange.network = error instanceof NetworkError ? error.kind : "other";
      throw error;
    } finally {
      exchange.to = sim.clock.now();
    }
  };
}
