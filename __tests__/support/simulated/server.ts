/**
 * The simulated cloud without sockets: the core of `simulator/` under simulated time, with its faults and
 * hooks. What it replies is what would leave the server; `network.ts` turns it into what a client sees.
 */
import {
  BASE_PATH,
  type Fault,
  FaultPlan,
  gateway,
  handle,
  routeName,
  type World,
} from "../../../simulator/core.ts";
import { garbage } from "../../../simulator/garbage.ts";
import { type GatewayRequest, Hooks, type RecordedRequest } from "../../../simulator/record.ts";
import { statusAnswer } from "../../../simulator/transport.ts";
import type { ApiAnswer } from "../../../simulator/types.ts";
import { GATEWAY_PATH } from "../../../simulator/urls.ts";
import type { HttpRequest, NetworkKind } from "../../../src/phala/transport.ts";
import type { SimulatedClock } from "./clock.ts";

/** What comes back on the wire. */
export type Reply =
  | { readonly kind: "answer"; readonly answer: ApiAnswer }
  /** The body stops in the middle although more was promised. */
  | { readonly kind: "cut"; readonly answer: ApiAnswer }
  | { readonly kind: "broken"; readonly network: NetworkKind; readonly detail: string }
  | { readonly kind: "silence" };

export interface ServerSettings {
  readonly apiOrigin: string;
  /** Time in ms that a request takes to the server, and an answer back, by route (`gateway` for health). */
  readonly latencyMs: (route: string) => number;
}

const SILENCE: Reply = { kind: "silence" };
const RESET: Reply = { kind: "broken", network: "reset", detail: "ECONNRESET" };
/** What the real transport says to bodies above its limit. */
const TOO_LARGE: Reply = {
  kind: "broken",
  network: "too-large",
  detail: "the answer is larger than 10485760 bytes",
};
const LARGEST = 10 * 1024 * 1024;

export class SimulatedServer {
  readonly requests: RecordedRequest[] = [];
  readonly gatewayRequests: GatewayRequest[] = [];
  readonly faults = new FaultPlan();
  readonly hooks = new Hooks();
  /** The gateway's certificate is not one that a client trusts. */
  badCertificate = false;
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
    if (origin === this.#settings.apiOrigin && path.startsWith(`${BASE_PATH}/`)) {
      return this.#api(request, path);
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
    };
    this.requests.push(record);
    await this.#travel(route);
    await this.hooks.run({ moment: "before-work", route, request: record });
    const fault = this.faults.next(route, path);
    if (fault !== undefined) record.fault = fault.kind;
    const reply = (await this.#before(fault, record)) ?? (await this.#after(fault, record));
    if (reply.kind === "answer") record.status = reply.answer.status;
    await this.#travel(route);
    await this.hooks.run({ moment: "answered", route, request: record });
    return reply;
  }

  /** Faults that strike before the work; null where the work is done after all. */
  async #before(fault: Fault | undefined, record: RecordedRequest): Promise<Reply | null> {
    switch (fault?.kind) {
      case "late":
        await this.#pause(fault.afterMs);
        await this.#work(record);
        return SILENCE;
      case "delay":
        if (fault.when !== "after") await this.#pause(fault.ms);
        return null;
      case "redirect": {
        const headers = { location: fault.location };
        return { kind: "answer", answer: { status: fault.status ?? 307, headers, body: "" } };
      }
      case "drop":
        return fault.when === "before" ? RESET : null;
      case "hang":
        return fault.when === "before" ? SILENCE : null;
      case "status":
        return fault.when === "before" ? this.#instead(fault) : null;
      default:
        return null;
    }
  }

  async #after(fault: Fault | undefined, record: RecordedRequest): Promise<Reply> {
    const answer = await this.#work(record);
    switch (fault?.kind) {
      case "drop":
        return RESET;
      case "hang":
        return SILENCE;
      case "status":
        return this.#instead(fault);
      case "endless":
        return TOO_LARGE;
      case "huge":
        return fault.bytes > LARGEST ? TOO_LARGE : { kind: "answer", answer };
      case "cut":
        return { kind: "cut", answer };
      case "garbage": {
        const { body, type } = garbage(fault.form);
        const headers = { "content-type": type };
        return { kind: "answer", answer: { status: 200, headers, body: body.toString("utf8") } };
      }
      case "empty":
        return { kind: "answer", answer: { status: fault.status ?? 200, headers: {}, body: "" } };
      case "drip":
        await this.#pause(fault.ms * answer.body.length);
        return { kind: "answer", answer };
      case "delay":
        if (fault.when === "after") await this.#pause(fault.ms);
        return { kind: "answer", answer };
      default:
        return { kind: "answer", answer };
    }
  }

  async #work(record: RecordedRequest): Promise<ApiAnswer> {
    const answer = handle(this.#world, record);
    record.worked = true;
    await this.hooks.run({ moment: "after-work", route: record.route, request: record, answer });
    const date = new Date(this.#world.now()).toUTCString();
    return { ...answer, headers: { date, ...answer.headers } };
  }

  #instead(fault: Extract<Fault, { kind: "status" }>): Reply {
    const now = this.#world.now();
    const { status, headers, body } = statusAnswer(fault, now);
    const date = new Date(now).toUTCString();
    return { kind: "answer", answer: { status, headers: { date, ...headers }, body } };
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
