/** How a request leaves for the Phala Cloud API, and what an answer is taken for; the routes are in `routes/`. */
import {
  type AnswerFault,
  type Attempt,
  answerFault,
  type Fault,
  isPage,
  networkFault,
  serverTime,
  unreadable,
} from "../net/fault.ts";
import type { HttpAnswer, HttpRequest, Transport } from "../net/transport.ts";
import { isObject, parseJson } from "../text/json.ts";
import { type Approval, readApproval } from "./approval.ts";
import { APPROVAL_NEEDED, NOT_ALLOWED } from "./codes.ts";
import type { UpdateAnswer } from "./revisions.ts";
import { readVm, type Vm } from "./vm.ts";

/** The API version that the shapes of this folder are written for (API facts, "API versions"). */
export const API_VERSION = "2026-01-21";

export interface ApiSettings {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly apiKey: string;
  /** Deadline of one whole request in ms. */
  readonly timeoutMs: number;
  /** Takes secrets out of what the server says, before anything reads or cuts it. */
  readonly redact: (text: string) => string;
  /** The same for what will be printed: the reasons of failures. */
  readonly redactPrinted: (text: string) => string;
}

export type CreateAnswer =
  | { readonly kind: "created"; readonly vm: Vm }
  | { readonly kind: "approval"; readonly approval: Approval; readonly fault: AnswerFault }
  | { readonly kind: "failed"; readonly fault: Fault };

/** Of one request. */
export interface Options {
  readonly signal?: AbortSignal;
  /** Instead of the client's own, where that is longer. */
  readonly timeoutMs?: number;
}

/** Sends single requests and reads their answers: no retries, no log, and nothing thrown. */
export class Wire {
  readonly #transport: Transport;
  readonly #settings: ApiSettings;

  constructor(transport: Transport, settings: ApiSettings) {
    this.#transport = transport;
    this.#settings = settings;
  }

  /** A create-like answer: a `VM`, a 465, or a failure. */
  creating(answer: HttpAnswer | Fault): CreateAnswer {
    if ("kind" in answer) return { kind: "failed", fault: answer };
    if (answer.status === APPROVAL_NEEDED && answer.breaksOff) {
      return { kind: "failed", fault: unreadable(answer, "an answer that breaks off") };
    }
    if (answer.status === APPROVAL_NEEDED) {
      return { kind: "approval", approval: readApproval(answer.body), fault: this.#fault(answer) };
    }
    if (!isSuccess(answer)) return { kind: "failed", fault: this.#fault(answer) };
    const value = parseJson(answer.body);
    const vm = readVm(value, serverTime(answer));
    if (vm === null) return { kind: "failed", fault: unreadable(answer, problemOf(answer, value)) };
    return { kind: "created", vm };
  }

  /** The answer to an update. What its body says is known to nobody (API facts, "Revisions and roll-out"). */
  updating(answer: HttpAnswer | Fault): UpdateAnswer {
    if (!("kind" in answer) && asksForApproval(answer) && !answer.breaksOff) {
      return { kind: "approval", approval: readApproval(answer.body), fault: this.#fault(answer) };
    }
    const done = this.done(answer);
    return done.ok ? { kind: "accepted" } : { kind: "failed", fault: done.fault };
  }

  /** The answer to what needs no value. */
  done(answer: HttpAnswer | Fault): Attempt<true> {
    if ("kind" in answer) return { ok: false, fault: answer };
    if (!isSuccess(answer)) return { ok: false, fault: this.#fault(answer) };
    // Whatever the API may say to what it has done, a page is a proxy's.
    if (isPage(answer)) return { ok: false, fault: unreadable(answer, "a web page") };
    return { ok: true, value: true };
  }

  /** The answer to a read; `read` says null to what is not of the promised form. */
  reading<T>(
    answer: HttpAnswer | Fault,
    read: (value: unknown, answer: HttpAnswer) => T | null,
  ): Attempt<T> {
    if ("kind" in answer) return { ok: false, fault: answer };
    if (!isSuccess(answer)) return { ok: false, fault: this.#fault(answer) };
    const value = parseJson(answer.body);
    const found = read(value, answer);
    if (found !== null) return { ok: true, value: found };
    return { ok: false, fault: unreadable(answer, problemOf(answer, value)) };
  }

  #fault(answer: HttpAnswer): AnswerFault {
    return answerFault(answer, this.#settings.redactPrinted);
  }

  /** One request. @param extra headers in the place of the usual ones, or beside them */
  async send(
    method: HttpRequest["method"],
    path: string,
    options: Options,
    body?: string,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer | Fault> {
    const { apiUrl, apiKey, timeoutMs, redact } = this.#settings;
    try {
      const answer = await this.#transport({
        method,
        url: apiUrl + path,
        headers: {
          accept: "application/json",
          "x-api-key": apiKey,
          "x-phala-version": API_VERSION,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...extra,
        },
        ...(body === undefined ? {} : { body }),
        timeoutMs: Math.min(timeoutMs, options.timeoutMs ?? timeoutMs),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      const headers = Object.entries(answer.headers).map(([name, value]) => [name, redact(value)]);
      return { ...answer, headers: Object.fromEntries(headers), body: redact(answer.body) };
    } catch (error) {
      return networkFault(error, apiUrl);
    }
  }
}

function isSuccess(answer: HttpAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

function problemOf(answer: HttpAnswer, value: unknown): string {
  if (answer.body.trim() === "") return "an empty body";
  if (isPage(answer)) return "a web page";
  if (value === undefined) return "a body that is not JSON, or breaks off";
  if (isObject(value)) return "a JSON object without the fields that the API promises";
  return `JSON of another type (${Array.isArray(value) ? "array" : value === null ? "null" : typeof value})`;
}

/** Of an update: for "not on chain" one source says 465, another 468 (API facts, 9). */
function asksForApproval({ status }: HttpAnswer): boolean {
  return status === APPROVAL_NEEDED || status === NOT_ALLOWED;
}
