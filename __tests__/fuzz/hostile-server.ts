/** An API on the loopback that answers one of its routes with raw bytes; the others are the simulator's. */
import { createServer, type Server, type Socket } from "node:net";
import { type ApiAnswer, handle, routeName, World } from "../../simulator/core.ts";

/** Writes what a row has in mind. `answer` is what a good server would have said; the work is done. */
export type Say = (socket: Socket, answer: ApiAnswer) => void;

export interface HostileServer {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly appId: string;
  readonly vmUuid: string;
  readonly world: World;
  close(): Promise<void>;
}

/** @param route a name of the simulator's routes, or `*` for all of them */
export async function startHostile(route: string, say: Say): Promise<HostileServer> {
  const world = new World({ bootMs: 300 });
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // The client may leave at any time; that is the point.
    socket.on("error", () => undefined);
    let received = "";
    let answered = false;
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      received += chunk;
      const request = answered ? null : wholeRequest(received);
      if (request === null) return;
      answered = true;
      const answer = handle(world, request);
      if (route === "*" || routeName(request.method, request.path) === route) say(socket, answer);
      else socket.end(plainly(answer));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  world.origin = `http://127.0.0.1:${address.port}`;
  return {
    apiUrl: `${world.origin}/api/v1`,
    apiKey: world.settings.apiKey,
    appId: world.appId,
    vmUuid: world.source.vmUuid,
    world,
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => closed());
      }),
  };
}

/** The request in `text`, or null while it is not all there. */
function wholeRequest(text: string) {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const [method = "", path = ""] = first.split(" ");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = text.slice(end + 4);
  return body.length < Number(headers["content-length"] ?? 0)
    ? null
    : { method, path, headers, body };
}

/** A good answer as bytes. */
export function plainly({ status, headers, body }: ApiAnswer): Buffer {
  const all = {
    date: new Date().toUTCString(),
    ...headers,
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join("")}\r\n${body}`, "utf8");
}
