import http, { type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import process from "node:process";
import { HttpClient } from "@actions/http-client";
import { type Connection, openConnection } from "./connection.ts";
import {
  type HttpAnswer,
  type HttpRequest,
  NetworkError,
  type NetworkKind,
  type Transport,
} from "./transport.ts";
import { TunnelError } from "./tunnel.ts";

/** The largest answer that is read, in bytes. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * The action's only way out: `@actions/http-client`, with what it lacks: one deadline over the whole
 * exchange, a limit on the body, proxies as everybody writes them (see `proxy.ts`), and no redirects,
 * because its redirects would take `X-API-Key` along to another host. Connections are not kept alive, so no
 * idle socket keeps the process running.
 *
 * @param userAgent names the action and its version to the API.
 * @param env where the proxies are named
 */
export function createTransport(
  userAgent: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Transport {
  return async (request) => {
    const abort = new AbortController();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      abort.abort();
    }, request.timeoutMs);
    const giveUp = () => abort.abort();
    request.signal?.addEventListener("abort", giveUp, { once: true });
    let connection: Connection | null = null;
    const stands = () => connection?.stands() ?? false;
    try {
      if (request.signal?.aborted) throw new Error("not sent");
      connection = openConnection(new URL(request.url), env, abort.signal);
      return await exchange(request, userAgent, connection, abort.signal);
    } catch (error) {
      if (request.signal?.aborted) throw new NetworkError("cancelled", "the step was cancelled");
      if (late) throw lateError(request.timeoutMs, stands());
      throw error instanceof NetworkError ? error : networkError(error, stands());
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", giveUp);
      connection?.agent.destroy();
    }
  };
}

async function exchange(
  { method, url, body, headers, timeoutMs, encoding }: HttpRequest,
  userAgent: string,
  { agent, host, port }: Connection,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  // Its own limit of three silent minutes would come before a longer deadline.
  const client = new HttpClient(userAgent, [], { socketTimeout: timeoutMs + 1_000 });
  const parsedUrl = new URL(url);
  const options: RequestOptions = {
    method,
    host,
    port,
    path: parsedUrl.pathname + parsedUrl.search,
    headers: { ...headers, "user-agent": client.userAgent },
    agent,
    signal,
  };
  const httpModule = parsedUrl.protocol === "https:" ? https : http;
  try {
    // The raw request, since the other ones look for proxies by rules of their own. The library may never
    // settle (an upgrade that nobody asked for): our signal always wins.
    const response = await Promise.race([
      // None at all where there is none: an empty text would be announced as a body.
      client.requestRaw({ parsedUrl, httpModule, options }, body as string),
      rejected(signal),
    ]);
    return await readAnswer(response.message, encoding);
  } finally {
    client.dispose();
  }
}

function lateError(timeoutMs: number, stood: boolean): NetworkError {
  const text = `no complete answer within ${Math.round(timeoutMs / 100) / 10} s`;
  return stood
    ? new NetworkError("timeout", text)
    : new NetworkError("connect-timeout", `${text}, nor a connection`);
}

function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
  });
}

async function readAnswer(
  message: IncomingMessage,
  encoding: HttpRequest["encoding"],
): Promise<HttpAnswer> {
  const status = message.statusCode ?? 0;
  const chunks: Buffer[] = [];
  let size = 0;
  let breaksOff = false;
  try {
    for await (const chunk of message) {
      size += (chunk as Buffer).length;
      if (size > MAX_BODY_BYTES) {
        throw new NetworkError("too-large", `the answer is larger than ${MAX_BODY_BYTES} bytes`);
      }
      chunks.push(chunk as Buffer);
    }
    if (!message.complete) throw new NetworkError("cut-off", "the connection closed too early");
  } catch (error) {
    message.destroy();
    // The status of an error answer says all that a decision needs; a lost explanation changes nothing.
    if (status < 300) {
      if (error instanceof NetworkError) throw error;
      if ((error as NodeJS.ErrnoException).code === "ECONNRESET") {
        throw new NetworkError(
          "cut-off",
          "the connection closed in the middle of the answer",
          error,
        );
      }
      throw error;
    }
    breaksOff = true;
  }
  const body = Buffer.concat(chunks).toString(encoding ?? "utf8");
  return { status, headers: flatten(message), body, breaksOff };
}

function flatten(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

const CERTIFICATE = /^(?:ERR_TLS_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/;
const BROKEN = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

/**
 * Sorts Node's errors by what they say of the request: could it have reached the server or not?
 *
 * @param stood whether the connection stood, TLS included, when it came to the error
 */
export function networkError(error: unknown, stood: boolean): NetworkError {
  const { code = "", syscall = "", message = "" } = firstError(error);
  const detail = (code || message || String(error)).slice(0, 200);
  const as = (kind: NetworkKind) => new NetworkError(kind, detail, error);
  if (error instanceof TunnelError) return as("proxy");
  if (code === "ECONNREFUSED") return as("refused");
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return as("unresolved");
  if (CERTIFICATE.test(code)) return as("certificate");
  // A connection that was never made has carried no request.
  if (syscall === "connect") return as("unreachable");
  // Also https: to a port that speaks plain HTTP, and whatever else a handshake may fail of.
  if (!stood) return as("handshake");
  if (BROKEN.has(code) || message === "socket hang up") return as("reset");
  return as(code === "ETIMEDOUT" ? "timeout" : "other");
}

function firstError(error: unknown): Partial<NodeJS.ErrnoException> {
  // Node tries IPv6 and IPv4 and reports both failures together.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors[0] as NodeJS.ErrnoException;
  }
  return typeof error === "object" && error !== null ? error : {};
}
