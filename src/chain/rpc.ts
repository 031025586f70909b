import type { Clock } from "../net/clock.ts";
import { answerFault, networkFault, unreadable } from "../net/fault.ts";
import { type Budget, nextTry } from "../net/retry.ts";
import type { HttpAnswer, Transport } from "../net/transport.ts";
import { fieldOf, isObject, numberAt, parseJson, stringAt } from "../text/json.ts";
import { readBytes } from "./hex.ts";
import { isPassing } from "./rpc-errors.ts";
import type { RpcError, RpcFault } from "./trouble.ts";

/** How long a read is tried: public nodes refuse for a while, and lag behind one another. */
const READ_BUDGET: Budget = { maxTries: 8, totalMs: 90_000, tryMs: 20_000 };

/** The longest message of a node that is kept, in characters. */
const MOST_MESSAGE = 300;

export interface RpcEdges {
  readonly transport: Transport;
  readonly clock: Clock;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
  /** Gives up, also in the middle of a request. */
  readonly signal: AbortSignal;
  readonly url: string;
  /** Deadline of one request in ms. */
  readonly timeoutMs: number;
  /** Takes out of foreign text what must not be printed, the RPC's address included. */
  readonly redact: (text: string) => string;
  /** Told before each wait for another try. */
  readonly onRetry: (method: string, fault: RpcFault, waitMs: number) => void;
}

export type RpcAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly method: string; readonly fault: RpcFault };

/** An Ethereum node over JSON-RPC 2.0. Throws nothing; what it answers counts as hostile until it is read. */
export class Rpc {
  readonly #edges: RpcEdges;
  #asked = 0;

  constructor(edges: RpcEdges) {
    // Nodes quote what they were sent; signed bytes have no place in a log or in the state.
    this.#edges = { ...edges, redact: (text) => withoutBytes(edges.redact(text)) };
  }

  /** One request, sent once. @param read null where the result is not of the form */
  async once<T>(
    method: string,
    params: readonly unknown[],
    read: (result: unknown) => T | null,
    timeoutMs: number = this.#edges.timeoutMs,
  ): Promise<RpcAnswer<T>> {
    const { transport, signal, url, redact } = this.#edges;
    const id = ++this.#asked;
    const failed = (fault: RpcFault) => ({ ok: false as const, method, fault });
    let answer: HttpAnswer;
    try {
      answer = await transport({
        method: "POST",
        url,
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
        timeoutMs,
        signal,
      });
    } catch (error) {
      return failed(networkFault(error));
    }
    const body = parseJson(answer.body);
    const said = readError(body, id, redact);
    // Some providers say their errors with a status. What is for everyone (a limit, a key) stays HTTP's.
    if (said !== null && (isSuccess(answer) || answer.status === 400)) return failed(said);
    if (!isSuccess(answer)) return failed(answerFault(answer, redact));
    const value = fieldOf(body, "id") === id ? read(fieldOf(body, "result")) : null;
    if (value === null) return failed(unreadable(answer, "no answer to what was asked"));
    return { ok: true, value };
  }

  /**
   * A read: tried again while that may help.
   *
   * @param mostRefusals how many errors of JSON-RPC are enough
   */
  async ask<T>(
    method: string,
    params: readonly unknown[],
    read: (result: unknown) => T | null,
    mostRefusals = Number.POSITIVE_INFINITY,
  ): Promise<RpcAnswer<T>> {
    const { clock, random, signal, timeoutMs, onRetry } = this.#edges;
    const begun = clock.now();
    let refusals = 0;
    for (let tries = 1; ; tries++) {
      const leftMs = Math.max(1, begun + READ_BUDGET.totalMs - clock.now());
      const tryMs = Math.min(timeoutMs, leftMs, READ_BUDGET.tryMs ?? leftMs);
      const answer = await this.once(method, params, read, tryMs);
      if (answer.ok || signal.aborted || !isPassing(answer.fault)) return answer;
      const { fault } = answer;
      if (fault.kind === "rpc" && ++refusals >= mostRefusals) return answer;
      const now = clock.now();
      const next = nextTry(ruled(fault), tries, now - begun, READ_BUDGET, now, random());
      if (!next.again) return answer;
      onRetry(method, fault, next.waitMs);
      await clock.sleep(next.waitMs, signal);
      if (signal.aborted) return answer;
    }
  }
}

/** A text without hex that is longer than a hash. */
function withoutBytes(text: string): string {
  return text.replace(/(?:0x)?[0-9a-f]{65,}/gi, "(bytes)");
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Of a fault the rules of trying again need to know what HTTP said; an error of JSON-RPC says no time. */
function ruled(fault: RpcFault): Exclude<RpcFault, RpcError> {
  return fault.kind === "rpc" ? { kind: "network", network: "other", detail: "" } : fault;
}

/** The error of a JSON-RPC answer to our request; one that could not read the request has a null id. */
function readError(body: unknown, id: number, redact: (text: string) => string): RpcError | null {
  const error = fieldOf(body, "error");
  const answered = fieldOf(body, "id");
  if (!isObject(error) || (answered !== id && answered !== null)) return null;
  const code = numberAt(error, "code");
  if (code === null || !Number.isSafeInteger(code)) return null;
  const data = fieldOf(error, "data");
  return {
    kind: "rpc",
    code,
    message: redact(stringAt(error, "message") ?? "").slice(0, MOST_MESSAGE),
    data: readReason(data),
  };
}

/** Bytes of a revert: geth has them as they are, Hardhat one level deeper, Nethermind behind a word. */
function readReason(data: unknown): string | null {
  const text = isObject(data) ? fieldOf(data, "data") : data;
  return readBytes(typeof text === "string" ? text.replace(/^Reverted /, "") : null);
}
