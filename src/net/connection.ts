import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { chooseProxy } from "../text/proxy.ts";
import { NetworkError } from "./transport.ts";
import { tunnelThrough } from "./tunnel.ts";

/** The way that one request takes. */
export interface Connection {
  readonly agent: HttpAgent;
  readonly host: string;
  readonly port: string;
  /** Whether the connection stands, TLS included. Before that, nothing of a request can have been sent. */
  readonly stands: () => boolean;
}

/**
 * Prepares the connection of one request: straight, or through the proxy that the environment names for it.
 * It is not kept alive, so that no request meets a connection which the server is just closing.
 *
 * @param signal ends the wait for a proxy
 * @throws NetworkError where a proxy is named that can't be used: nothing is sent around it
 */
export function openConnection(
  url: URL,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Connection {
  const choice = chooseProxy(url, env);
  if (choice.kind === "unusable") {
    throw new NetworkError("proxy", `the variable ${choice.variable} can't be used`);
  }
  const secure = url.protocol === "https:";
  // Node would look "[::1]" up as a name.
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port || (secure ? "443" : "80");
  const agent = secure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false });
  if (choice.kind === "proxy") tunnelThrough(agent, choice.proxy, { host, port, secure }, signal);
  return { agent, host, port, stands: watchSockets(agent) };
}

/** Answers whether a socket of the agent stands, told by the one method that makes them, at once or later. */
function watchSockets(agent: HttpAgent): () => boolean {
  let stands = false;
  const watch = (socket: Duplex | null | undefined) => {
    const stand = () => {
      stands = true;
    };
    if (socket instanceof TLSSocket) socket.once("secureConnect", stand);
    else if (socket instanceof Socket && socket.connecting) socket.once("connect", stand);
    else if (socket) stand();
    return socket;
  };
  const { createConnection } = agent;
  agent.createConnection = (
    options: object,
    onSocket?: (error: Error | null, socket: Duplex) => void,
  ) =>
    watch(
      createConnection.call(agent, options, (error, socket) => {
        watch(socket);
        onSocket?.(error, socket);
      }),
    );
  return () => stands;
}
