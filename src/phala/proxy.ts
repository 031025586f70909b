import type { ClientRequest, RequestOptions } from "node:http";

/** What the tunnel library's agents have beyond Node's, as far as it is used here. */
interface TunnelAgent {
  /** Opens the connection to the proxy. */
  request: (options: RequestOptions) => ClientRequest;
  readonly proxyOptions: { proxyAuth?: string | undefined };
}

/**
 * Makes the proxy agent that http-client picked obey our signal, so that a proxy which never answers ends
 * with the deadline like everything else, and sends the proxy's credentials itself: the library would
 * print a deprecation warning into the log.
 */
export function obeySignal(agent: unknown, signal: AbortSignal): void {
  if (!isTunnel(agent)) return;
  const { request, proxyOptions } = agent;
  const { proxyAuth } = proxyOptions;
  proxyOptions.proxyAuth = undefined;
  const credentials = proxyAuth === undefined ? {} : { "proxy-authorization": basic(proxyAuth) };
  agent.request = (options) =>
    request({ ...options, headers: { ...options.headers, ...credentials }, signal });
}

function isTunnel(agent: unknown): agent is TunnelAgent {
  return typeof agent === "object" && agent !== null && "proxyOptions" in agent;
}

function basic(userAndPassword: string): string {
  return `Basic ${Buffer.from(userAndPassword, "utf8").toString("base64")}`;
}
