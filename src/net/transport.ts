/**
 * What an HTTP exchange is to the rest of the action. The implementation is in `http.ts`; nothing else
 * opens a connection.
 */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Deadline of the whole exchange in ms: connect, send, headers and body. */
  readonly timeoutMs: number;
  /** Gives the exchange up at once. */
  readonly signal?: AbortSignal;
  /** `latin1`: each character of the answer's body is one of its bytes. Default: the body is UTF-8 text. */
  readonly encoding?: "latin1";
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text. Of an error answer it is what arrived. */
  readonly body: string;
  /** The end of an error answer's body was lost. */
  readonly breaksOff?: boolean;
}

export type NetworkKind =
  | "refused"
  | "unresolved"
  | "unreachable"
  | "certificate"
  | "proxy"
  /** It broke before TLS stood. */
  | "handshake"
  /** The deadline came before the connection stood. */
  | "connect-timeout"
  | "reset"
  | "cut-off"
  | "too-large"
  | "timeout"
  | "cancelled"
  | "other";

/** Whether it is certain that the server never saw the request, so that sending it again is sound. */
export function neverSent(kind: NetworkKind): boolean {
  return NEVER_SENT.has(kind);
}

const NEVER_SENT: ReadonlySet<NetworkKind> = new Set([
  "refused",
  "unresolved",
  "unreachable",
  "proxy",
  "handshake",
  "connect-timeout",
]);

/** Whether the deadline ended it. */
export function isLate(kind: NetworkKind): boolean {
  return kind === "timeout" || kind === "connect-timeout";
}

/** An exchange that brought no usable answer. */
export class NetworkError extends Error {
  readonly kind: NetworkKind;
  /** A short technical detail such as `ECONNREFUSED`; never a secret. */
  readonly detail: string;

  constructor(kind: NetworkKind, detail: string, cause?: unknown) {
    super(`${kind}: ${detail}`, { cause });
    this.name = "NetworkError";
    this.kind = kind;
    this.detail = detail;
  }
}

/** Sends one request, follows no redirect, retries nothing. @throws NetworkError */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>;
