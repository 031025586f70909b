/** A CONNECT proxy, as a company's network has it. It knows names that no resolver knows. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface ProxySettings {
  /** Loopback port behind each name. */
  readonly names?: Readonly<Record<string, number>>;
  /** Name and password that the proxy asks for. */
  readonly user?: string;
  /** Status of every answer; `0`: never answers. */
  readonly refuse?: number;
  /** Which tunnels (from 1) break after the proxy's 200, before TLS stands. */
  readonly breaks?: readonly number[];
}

/** One request to the proxy. */
export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A proxy under way, and what it was asked so far. */
export interface ConnectProxy {
  readonly port: number;
  readonly asked: readonly Asked[];
}

/** Does the work beside a proxy, and ends it with all its connections. */
export async function withProxy<T>(
  settings: ProxySettings,
  work: (proxy: ConnectProxy) => Promise<T>,
): Promise<T> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  let tunnels = 0;
  const note = ({ method = "", url: target = "", headers }: IncomingMessage): void => {
    asked.push({ method, target, headers });
  };
  const server = createServer((request, response) => {
    note(request);
    response.writeHead(501).end();
  });
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.on("connect", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    note(request);
    socket.on("error", () => socket.destroy());
    if (settings.refuse === 0) return;
    const port = portFor(request, settings);
    if (typeof port === "object") {
      socket.end(`HTTP/1.1 ${port.refused} Refused\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    tunnels += 1;
    if (settings.breaks?.includes(tunnels)) {
      socket.write(STANDS);
      // The first bytes of TLS; the request itself would come behind it.
      socket.once("data", () => socket.destroy());
      return;
    }
    const onward = connect(port, "127.0.0.1", () => {
      socket.write(STANDS);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    sockets.add(onward);
    onward.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await work({ port: (server.address() as AddressInfo).port, asked });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }
}

const STANDS = "HTTP/1.1 200 Connection established\r\n\r\n";

/** Where a tunnel leads, or the status with which it is refused. */
function portFor(
  { url = "", headers }: IncomingMessage,
  { names = {}, user, refuse }: ProxySettings,
): number | { readonly refused: number } {
  const wanted = user && `Basic ${Buffer.from(user).toString("base64")}`;
  if (refuse !== undefined) return { refused: refuse };
  if (wanted !== undefined && headers["proxy-authorization"] !== wanted) return { refused: 407 };
  return names[url.split(":")[0] ?? ""] ?? { refused: 502 };
}
