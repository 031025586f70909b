/**
 * Stands in for tunnel, by the override in package.json. @actions/http-client makes an agent of it where a proxy
 * is set; this action gives that client an agent of its own for each request (`src/net/connection.ts`).
 */

function never() {
  throw new Error("Requests through a proxy go by the action's own agent.");
}

/** @throws always */
export const httpOverHttp = never;
/** @throws always */
export const httpsOverHttp = never;
/** @throws always */
export const httpOverHttps = never;
/** @throws always */
export const httpsOverHttps = never;
