/**
 * The tables of `docs/operations.md`: what the action advises about each error, asked of the very functions
 * that write a failed step's annotation, so that document and annotation can't differ.
 */
import type { AnswerFault, NetworkFault } from "../src/net/fault.ts";
import { isLate } from "../src/net/transport.ts";
import {
  ADVICE_BY_CODE,
  ADVICE_BY_STATUS,
  adviceForAnswer,
  adviceForNetwork,
} from "../src/report/words/advice.ts";
import { networkReason } from "../src/report/words/reason.ts";

/** A table cell: one line, and no character that would end the cell. */
export function cell(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
}

/** The advice to a status that has none of its own. */
function answer(status: number): string {
  const fault: AnswerFault = {
    kind: "answer",
    status,
    errorCode: null,
    reason: null,
    suggestions: [],
    links: [],
    requestId: null,
    retryAfter: null,
    serverTime: null,
    location: null,
    page: false,
    form: "json",
  };
  return adviceForAnswer(fault);
}

/** One heading a code, since each annotation links to that of its code. */
function section(code: string, advice: string): string {
  return `### \`${code}\`\n\n${advice.trim().replaceAll(/\s+/g, " ")}`;
}

/** A section for every `ERR-` code that the action has advice for. */
export function codeSections(): string {
  return Object.entries(ADVICE_BY_CODE)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([code, advice]) => section(`ERR-${code}`, advice))
    .join("\n\n");
}

/** A section for every status with advice of its own, for answers without an `ERR-` code, and for the rest. */
export function answerSections(): string {
  return [
    section("HTTP-3xx", answer(302)),
    ...Object.entries(ADVICE_BY_STATUS).map(([status, advice]) =>
      section(`HTTP-${status}`, advice),
    ),
    section("HTTP-4xx", answer(418)),
    section("HTTP-5xx", answer(500)),
  ].join("\n\n");
}

/** What each kind of broken connection is called in a message; the compiler sees to it that none is missing. */
const KINDS: Readonly<Record<NetworkFault["network"], string>> = {
  refused: "ECONNREFUSED",
  unresolved: "ENOTFOUND",
  unreachable: "EHOSTUNREACH",
  certificate: "CERT_HAS_EXPIRED",
  proxy: "HTTP 407",
  handshake: "ECONNRESET",
  reset: "ECONNRESET",
  "cut-off": "",
  "too-large": "the answer is larger than 10 MiB",
  timeout: "no complete answer within 60 s",
  "connect-timeout": "no complete answer within 60 s, nor a connection",
  cancelled: "",
  other: "…",
};

/** Every way in which no answer comes. */
export function networkTable(): string {
  // A cancelled step has no error code.
  const kinds = Object.entries(KINDS).filter(([network]) => network !== "cancelled");
  const rows = kinds.map(([network, detail]) => {
    const fault = { kind: "network", network, detail } as NetworkFault;
    const code = isLate(fault.network) ? "TIMEOUT" : "NETWORK";
    return `| \`${code}\` | ${cell(networkReason(fault))} | ${cell(adviceForNetwork(fault))} |`;
  });
  return [
    "| `error_code` | What the message says | What to do |",
    "| --- | --- | --- |",
    ...rows,
  ].join("\n");
}
