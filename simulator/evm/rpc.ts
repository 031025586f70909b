/**
 * The chain's JSON-RPC without sockets and timers: request in, answer out. The HTTP server and simulated time
 * carry out what it decides, each in its own way, as with the simulated API (`acts.ts`).
 */
import { actAfter, actBefore, type End, type Work } from "../acts.ts";
import type { Fault } from "../faults.ts";
import type { ApiAnswer } from "../types.ts";
import type { EvmChain } from "./chain.ts";
import { type ChainFault, ChainFaults } from "./faults.ts";
import { METHODS, unknownMethod } from "./methods.ts";
import { Node, type NodeOptions, RpcRefusal } from "./node.ts";

export interface ChainRpcOptions {
  /** The nodes behind the address. Default: one that is up to date. */
  readonly nodes?: readonly NodeOptions[];
  /** Which of them answers a request, by its place in the record; default in turn. */
  readonly pick?: (method: string, index: number) => number;
}

/** A request as it came. */
export interface ChainRequest {
  readonly index: number;
  /** The method; of a batch, of its first call; empty where the body could not be read. */
  readonly method: string;
  readonly params: readonly unknown[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Epoch ms of the chain's clock. */
  readonly at: number;
  fault?: string;
}

export class ChainRpc {
  readonly chain: EvmChain;
  readonly faults = new ChainFaults();
  readonly requests: ChainRequest[] = [];
  readonly #now: () => number;
  readonly #nodes: readonly Node[];
  readonly #pick: (method: string, index: number) => number;

  constructor(chain: EvmChain, now: () => number, options: ChainRpcOptions = {}) {
    this.chain = chain;
    this.#now = now;
    this.#nodes = (options.nodes ?? [{}]).map((node) => new Node(chain, node));
    this.#pick = options.pick ?? ((_method, index) => index);
  }

  /** Notes a request, and decides what goes wrong with it. */
  take(body: string, headers: Readonly<Record<string, string>> = {}): Taken {
    const call = firstCall(body);
    const request: ChainRequest = {
      index: this.requests.length,
      method: call.method,
      params: call.params,
      headers,
      body,
      at: this.#now(),
    };
    this.requests.push(request);
    const fault = this.faults.next(request.method);
    if (fault !== undefined) request.fault = fault.kind;
    return { request, fault };
  }

  /** What happens before the work. */
  before({ fault }: Taken): Work | End {
    return actBefore(wireFault(fault), this.#now());
  }

  /** Does the work, and says what becomes of its answer. */
  work(taken: Taken): End {
    const { fault, request } = taken;
    const answer = this.#answer(request, fault);
    return actAfter(wireFault(fault), answer, this.#now());
  }

  #answer(request: ChainRequest, fault: ChainFault | undefined): ApiAnswer {
    const parsed = parse(request.body);
    if (parsed === undefined) return json(200, failed(null, -32700, "parse error"));
    if (Array.isArray(parsed)) {
      if (parsed.length === 0) return json(200, failed(null, -32600, "empty batch"));
      return json(
        200,
        parsed.map((call) => this.#call(call, request)),
      );
    }
    const { id } = (parsed ?? {}) as { readonly id?: unknown };
    if (fault?.kind === "result") {
      if (fault.work !== false) this.#call(parsed, request);
      return json(200, { jsonrpc: "2.0", id, result: fault.result });
    }
    if (fault?.kind === "says") {
      if (fault.when === "after") this.#call(parsed, request);
      const error = failed(id ?? null, fault.code, fault.message, fault.data);
      return json(fault.status ?? 200, error);
    }
    const answer = this.#call(parsed, request);
    if (fault?.kind === "other-id") return json(200, { ...answer, id: 999_999 });
    return json(200, answer);
  }

  #call(value: unknown, request: ChainRequest): Record<string, unknown> {
    const { id = null, method, params, jsonrpc } = (value ?? {}) as Record<string, unknown>;
    if (typeof method !== "string" || jsonrpc !== "2.0")
      return failed(id, -32600, "invalid request");
    const picked = this.#pick(method, request.index) % this.#nodes.length;
    try {
      const run = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
      if (run === undefined) throw unknownMethod(method);
      const given = Array.isArray(params) ? params : [];
      return { jsonrpc: "2.0", id, result: run(this.#nodes[picked] as Node, given) };
    } catch (error) {
      if (!(error instanceof RpcRefusal)) throw error;
      return failed(id, error.code, error.message, error.data);
    }
  }
}

/** A request with what goes wrong with it. */
export interface Taken {
  readonly request: ChainRequest;
  readonly fault: ChainFault | undefined;
}

/** What of a fault concerns the connection; the rest was decided in the answer. */
function wireFault(fault: ChainFault | undefined): Fault | undefined {
  if (fault === undefined || ["says", "result", "other-id"].includes(fault.kind)) return undefined;
  return {
    ...(fault as Exclude<ChainFault, { kind: "says" | "result" | "other-id" }>),
    route: "*",
  };
}

function firstCall(body: string): { method: string; params: readonly unknown[] } {
  const parsed = parse(body);
  const call = ((Array.isArray(parsed) ? parsed[0] : parsed) ?? {}) as Record<string, unknown>;
  return {
    method: typeof call.method === "string" ? call.method : "",
    params: Array.isArray(call.params) ? call.params : [],
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function failed(
  id: unknown,
  code: number,
  message: string,
  data?: unknown,
): Record<string, unknown> {
  return { jsonrpc: "2.0", id, error: { code, message, ...(data === undefined ? {} : { data }) } };
}

function json(status: number, value: unknown): ApiAnswer {
  const headers = { "content-type": "application/json" };
  return { status, headers, body: JSON.stringify(value) };
}
