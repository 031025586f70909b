/** A relay on the loopback that counts the bytes that go through it, heads and all. */
import { connect, createServer, type Socket } from "node:net";

export interface Relay {
  /** The given URL with the relay's port in place of the server's. */
  readonly url: string;
  /** Bytes from the client to the server, and back. */
  readonly bytes: { sent: number; received: number };
  close(): Promise<void>;
}

/** @param url of a server on this machine, with a port */
export async function startRelay(url: string): Promise<Relay> {
  const target = new URL(url);
  const bytes = { sent: 0, received: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
    }
    client.on("data", (chunk) => {
      bytes.sent += chunk.length;
    });
    upstream.on("data", (chunk) => {
      bytes.received += chunk.length;
    });
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: url.replace(`:${target.port}`, `:${address.port}`),
    bytes,
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => closed());
      }),
  };
}
