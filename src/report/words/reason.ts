/** Why a request brought no success, as part of a sentence: of the log, too, which gives no advice. */
import type { Fault, NetworkFault } from "../../net/fault.ts";
import { oneLine } from "../../text/clean.ts";

/** What came instead of success, without what was tried and without advice. */
export function reasonOf(fault: Fault): string {
  if (fault.kind === "network") return networkReason(fault);
  const id = fault.requestId === null ? "" : `, request id ${oneLine(fault.requestId, 100)}`;
  if (fault.kind === "unreadable") return `HTTP ${fault.status} with ${fault.problem}${id}`;
  const code = fault.errorCode === null ? "" : ` ${fault.errorCode}`;
  const reason =
    fault.location !== null ? `a redirect to ${oneLine(fault.location, 200)}` : fault.reason;
  const said = reason === null ? "no reason given" : withoutEnd(oneLine(reason));
  return `HTTP ${fault.status}${code}: ${said}${id}`;
}

/** One sentence on why no answer came, and from where. */
export function networkReason(fault: NetworkFault): string {
  const { address } = fault;
  return `${reasonAlone(fault)}${address === undefined ? "" : `, address ${oneLine(address, 300)}`}`;
}

function reasonAlone(fault: NetworkFault): string {
  switch (fault.network) {
    case "refused":
      return `the connection was refused (${fault.detail})`;
    case "unresolved":
      return `the host name does not resolve (${fault.detail})`;
    case "unreachable":
      return `the host can't be reached (${fault.detail})`;
    case "certificate":
      return `the server's certificate is not trusted (${fault.detail})`;
    case "proxy":
      return `the proxy did not open the connection (${fault.detail})`;
    case "reset":
      return `the connection broke before an answer came (${fault.detail})`;
    case "cut-off":
      return "the connection broke in the middle of the answer";
    case "too-large":
      return `${fault.detail}, which no answer of this API is`;
    case "handshake":
      return `no encrypted connection came about (${fault.detail}), so nothing was sent`;
    case "timeout":
    case "connect-timeout":
      return fault.detail;
    case "cancelled":
      return "the step was cancelled before the answer came";
    case "other":
      return `the connection failed (${fault.detail})`;
  }
}

/** Without the dots at its end. */
export function withoutEnd(text: string): string {
  return text.replace(/[.\s]+$/, "");
}
