import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { actAfter, actBefore, type End, statusOf } from "./acts.ts";
import { handle, routeName } from "./api.ts";
import { control } from "./control.ts";
import { json } from "./errors.ts";
import { type Fault, FaultPlan } from "./faults.ts";
import { gateway, gatewayPathOf } from "./gateway.ts";
import { bodyOf, headersOf, MAX_BODY } from "./incoming.ts";
import { type GatewayRequest, Hooks, type RecordedRequest } from "./record.ts";
import { stream } from "./stream.ts";
import { closed, type Delivery, deliver, reset, send } from "./transport.ts";
import type { ApiAnswer, StreamPlan } from "./types.ts";
import { GATEWAY_PATH } from "./urls.ts";
import type { World } from "./world.ts";

/** What belongs to the server rather than to the world. Times in ms. */
export interface ServerOptions {
  /** Added to every answer of the API. Default 0. */
  readonly latencyMs?: number;
  /** Default: a free one. */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Length of a second of event streams. Default 1000. */
  readonly streamSecondMs?: number;
}

const MAX_STREAMS = 5;

/** The simulator's sockets: records, hooks, faults, gateway and control routes around the core. */
export class SimServer {
  readonly world: World;
  readonly requests: RecordedRequest[] = [];
  readonly gatewayRequests: GatewayRequest[] = [];
  readonly faults = new FaultPlan();
  readonly hooks = new Hooks();
  readonly #options: ServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #closing = new AbortController();
  #creating = 0;
  #streams = 0;

  constructor(world: World, options: ServerOptions) {
    this.world = world;
    this.#options = options;
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      this.#serve(request, response).catch((error: unknown) => this.#broken(response, error));
    };
    this.#server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
    this.#server.requestTimeout = 0;
    this.#server.headersTimeout = 0;
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Starts to listen on the loopback and returns scheme, host and port. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, fail) => {
      this.#server.once("error", fail);
      this.#server.listen(this.#options.port ?? 0, "127.0.0.1", resolve);
    });
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#options.tls ? "https" : "http"}://127.0.0.1:${port}`;
  }

  /** Ends everything at once: pending waits, work that is still to come, all sockets. */
  async close(): Promise<void> {
    this.#closing.abort();
    const done = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await done;
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done);
    });
  }

  /** A defect of the simulator or of a hook: it must show, in the answer and on stderr. */
  #broken(response: ServerResponse, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.error(`simulator: ${text}`);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.writeHead(599, { "content-type": "text/plain" }).end(`simulator: ${text}`);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => response.destroy());
    const now = (): number => this.world.now();
    const delivery: Delivery = { request, response, now, pause: (ms) => this.#pause(ms) };
    const body = await bodyOf(request);
    if (body === null) return;
    const path = request.url ?? "/";
    const hosted = gatewayPathOf(`http://${request.headers.host ?? ""}${path}`);
    if (hosted !== null) {
      await this.#gateway(delivery, hosted);
    } else if (path.startsWith("/_sim/")) {
      send(delivery, control(this, request.method ?? "GET", path, body));
    } else if (path.startsWith(`${GATEWAY_PATH}/`)) {
      await this.#gateway(delivery, path);
    } else if (body.length > MAX_BODY) {
      send(delivery, json(413, { detail: "Request body too large" }));
    } else {
      await this.#api(delivery, path, body);
    }
  }

  async #gateway(delivery: Delivery, path: string): Promise<void> {
    const { act, target, vmUuid } = gateway(this.world, path);
    this.gatewayRequests.push({
      index: this.gatewayRequests.length,
      method: delivery.request.method ?? "GET",
      path,
      headers: headersOf(delivery.request),
      at: this.world.now(),
      target,
      vmUuid,
      status: act.act === "answer" ? act.status : null,
    });
    if (act.act === "answer") send(delivery, act);
    else if (act.act === "drop") reset(delivery.request);
    else await closed(delivery.response);
  }

  async #api(delivery: Delivery, path: string, body: string): Promise<void> {
    const method = delivery.request.method ?? "GET";
    const route = routeName(method, path);
    const record: RecordedRequest = {
      index: this.requests.length,
      route,
      method,
      path,
      headers: headersOf(delivery.request),
      body,
      at: this.world.now(),
      ...(this.#overlaps(route, delivery.response) ? { overlaps: true } : {}),
    };
    this.requests.push(record);
    await this.#pause(this.#options.latencyMs ?? 0);
    await this.hooks.run({ moment: "before-work", route, request: record });
    const fault = this.faults.next(route, path);
    if (fault !== undefined) record.fault = fault.kind;
    await this.#carryOut(delivery, record, fault);
    if (delivery.response.writableEnded) await closed(delivery.response);
    await this.hooks.run({ moment: "answered", route, request: record });
  }

  /** Notes an open create; true where another one is open. */
  #overlaps(route: string, response: ServerResponse): boolean {
    if (route !== "create") return false;
    this.#creating += 1;
    response.once("close", () => {
      this.#creating -= 1;
    });
    return this.#creating > 1;
  }

  async #carryOut(
    delivery: Delivery,
    record: RecordedRequest,
    fault: Fault | undefined,
  ): Promise<void> {
    const end = async (given: End): Promise<void> => {
      if (given.act === "answer") await this.#pause(given.afterMs);
      const status = statusOf(given);
      if (status !== undefined) record.status = status;
      await deliver(delivery, given);
    };
    const before = actBefore(fault, this.world.now());
    if (before.act !== "work") return end(before);
    await this.#pause(before.afterMs);
    // Work that is still to come ends with the server.
    if (this.#closing.signal.aborted) return;
    const answer = await this.#work(record);
    if (!before.heard) return end({ act: "silence" });
    if (answer.stream !== undefined && fault === undefined) {
      return this.#stream(delivery, record, answer, answer.stream);
    }
    return end(actAfter(fault, answer, this.world.now()));
  }

  async #stream(
    delivery: Delivery,
    record: RecordedRequest,
    answer: ApiAnswer,
    plan: StreamPlan,
  ): Promise<void> {
    if (this.#streams >= MAX_STREAMS) {
      // The limit is documented, its status is not.
      const refusal = json(429, { detail: "Too many concurrent streams" });
      send(delivery, refusal);
      record.status = refusal.status;
      return;
    }
    this.#streams += 1;
    record.status = answer.status;
    try {
      await stream(this.world, delivery, answer, plan, this.#options.streamSecondMs ?? 1000);
    } finally {
      this.#streams -= 1;
    }
  }

  async #work(record: RecordedRequest): Promise<ApiAnswer> {
    const answer = handle(this.world, record);
    record.worked = true;
    await this.hooks.run({ moment: "after-work", route: record.route, request: record, answer });
    return answer;
  }
}
