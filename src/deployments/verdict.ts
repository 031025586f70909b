import { type AnswerFault, answerFault, type Fault } from "../net/fault.ts";
import type { Verdict } from "../net/retry.ts";
import { neverSent } from "../net/transport.ts";
import { arrayAt, stringAt } from "../text/json.ts";

/** An answer as octokit hands it on; `data` is parsed where it was JSON. */
export interface GithubAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}

/** Where a secondary limit names no time (REST docs, "Rate limits"). Seconds. */
const LIMIT_WITHOUT_TIME_S = 60;

/**
 * An answer that is no success, in the form in which this action reasons about answers. `retryAfter` of a
 * rate limit is always set, whichever of its ways GitHub chose to tell the time; a refusal for any other
 * reason has none.
 *
 * @param now ms since the epoch
 * @param redact takes out what must not be printed, before the text is cut anywhere
 */
export function faultOf(
  answer: GithubAnswer,
  now: number,
  redact: (text: string) => string,
): AnswerFault {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) headers[name] = String(value ?? "");
  const { data } = answer;
  const body = typeof data === "string" ? data : (JSON.stringify(data) ?? "");
  const plain = answerFault({ status: answer.status, headers, body }, redact);
  const fault = {
    ...plain,
    reason: redact(reasonWithErrors(plain.reason, data)) || null,
    requestId: redact(headers["x-github-request-id"] ?? "") || plain.requestId,
  };
  return answer.status === 403 || answer.status === 429
    ? { ...fault, retryAfter: limitOf(fault, headers, now) }
    : fault;
}

/** The wait that a rate limit asks for, as `Retry-After` would tell it; null: it is no rate limit. */
function limitOf(
  fault: AnswerFault,
  headers: Readonly<Record<string, string>>,
  now: number,
): string | null {
  if (fault.retryAfter) return fault.retryAfter;
  const reset = Number(headers["x-ratelimit-reset"] || Number.NaN);
  if (headers["x-ratelimit-remaining"] === "0" && Number.isFinite(reset)) {
    const seconds = Math.ceil(reset - (fault.serverTime ?? now) / 1_000);
    return String(Math.max(1, seconds));
  }
  const limited = fault.status === 429 || /rate limit|abuse detection/i.test(fault.reason ?? "");
  return limited ? String(LIMIT_WITHOUT_TIME_S) : null;
}

/** A 422 of GitHub tells in `errors` which field is wrong. */
function reasonWithErrors(reason: string | null, data: unknown): string {
  const parts = arrayAt(data, "errors").flatMap((error) => {
    if (typeof error === "string") return [error];
    const text = stringAt(error, "message") ?? stringAt(error, "code");
    const field = stringAt(error, "field");
    if (text === null) return [];
    return [field === null ? text : `${field}: ${text}`];
  });
  return [reason, ...parts].filter((part) => part !== null && part !== "").join("; ");
}

/**
 * Whether a request is worth another try. A status that is told twice does no harm. A deployment whose
 * answer was lost may have been made, so only an answer of the server, or a connection that never was,
 * lets it be asked for again: GitHub has no idempotency key either.
 */
export function judge(kind: "deployment" | "status", fault: Fault): Verdict {
  if (fault.kind === "answer") {
    if (fault.status === 403 || fault.status === 429) {
      return fault.retryAfter === null ? "final" : "retry";
    }
    if (fault.status < 500) return "final";
    // A gateway may say so after GitHub has made it; a 503 says that nothing was done.
    return kind === "status" || fault.status === 503 ? "retry" : "uncertain";
  }
  if (fault.kind === "unreadable") return "uncertain";
  if (neverSent(fault.network)) return "retry";
  if (fault.network === "certificate" || fault.network === "cancelled") return "final";
  return kind === "status" ? "retry" : "uncertain";
}
