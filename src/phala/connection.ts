import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { chooseProxy } from "./proxy.ts";
import { NetworkError } from "./transport.ts";
import { TunnelAgent } from "./tunnel.ts";

/** The way that one request takes. */
export interface Connection {
  readonly agent: HttpAgent;
  /** Whether the connection stands, TLS included. Before that, nothing of a request can have been sent. */
  readonly stands: () => boolean;
}

/**
 * Prepares the connection of one request: straight, or through the proxy that the environment names for it.
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
  const agent = choice.kind === "proxy" ? new TunnelAgent(choice.proxy, signal) : directAgent(url);
  let stands = false;
  const watch = (socket: Duplex | null | undefined) => {
    const event = socket instanceof TLSSocket ? "secureConnect" : "connect";
    socket?.once(event, () => {
      stands = true;
    });
    return socket;
  };
  const { createConnection } = agent;
  // The one place where every agent shows its sockets, whether it makes them at once or later.
  agent.createConnection = (options: object, onSocket: (error: Error | null, s: Duplex) => void) =>
    watch(
      createConnection.call(agent, options, (error, socket) => {
        watch(socket);
        onSocket(error, socket);
      }),
    );
  return { agent, stands: () => stands };
}

function directAgent({ protocol }: URL): HttpAgent {
  // Not kept alive, so that no request meets a connection that the server is just closing.
  const options = { keepAlive: false };
  return protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options);
}
