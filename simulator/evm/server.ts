import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { End } from "../acts.ts";
import { bodyOf, headersOf } from "../incoming.ts";
import { type Delivery, deliver, type Pause } from "../transport.ts";
import { EvmChain, type EvmOptions } from "./chain.ts";
import { ChainRpc, type ChainRpcOptions } from "./rpc.ts";

/** Answers one request at the chain; for a server of its own, or mounted at a path of another. */
export async function serveChain(rpc: ChainRpc, delivery: Delivery, body: string): Promise<void> {
  const end = async (given: End): Promise<void> => {
    if (given.act === "answer") await delivery.pause(given.afterMs);
    await deliver(delivery, given);
  };
  const taken = rpc.take(body, headersOf(delivery.request));
  const before = rpc.before(taken);
  if (before.act !== "work") return end(before);
  await delivery.pause(before.afterMs);
  const after = rpc.work(taken);
  return end(before.heard ? after : { act: "silence" });
}

export interface ChainServer {
  /** `http://127.0.0.1:…`, for `rpc_url`. */
  readonly url: string;
  readonly chain: EvmChain;
  readonly rpc: ChainRpc;
  close(): Promise<void>;
}

/** Starts a chain on a loopback port, in real time. */
export async function startChain(
  options: Omit<EvmOptions, "now"> & ChainRpcOptions & { readonly now?: () => number },
): Promise<ChainServer> {
  const now = options.now ?? Date.now;
  const chain = new EvmChain({ ...options, now });
  const rpc = new ChainRpc(chain, now, options);
  const sockets = new Set<Socket>();
  const pending = new Set<() => void>();
  const pause: Pause = (ms) =>
    ms <= 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          const done = (): void => {
            clearTimeout(timer);
            pending.delete(done);
            resolve();
          };
          const timer = setTimeout(done, ms);
          pending.add(done);
        });
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on("error", () => response.destroy());
    const body = await bodyOf(request);
    if (body !== null) await serveChain(rpc, { request, response, now, pause }, body);
  };
  const server = createServer((request, response) => {
    listener(request, response).catch((error: unknown) => {
      // A defect of the simulator: it must show.
      console.error(`simulator: ${error instanceof Error ? error.stack : String(error)}`);
      response.destroy();
    });
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, fail) => {
    server.once("error", fail);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const done of pending) done();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { url: `http://127.0.0.1:${port}`, chain, rpc, close };
}
