/**
 * Stands in for tunnel, by the override in package.json. @actions/http-client makes an agent of it where a proxy
 * is set, and octokit keeps it; all that this action sends goes by agents of its own (`src/net/connection.ts`).
 */

/** An agent that sends nothing. */
class Unused {
  /** @throws always: Node asks an agent so for each request */
  addRequest() {
    throw new Error("Requests through a proxy go by the action's own agent.");
  }
}

const unused = () => new Unused();

export const httpOverHttp = unused;
export const httpsOverHttp = unused;
export const httpOverHttps = unused;
export const httpsOverHttps = unused;
