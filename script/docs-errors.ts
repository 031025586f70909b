/**
 * The tables of `docs/operations.md`: what the action advises about each error, asked of the very functions
 * that write a failed step's annotation, so that document and annotation can't differ.
 */
import type { AnswerFault, NetworkFault } from "../src/phala/fault.ts";
import { isLate } from "../src/phala/transport.ts";
import {
  ADVICE_BY_CODE,
  ADVICE_BY_STATUS,
  adviceForAnswer,
  adviceForNetwork,
  networkReason,
} from "../src/report/advice.ts";

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
  };
  return adviceForAnswer(fault);
}

/** Every `ERR-` code that the action has advice for. */
export function codeTable(): string {
  const rows = Object.entries(ADVICE_BY_CODE)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([code, advice]) => `| \`ERR-${code}\` | ${cell(advice)} |`);
  return ["| `error_code` | What to do |", "| --- | --- |", ...rows].join("\n");
}

/** Every status with advice of its own, for answers that have no `ERR-` code. */
export function answerTable(): string {
  const rows = Object.entries(ADVICE_BY_STATUS).map(
    ([status, advice]) => `| \`HTTP-${status}\` | ${cell(advice)} |`,
  );
  return [
    "| `error_code` | What to do |",
    "| --- | --- |",
    `| \`HTTP-3xx\` | ${cell(answer(302))} |`,
    ...rows,
    `| other \`HTTP-4xx\` | ${cell(answer(418))} |`,
    `| \`HTTP-5xx\` | ${cell(answer(500))} |`,
  ].join("\n");
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
