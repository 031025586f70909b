import type { IncomingMessage, RequestOptions } from "node:http";
import { HttpClient } from "@actions/http-client";
import { obeySignal } from "./proxy.ts";
import { type HttpAnswer, type HttpRequest, NetworkError, type Transport } from "./transport.ts";

/** The largest answer that is read, in bytes. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * The action's only way out: `@actions/http-client` (proxies by `https_proxy` and `no_proxy`), with what
 * it lacks: one deadline over the whole exchange, a limit on the body, and no redirects, because its
 * redirects would take `X-API-Key` along to another host. Connections are not kept alive, so a create
 * request never meets a connection that the server is just closing, and no idle socket keeps the
 * process running.
 *
 * @param userAgent names the action and its version to the API.
 */
export function createTransport(userAgent: string): Transport {
  return async (request) => {
    const abort = new AbortController();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      abort.abort();
    }, request.timeoutMs);
    const giveUp = () => abort.abort();
    request.signal?.addEventListener("abort", giveUp, { once: true });
    const client = new HttpClient(userAgent, [new AbortHandler(abort.signal)], {
      allowRedirects: false,
      // Its own limit of three silent minutes would come before a longer deadline.
      socketTimeout: request.timeoutMs + 1_000,
    });
    try {
      if (request.signal?.aborted) throw new Error("not sent");
      const { method, url, body = null, headers } = request;
      // The library may never settle (an upgrade that nobody asked for): our signal always wins.
      const response = await Promise.race([
        client.request(method, url, body, headers),
        rejected(abort.signal),
      ]);
      return await readAnswer(response.message, request.encoding);
    } catch (error) {
      if (request.signal?.aborted) throw new NetworkError("cancelled", "the step was cancelled");
      if (late) {
        throw new NetworkError(
          "timeout",
          `no complete answer within ${Math.round(request.timeoutMs / 100) / 10} s`,
        );
      }
      throw error instanceof NetworkError ? error : networkError(error);
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", giveUp);
      client.dispose();
    }
  };
}

function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
  });
}

/** Hands our abort signal to Node's request, the one hook that http-client has for it. */
class AbortHandler {
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  prepareRequest(options: RequestOptions): void {
    options.signal = this.#signal;
    obeySignal(options.agent, this.#signal);
    // http-client passes the URL's brackets on, and Node would look "[::1]" up as a name.
    if (options.host?.startsWith("[")) options.host = options.host.slice(1, -1);
  }

  canHandleAuthentication(): boolean {
    return false;
  }

  async handleAuthentication(): Promise<never> {
    throw new Error("not used");
  }
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

// https: to a port that speaks plain HTTP. Nothing was sent: the handshake never got through.
const NOT_TLS = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"]);
const CERTIFICATE = /^(?:ERR_TLS_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/;

/** Sorts Node's errors by what they say of the request: could it have reached the server or not? */
export function networkError(error: unknown): NetworkError {
  const { code = "", syscall = "", message = "" } = firstError(error);
  const detail = code || message || String(error);
  if (message.startsWith("tunneling socket could not be established")) {
    return new NetworkError("proxy", message.slice(0, 200), error);
  }
  if (code === "ECONNREFUSED") return new NetworkError("refused", detail, error);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return new NetworkError("unresolved", detail, error);
  }
  if (CERTIFICATE.test(code)) return new NetworkError("certificate", detail, error);
  // A connection that was never made has carried no request.
  if (syscall === "connect" || NOT_TLS.has(code))
    return new NetworkError("unreachable", detail, error);
  if (["ECONNRESET", "EPIPE", "ECONNABORTED"].includes(code) || message === "socket hang up") {
    return new NetworkError("reset", detail, error);
  }
  if (code === "ETIMEDOUT") return new NetworkError("timeout", detail, error);
  return new NetworkError("other", detail.slice(0, 200), error);
}

function firstError(error: unknown): Partial<NodeJS.ErrnoException> {
  // Node tries IPv6 and IPv4 and reports both failures together.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors[0] as NodeJS.ErrnoException;
  }
  return typeof error === "object" && error !== null ? error : {};
}
