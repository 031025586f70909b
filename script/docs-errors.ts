/**
 * The tables of `docs/operations.md`: what the action advises about each error, asked of the very functions
 * that write a failed step's annotation, so that document and annotation can't differ.
 */
import type { AnswerFault, NetworkFault } from "../src/phala/fault.ts";
import { adviceForAnswer, adviceForNetwork, networkReason } from "../src/report/advice.ts";

/** A table cell: one line, and no character that would end the cell. */
export function cell(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
}

function answer(status: number, errorCode: string | null): string {
  const fault: AnswerFault = {
    kind: "answer",
    status,
    errorCode,
    reason: null,
    suggestions: [],
    links: [],
    requestId: null,
    retryAfter: null,
    serverTime: null,
    location: null,
  };
  return adviceForAnswer(fault);
}

/** No status has advice of its own here, so what comes is the code's, or the fallback. */
const PLAIN_STATUS = 418;

/** The API numbers its codes by module and error: `ERR-03-009`. */
function everyCode(): string[] {
  const two = (number: number): string => String(number).padStart(2, "0");
  const three = (number: number): string => String(number).padStart(3, "0");
  return Array.from({ length: 20 }, (_m, module) => module).flatMap((module) =>
    Array.from({ length: 100 }, (_n, error) => `ERR-${two(module)}-${three(error)}`),
  );
}

/** Every `ERR-` code that the action has advice for. */
export function codeTable(): string {
  const fallback = answer(PLAIN_STATUS, null);
  const rows = everyCode()
    .map((code) => [code, answer(PLAIN_STATUS, code)] as const)
    .filter(([, advice]) => advice !== fallback)
    .map(([code, advice]) => `| \`${code}\` | ${cell(advice)} |`);
  return ["| `error_code` | What to do |", "| --- | --- |", ...rows].join("\n");
}

/** Every status with advice of its own, for answers that have no `ERR-` code. */
export function answerTable(): string {
  const statuses = Array.from({ length: 200 }, (_s, index) => 300 + index);
  const fallback = answer(PLAIN_STATUS, null);
  const rows = statuses
    .map((status) => [status, answer(status, null)] as const)
    // Redirects and server errors get a line each, not one a status.
    .filter(([status, advice]) => status >= 400 && advice !== fallback)
    .map(([status, advice]) => `| \`HTTP-${status}\` | ${cell(advice)} |`);
  return [
    "| `error_code` | What to do |",
    "| --- | --- |",
    `| \`HTTP-3xx\` | ${cell(answer(302, null))} |`,
    ...rows,
    `| other \`HTTP-4xx\` | ${cell(fallback)} |`,
    `| \`HTTP-5xx\` | ${cell(answer(500, null))} |`,
  ].join("\n");
}

/** What each kind of broken connection is called in a message; the compiler sees to it that none is missing. */
const KINDS: Readonly<Record<NetworkFault["network"], string>> = {
  refused: "ECONNREFUSED",
  unresolved: "ENOTFOUND",
  unreachable: "EHOSTUNREACH",
  certificate: "CERT_HAS_EXPIRED",
  proxy: "HTTP 407",
  reset: "ECONNRESET",
  "cut-off": "",
  "too-large": "the answer is larger than 10 MiB",
  timeout: "no complete answer within 60 s",
  cancelled: "",
  other: "…",
};

/** Every way in which no answer comes. */
export function networkTable(): string {
  // A cancelled step has no error code.
  const kinds = Object.entries(KINDS).filter(([network]) => network !== "cancelled");
  const rows = kinds.map(([network, detail]) => {
    const fault = { kind: "network", network, detail } as NetworkFault;
    const code = network === "timeout" ? "TIMEOUT" : "NETWORK";
    return `| \`${code}\` | ${cell(networkReason(fault))} | ${cell(adviceForNetwork(fault))} |`;
  });
  return [
    "| `error_code` | What the message says | What to do |",
    "| --- | --- | --- |",
    ...rows,
  ].join("\n");
}
