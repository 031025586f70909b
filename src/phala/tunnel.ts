import { request as requestOverHttp } from "node:http";
import { Agent, type RequestOptions, request as requestOverHttps } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect } from "node:tls";
import type { HttpProxy } from "./proxy.ts";

type OnSocket = (error: Error | null, socket: Duplex) => void;

/** The proxy did not open the connection. */
export class TunnelError extends Error {
  override readonly name = "TunnelError";
}

/**
 * Connections to `https:` hosts through a proxy: a CONNECT to it, and in the tunnel TLS with the host
 * itself. The proxy learns the host's name and port alone, and gets its credentials from here.
 */
export class TunnelAgent extends Agent {
  readonly #proxy: HttpProxy;
  readonly #signal: AbortSignal;

  /** @param signal gives the CONNECT up; what goes on in the tunnel is the request's business */
  constructor(proxy: HttpProxy, signal: AbortSignal) {
    super({ keepAlive: false });
    this.#proxy = proxy;
    this.#signal = signal;
  }

  override createConnection(options: RequestOptions, onSocket: OnSocket): undefined {
    const fail = (why: string) => onSocket(new TunnelError(why), undefined as never);
    const host = options.host ?? "";
    const { secure, credentials, ...address } = this.#proxy;
    const target = `${isIP(host) === 6 ? `[${host}]` : host}:${options.port}`;
    const basic = Buffer.from(credentials ?? "", "utf8").toString("base64");
    const ask = secure ? requestOverHttps : requestOverHttp;
    const request = ask({
      ...address,
      method: "CONNECT",
      path: target,
      headers: {
        host: target,
        ...(credentials === null ? {} : { "proxy-authorization": `Basic ${basic}` }),
      },
      agent: false,
      signal: this.#signal,
    });
    request.once("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    request.once("connect", ({ statusCode = 0 }, socket) => {
      if (statusCode >= 200 && statusCode < 300) {
        // A name of its own only: TLS knows none for an IP address.
        const servername = options.servername || (isIP(host) === 0 ? host : "");
        onSocket(null, connect({ socket, host, servername, ALPNProtocols: ["http/1.1"] }));
        return;
      }
      socket.destroy();
      fail(`HTTP ${statusCode}`);
    });
    request.end();
  }
}
