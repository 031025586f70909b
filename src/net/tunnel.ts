import { type Agent, request as requestOverHttp } from "node:http";
import { request as requestOverHttps } from "node:https";
import { isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect } from "node:tls";
import type { HttpProxy } from "../text/proxy.ts";

/** The proxy did not open the connection. */
export class TunnelError extends Error {
  override readonly name = "TunnelError";
}

interface Target {
  readonly host: string;
  readonly port: string;
  /** TLS with the host itself, in the tunnel. */
  readonly secure: boolean;
}

/**
 * Makes an agent connect through a proxy: a CONNECT to it, and in the tunnel TLS with the host itself. The
 * proxy learns the host's name and port alone, and gets its credentials from here.
 *
 * @param signal gives the CONNECT up; what goes on in the tunnel is the request's business
 */
export function tunnelThrough(
  agent: Agent,
  proxy: HttpProxy,
  target: Target,
  signal: AbortSignal,
): void {
  agent.createConnection = (_options: object, onSocket?: OnSocket) => {
    openTunnel(proxy, target, signal).then(
      (socket) => onSocket?.(null, target.secure ? secured(socket, target) : socket),
      (error: Error) => onSocket?.(error, undefined as never),
    );
    return undefined;
  };
}

type OnSocket = (error: Error | null, socket: Duplex) => void;

/** @throws TunnelError */
function openTunnel(
  { secure, host, port, credentials }: HttpProxy,
  target: Target,
  signal: AbortSignal,
): Promise<Socket> {
  const path = `${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
  const basic = Buffer.from(credentials ?? "", "utf8").toString("base64");
  const authorization = credentials === null ? {} : { "proxy-authorization": `Basic ${basic}` };
  const headers = { host: path, ...authorization };
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new TunnelError(why));
    const ask = secure ? requestOverHttps : requestOverHttp;
    const request = ask({ host, port, method: "CONNECT", path, headers, agent: false, signal });
    request.once("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    request.once("connect", ({ statusCode = 0 }, socket) => {
      if (statusCode >= 200 && statusCode < 300) return resolve(socket);
      socket.destroy();
      fail(`HTTP ${statusCode}`);
    });
    request.end();
  });
}

function secured(socket: Socket, { host }: Target): Duplex {
  // TLS knows a host by its name alone; an IP address is compared with the certificate all the same.
  const servername = isIP(host) === 0 ? host : "";
  return connect({ socket, host, servername, ALPNProtocols: ["http/1.1"] });
}
