import {
  arrayAt,
  fieldOf,
  isObject,
  type JsonObject,
  objectAt,
  parseJson,
  stringAt,
} from "../text/json.ts";
import { type HttpAnswer, NetworkError, type NetworkKind } from "./transport.ts";

/**
 * Why a request brought nothing usable, as a value: the rules (retry, settle, give up) decide on it and
 * `report/` puts it into words.
 */
export type Fault = AnswerFault | NetworkFault | UnreadableFault;

/** The API answered with something other than success. */
export interface AnswerFault {
  readonly kind: "answer";
  readonly status: number;
  /** `ERR-…` as the API gives it, or null. */
  readonly errorCode: string | null;
  /** The server's own reason, or null where the answer had none. Not yet fit for printing. */
  readonly reason: string | null;
  readonly suggestions: readonly string[];
  readonly links: readonly string[];
  readonly requestId: string | null;
  /** The `Retry-After` header as it came, or null. */
  readonly retryAfter: string | null;
  /** The `Date` header in ms since the epoch, or null. */
  readonly serverTime: number | null;
  /** Where a redirect pointed: its origin only, or null. */
  readonly location: string | null;
  /** It is a web page: a proxy or firewall wrote it, and not the API. */
  readonly page: boolean;
  /** As the API writes its errors; without a body, which may be anybody's; or as no API writes. */
  readonly form: "json" | "none" | "other";
}

/** No complete answer came. */
export interface NetworkFault {
  readonly kind: "network";
  readonly network: NetworkKind;
  readonly detail: string;
  /** Host and port that were asked; left out where nobody knows. */
  readonly address?: string;
}

/** The API answered 2xx, but not with what the request asks for. */
export interface UnreadableFault {
  readonly kind: "unreadable";
  readonly status: number;
  readonly problem: string;
  readonly requestId: string | null;
  /** It is a web page, such as a proxy's login: something else than the API answered. */
  readonly page: boolean;
}

/**
 * Whether the API says that it knows no such thing, in JSON (API facts, "Errors, limits"): a proxy's page proves nothing.
 * @param bare takes a 404 without a body for the API's too: something else of the API's says the same
 */
export function isUnknownToApi(fault: Fault, bare = false): boolean {
  if (fault.kind !== "answer" || fault.status !== 404) return false;
  return fault.form === "json" || (bare && fault.form === "none");
}

/** A request's result: the value, or why there is none. */
export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault };

/** Whether the same is to be said of both: what differs from one answer to the next is left aside. */
export function sameFault(a: Fault, b: Fault): boolean {
  const said = (fault: Fault) => {
    if (fault.kind === "network") return [fault.network, fault.detail, fault.address];
    if (fault.kind === "unreadable") return [fault.status, fault.problem, fault.requestId];
    const { status, errorCode, location, reason, requestId } = fault;
    return [status, errorCode, location ?? reason, requestId];
  };
  return a.kind === b.kind && JSON.stringify(said(a)) === JSON.stringify(said(b));
}

/** More than this nobody reads. */
const MOST_SUGGESTIONS = 3;
const MOST_LINKS = 2;

/** What the transport threw, as a value. @param url the address that was asked */
export function networkFault(error: unknown, url?: string): NetworkFault {
  const { kind, detail } =
    error instanceof NetworkError
      ? error
      : { kind: "other" as const, detail: error instanceof Error ? error.name : "unknown" };
  const address = url === undefined ? null : addressOf(url);
  return { kind: "network", network: kind, detail, ...(address === null ? {} : { address }) };
}

/** `host:port`, also where the port is the scheme's own. */
function addressOf(url: string): string | null {
  const { hostname = "", port, protocol } = URL.parse(url) ?? {};
  if (hostname === "") return null;
  return `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
}

export function unreadable(answer: HttpAnswer, problem: string): UnreadableFault {
  return {
    kind: "unreadable",
    status: answer.status,
    problem,
    requestId: requestIdOf(answer, null),
    page: isPage(answer),
  };
}

/**
 * Reads an error answer in every form that the API is known to use (API facts, "Errors"): `detail` as a
 * string, FastAPI's 422 list, the structured envelope at the top or inside `detail`, the flat form, and
 * what a proxy may say instead (HTML, text, nothing, broken JSON).
 *
 * @param redact takes out what must not be printed
 */
export function answerFault(answer: HttpAnswer, redact: (text: string) => string): AnswerFault {
  const body = parseJson(answer.body);
  const envelope = envelopeOf(body);
  const reason = reasonOf(body, envelope) ?? plainTextOf(answer.body, body);
  return {
    kind: "answer",
    status: answer.status,
    errorCode: errorCodeOf(envelope),
    reason: redactOrNull(reason, redact),
    suggestions: arrayAt(envelope, "suggestions")
      .filter((text): text is string => typeof text === "string" && text !== "")
      .slice(0, MOST_SUGGESTIONS)
      .map(redact),
    links: arrayAt(envelope, "links")
      .map((link) => stringAt(link, "url"))
      .filter((url) => url !== null)
      .slice(0, MOST_LINKS)
      .map(redact),
    requestId: redactOrNull(requestIdOf(answer, envelope), redact),
    retryAfter: answer.headers["retry-after"] ?? null,
    serverTime: serverTime(answer),
    location: originOf(answer.headers.location),
    page: isPage(answer),
    form: isObject(body) ? "json" : answer.body.trim() === "" ? "none" : "other",
  };
}

/** Markup where JSON was expected. */
export function isPage({ body }: HttpAnswer): boolean {
  return /^\s*</.test(body.slice(0, 1_000));
}

function redactOrNull(text: string | null, redact: (text: string) => string): string | null {
  return text === null ? null : redact(text);
}

/** The object that carries `error_code` or `message`: the body itself, or what it wraps in `detail`. */
export function envelopeOf(body: unknown): JsonObject | null {
  if (!isObject(body)) return null;
  if (stringAt(body, "error_code") !== null) return body;
  return objectAt(body, "detail") ?? body;
}

/** The answer's `Date` header in ms since the epoch, or null. */
export function serverTime(answer: HttpAnswer): number | null {
  const time = Date.parse(answer.headers.date ?? "");
  return Number.isNaN(time) ? null : time;
}

function errorCodeOf(envelope: JsonObject | null): string | null {
  const code = stringAt(envelope, "error_code");
  // Anything else would be a stranger's text in `error_code`, an output that people compare.
  return code !== null && /^ERR-[0-9A-Za-z-]{1,32}$/.test(code) ? code : null;
}

function reasonOf(body: unknown, envelope: JsonObject | null): string | null {
  const detail = fieldOf(body, "detail");
  if (typeof detail === "string" && detail !== "") return detail;
  if (Array.isArray(detail)) return validationReason(detail);
  const message = stringAt(envelope, "message") ?? stringAt(envelope, "error");
  const fields = arrayAt(envelope, "details").flatMap((entry) => {
    const text = stringAt(entry, "message");
    const field = stringAt(entry, "field");
    return text === null ? [] : [field === null ? text : `${field}: ${text}`];
  });
  const parts = message === null ? fields : [message, ...fields];
  return parts.length > 0 ? parts.join("; ") : null;
}

/** FastAPI's 422 list: where, and what is wrong there. */
function validationReason(list: readonly unknown[]): string | null {
  const parts = list.flatMap((entry) => {
    if (typeof entry === "string") return [entry];
    const text = stringAt(entry, "msg") ?? stringAt(entry, "message");
    if (text === null) return [];
    const where = arrayAt(entry, "loc").filter(
      (p) => typeof p === "string" || typeof p === "number",
    );
    return [where.length > 0 ? `${where.join(".")}: ${text}` : text];
  });
  return parts.length > 0 ? parts.join("; ") : null;
}

/** What a proxy wrote where JSON was expected: its title or its text, without the markup. */
function plainTextOf(text: string, body: unknown): string | null {
  if (typeof body === "string") return body === "" ? null : body;
  if (body !== undefined) return null;
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text.slice(0, 20_000))?.[1];
  if (title?.trim()) return unescaped(title);
  if (/^\s*[{["]/.test(text)) return "an answer that breaks off in the middle of its JSON";
  const plain = unescaped(
    text
      .slice(0, 20_000)
      .replace(/<!--.*?-->|<(style|script)\b.*?<\/\1\s*>/gis, " ")
      .replace(/<[^>]*>/g, " "),
  );
  return plain === "" ? null : plain;
}

/** The entities that error pages use, and the spaces between their words. */
function unescaped(html: string): string {
  const entities: Readonly<Record<string, string>> = {
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    "#39": "'",
    nbsp: " ",
  };
  return html
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => entities[name] ?? "")
    .replace(/\s+/g, " ")
    .trim();
}

function requestIdOf(answer: HttpAnswer, envelope: JsonObject | null): string | null {
  return stringAt(envelope, "request_id") ?? (answer.headers["x-request-id"] || null);
}

function originOf(location: string | undefined): string | null {
  if (location === undefined) return null;
  try {
    return new URL(location).origin;
  } catch {
    return null;
  }
}
