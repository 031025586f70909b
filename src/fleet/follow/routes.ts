import type { Fault } from "../../net/fault.ts";

/** Which route a look asks, and what its refusals mean. Pure, but for the memory of what works. */

/** The batch status route, the app's list, and each replica's own row. */
export type LookRoute = "batch" | "list" | "own";

/**
 * What a look's fault says.
 *
 * - `failed`: nothing of the route; the next look may fare better.
 * - `refused`: the API won't answer this, now or later (the batch route is young: API facts, 3.1).
 * - `forbidden`: the same, or a hiccup.
 * - `rejected`: the key is none, says this route; another one has to say so too.
 */
export type LookVerdict = "failed" | "refused" | "forbidden" | "rejected";

export function judgeLook(fault: Fault): LookVerdict {
  if (fault.kind !== "answer") return "failed";
  const { status } = fault;
  if (status === 401) return "rejected";
  if (status === 403) return "forbidden";
  const comesAgain = [408, 409, 425, 429].includes(status);
  return status === 501 || (status >= 400 && status < 500 && !comesAgain) ? "refused" : "failed";
}

/** A route that denied so many looks in a row is left alone. */
const DENIALS = 2;

/** Which routes are worth asking. Each replica's own row always is: nothing comes after it. */
export class Routes {
  readonly #denials = new Map<LookRoute, number>();

  works(route: LookRoute): boolean {
    return route === "own" || (this.#denials.get(route) ?? 0) < DENIALS;
  }

  answered(route: LookRoute): void {
    this.#denials.delete(route);
  }

  refused(route: LookRoute, verdict: Exclude<LookVerdict, "failed">): void {
    const count = verdict === "refused" ? DENIALS : (this.#denials.get(route) ?? 0) + 1;
    this.#denials.set(route, count);
  }
}

/** What a look is for, and how far it is. */
export interface LookState {
  /** It needs the full rows. */
  readonly rows: boolean;
  readonly asked: readonly LookRoute[];
  /** One of these said that the key is none. */
  readonly denied: boolean;
}

/**
 * The next route to ask in one look; null: none is left. The rows of all replicas come by one request or
 * by one each, so that a second witness of a rejected key is rather the batch route, which tells no URLs;
 * the next look asks for them again. As a witness, a route that was given up is asked as well.
 */
export function nextRoute(
  routes: Pick<Routes, "works">,
  { rows, asked, denied }: LookState,
): LookRoute | null {
  const order: readonly LookRoute[] = rows
    ? denied
      ? ["list", "batch", "own"]
      : ["list", "own"]
    : ["batch", "list", "own"];
  const open = order.filter((route) => !asked.includes(route));
  const [next = null] = open.filter((route) => routes.works(route));
  return next ?? (denied ? (open[0] ?? null) : null);
}
