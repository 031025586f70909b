/** Small parts for tests of single rules: statuses, a scripted API, edges in simulated time. */
import type { Edges } from "../../src/action/edges.ts";
import { Ledger, NO_PEN } from "../../src/ledger/ledger.ts";
import {
  type HttpAnswer,
  type HttpRequest,
  NetworkError,
  type NetworkKind,
} from "../../src/net/transport.ts";
import { type PhalaClient, phalaClient } from "../../src/phala/api.ts";
import type { BootStatus } from "../../src/phala/status.ts";
import { createLine } from "../../src/report/log/create.ts";
import { SimulatedClock } from "./simulated/clock.ts";
import { MemoryRunner } from "./simulated/runner.ts";

export const KEY = "phak_unit_test_key";
const API_URL = "https://api.unit.invalid/api/v1";
export const APP_ID = "ab".repeat(20);
export const START_AT = Date.UTC(2026, 6, 2, 8, 0, 0);

/** UUID number `n`. */
export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

/** A look at a booting CVM, as the status route tells it; `over` goes over that. */
export function bootStatus(over: Partial<BootStatus> = {}): BootStatus {
  return {
    detailed: true,
    status: "starting",
    inProgress: true,
    bootProgress: "pre-launch",
    bootError: null,
    ...over,
  };
}

/** One scripted exchange: an answer (JSON unless it is text), or why there was none. */
export type Script =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly tookMs?: number;
    }
  | { readonly network: NetworkKind };

export interface Bench {
  readonly edges: Edges;
  readonly clock: SimulatedClock;
  readonly runner: MemoryRunner;
  readonly api: PhalaClient;
  /** What is told to it is printed. */
  readonly ledger: Ledger;
  readonly requests: HttpRequest[];
  /** Requests as `METHOD /path`, the base left out. */
  readonly calls: () => string[];
  readonly cancel: () => void;
}

/** Edges in simulated time, whose transport asks `answer` what comes of each request. */
export function bench(answer: (request: HttpRequest, index: number) => Script): Bench {
  const clock = new SimulatedClock(START_AT);
  const runner = new MemoryRunner(() => clock.now());
  const controller = new AbortController();
  const requests: HttpRequest[] = [];
  const transport = async (request: HttpRequest): Promise<HttpAnswer> => {
    requests.push(request);
    const script = answer(request, requests.length - 1);
    if (request.signal?.aborted) throw new NetworkError("cancelled", "the step was cancelled");
    if ("network" in script) throw new NetworkError(script.network, script.network);
    if (script.tookMs !== undefined) await clock.sleep(script.tookMs);
    const { status, body = "", headers = {} } = script;
    return { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) };
  };
  const edges: Edges = {
    env: {},
    clock,
    runner,
    transport,
    random: () => 0.5,
    trustRoot: async () => Buffer.alloc(0),
    cancel: controller.signal,
  };
  const api = apiOf(transport);
  const calls = () => requests.map(({ method, url }) => `${method} ${url.replace(API_URL, "")}`);
  const ledger = new Ledger(() => clock.now(), NO_PEN);
  ledger.subscribe((fact) => {
    const line = createLine(fact, { workspaceSlug: "space", appId: APP_ID });
    if (line !== null) runner[line.as](line.text);
  }, thrown);
  return { edges, clock, runner, api, ledger, requests, calls, cancel: () => controller.abort() };
}

/** What a subscriber throws fails the test. */
export function thrown(error: unknown): never {
  throw error;
}

/** The API by a transport; nothing in its answers is a secret. */
export function apiOf(transport: Edges["transport"]): PhalaClient {
  return phalaClient(transport, {
    apiUrl: API_URL,
    apiKey: KEY,
    timeoutMs: 60_000,
    redact: (text) => text,
    redactPrinted: (text) => text,
  });
}

/** A row of the app's list. */
export function row(n: number, over: Readonly<Record<string, unknown>> = {}) {
  return {
    id: `cvm_${n}`,
    name: `web-${n}`,
    vm_uuid: uuid(n),
    status: "running",
    in_progress: false,
    endpoints: [{ app: "https://app.invalid", instance: `https://i${n}.invalid` }],
    ...over,
  };
}
