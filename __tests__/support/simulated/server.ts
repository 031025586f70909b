/**
 * The simulated cloud without sockets: the core of `simulator/` under simulated time, with its faults and
 * hooks. What it replies is what would leave the server; `network.ts` turns it into what a client sees.
 */
import {
  actAfter,
  actBefore,
  BASE_PATH,
  bytesOf,
  CREATING,
  type End,
  type Fault,
  FaultPlan,
  gateway,
  gatewayPathOf,
  handle,
  routeName,
  statusOf,
  type World,
} from "../../../simulator/core.ts";
import { type GatewayRequest, Hooks, type RecordedRequest } from "../../../simulator/record.ts";
import type { ApiAnswer } from "../../../simulator/types.ts";
import { GATEWAY_PATH } from "../../../simulator/urls.ts";
import { MAX_BODY_BYTES } from "../../../src/net/http.ts";
import type { HttpRequest, NetworkKind } from "../../../src/net/transport.ts";
import { SIMULATED_RPC, type SimulatedChain } from "./chain.ts";
import type { SimulatedClock } from "./clock.ts";

/** What comes back on the wire. */
export type Reply =
  | { readonly kind: "answer"; readonly answer: ApiAnswer }
  /** The body holds what arrived, although more was promised. */
  | { readonly kind: "cut"; readonly answer: ApiAnswer }
  | { readonly kind: "broken"; readonly network: NetworkKind; readonly detail: string }
  | { readonly kind: "silence" };

export interface ServerSettings {
  readonly apiOrigin: string;
  /** Time in ms that a request takes to the server, and an answer back, by route (`gateway` for health). */
  readonly latencyMs: (route: string) => number;
}

const PCCS_ORIGIN = "https://pccs.phala.network";
/** Intel's own service, and where it has the root's list. */
const INTEL_ORIGIN = "https://api.trustedservices.intel.com";
const ROOT_CRL = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";
const SILENCE: Reply = { kind: "silence" };
const RESET: Reply = { kind: "broken", network: "reset", detail: "ECONNRESET" };
/** What the real transport says to bodies above its limit. */
const TOO_LARGE: Reply = {
  kind: "broken",
  network: "too-large",
  detail: `the answer is larger than ${MAX_BODY_BYTES} bytes`,
};

export class SimulatedServer {
  readonly requests: RecordedRequest[] = [];
  readonly gatewayRequests: GatewayRequest[] = [];
  readonly faults = new FaultPlan();
  readonly hooks = new Hooks();
  /** The gateway's certificate is not one that a client trusts. */
  badCertificate = false;
  /** The platform's own collateral service is away, and Intel's, which else nobody reaches, answers. */
  pccsIsAway = false;
  /** The node of the app's chain; null: there is none. */
  chain: SimulatedChain | null = null;
  /** Creates without an answer so far, with what their clients sent. */
  readonly #creates = new Map<RecordedRequest, HttpRequest>();
  readonly #world: World;
  readonly #clock: SimulatedClock;
  readonly #settings: ServerSettings;

  constructor(world: World, clock: SimulatedClock, settings: ServerSettings) {
    this.#world = world;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Takes a request and works on it even if the client leaves meanwhile. */
  async serve(request: HttpRequest): Promise<Reply> {
    const { origin, pathname, search } = new URL(request.url);
    const path = pathname + search;
    if (origin === this.#world.origin && path.startsWith(`${GATEWAY_PATH}/`)) {
      return this.#gateway(request, path);
    }
    const hosted = gatewayPathOf(request.url);
    if (hosted !== null) return this.#gateway(request, hosted);
    if (origin === this.#settings.apiOrigin && path.startsWith(`${BASE_PATH}/`)) {
      return this.#api(request, path);
    }
    if (this.chain !== null && request.url === SIMULATED_RPC) return this.chain.serve(request);
    // The platform's own collateral service, where no other is named; then Intel's.
    if (origin === PCCS_ORIGIN && !this.pccsIsAway) return this.#api(request, BASE_PATH + path);
    if (this.pccsIsAway && origin === INTEL_ORIGIN) return this.#api(request, BASE_PATH + path);
    if (this.pccsIsAway && request.url === ROOT_CRL) {
      return this.#api(request, `${BASE_PATH}/sgx/certification/v4/rootcacrl`);
    }
    return { kind: "broken", network: "unresolved", detail: "ENOTFOUND" };
  }

  async #gateway(request: HttpRequest, path: string): Promise<Reply> {
    await this.#travel("gateway");
    if (this.badCertificate) {
      return { kind: "broken", network: "certificate", detail: "CERT_HAS_EXPIRED" };
    }
    const { act, target, vmUuid } = gateway(this.#world, path);
    this.gatewayRequests.push({
      index: this.gatewayRequests.length,
      method: request.method,
      path,
      headers: { ...request.headers },
      at: this.#clock.now(),
      target,
      vmUuid,
      status: act.act === "answer" ? act.status : null,
    });
    await this.#travel("gateway");
    if (act.act === "hang") return SILENCE;
    return act.act === "drop" ? RESET : { kind: "answer", answer: act };
  }

  async #api(request: HttpRequest, path: string): Promise<Reply> {
    const route = routeName(request.method, path);
    const record: RecordedRequest = {
      index: this.requests.length,
      route,
      method: request.method,
      path,
      headers: { ...request.headers },
      body: request.body ?? "",
      at: this.#clock.now(),
      ...(this.#overlaps(route) ? { overlaps: true } : {}),
    };
    this.requests.push(record);
    if (CREATING.has(route)) this.#creates.set(record, request);
    await this.#travel(route);
    this.chain?.sync();
    await this.hooks.run({ moment: "before-work", route, request: record });
    const fault = this.faults.next(route, path);
    if (fault !== undefined) record.fault = fault.kind;
    const end = await this.#workOn(record, fault);
    const status = statusOf(end);
    if (status !== undefined) record.status = status;
    const reply = await this.#reply(end, request.encoding ?? "utf8");
    // A create that is left without an answer stays open until its client gives up.
    if (reply.kind !== "silence") this.#creates.delete(record);
    await this.#travel(route);
    await this.hooks.run({ moment: "answered", route, request: record });
    return reply;
  }

  /** Whether another create is open, its client still waiting. */
  #overlaps(route: string): boolean {
    const waits = ([{ at }, { timeoutMs, signal }]: readonly [RecordedRequest, HttpRequest]) =>
      signal?.aborted !== true && this.#clock.now() < at + timeoutMs;
    return CREATING.has(route) && [...this.#creates].some(waits);
  }

  async #workOn(record: RecordedRequest, fault: Fault | undefined): Promise<End> {
    const before = actBefore(fault, this.#world.now());
    if (before.act !== "work") return before;
    if (before.afterMs > 0) await this.#pause(before.afterMs);
    const answer = handle(this.#world, record);
    record.worked = true;
    await this.hooks.run({ moment: "after-work", route: record.route, request: record, answer });
    return before.heard ? actAfter(fault, answer, this.#world.now()) : { act: "silence" };
  }

  /** What is left of an answer on the wire. */
  async #reply(end: End, encoding: "latin1" | "utf8"): Promise<Reply> {
    if (end.act === "reset") return RESET;
    if (end.act === "silence") return SILENCE;
    if (end.act === "answer" && end.afterMs > 0) await this.#pause(end.afterMs);
    const sent = bytesOf(end.answer);
    if (end.act === "drip") await this.#pause(end.pauseMs * sent.length);
    const date = new Date(this.#world.now()).toUTCString();
    const answer = {
      status: end.answer.status,
      headers: { date, ...end.answer.headers },
      body: sent.toString(encoding),
    };
    if (end.act === "endless" || (end.act === "pad" && end.bytes > MAX_BODY_BYTES)) {
      return answer.status < 300 ? TOO_LARGE : { kind: "cut", answer };
    }
    if (end.act !== "cut") return { kind: "answer", answer };
    return { kind: "cut", answer: { ...answer, body: sent.toString(encoding, 0, end.bytes) } };
  }

  #travel(route: string): Promise<void> {
    return this.#pause(this.#settings.latencyMs(route));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }
}
