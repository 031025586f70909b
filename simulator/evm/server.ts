import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { End } from "../acts.ts";
import { bodyOf, headersOf } from "../incoming.ts";
import { type Delivery, deliver } from "../transport.ts";
import { EvmChain, type EvmOptions } from "./chain.ts";
import { ChainRpc, type ChainRpcOptions } from "./rpc.ts";

/** Answers one request at the chain; for a server of its own, or mounted at a path of another. */
async function serveChain(rpc: ChainRpc, delivery: Delivery, body: string): Promise<void> {
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
export function startChain(
  options: Omit<EvmOptions, "now"> & ChainRpcOptions & { readonly now?: () => number },
): Promise<ChainServer> {
  const now = options.now ?? Date.now;
  return listenFor(new EvmChain({ ...options, now }), now, options);
}

/** Puts a chain on a loopback port. @param now the chain's clock */
export async function listenFor(
  chain: EvmChain,
  now: () => number,
  options: ChainRpcOptions = {},
): Promise<ChainServer> {
  const rpc = new ChainRpc(chain, now, options);
  const waits = new Waits();
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on("error", () => response.destroy());
    const body = await bodyOf(request);
    if (body === null) return;
    await serveChain(rpc, { request, response, now, pause: (ms) => waits.pause(ms) }, body);
  };
  const server = createServer((request, response) => {
    listener(request, response).catch((error: unknown) => {
      // A defect of the simulator: it must show.
      console.error(`simulator: ${error instanceof Error ? error.stack : String(error)}`);
      response.destroy();
    });
  });
  const sockets = new Set<Socket>();
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
    waits.end();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { url: `http://127.0.0.1:${port}`, chain, rpc, close };
}

/** Pauses that all end when the server does. */
class Waits {
  readonly #pending = new Set<() => void>();

  /** In ms. */
  pause(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#pending.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#pending.add(done);
    });
  }

  end(): void {
    for (const done of this.#pending) done();
  }
}
