import type { Clock } from "../net/clock.ts";
import { answerFault, type Fault, networkFault } from "../net/fault.ts";
import type { HttpAnswer, HttpRequest, Transport } from "../net/transport.ts";

/** What the requests of a verification go out by. */
export interface Net {
  readonly transport: Transport;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Ends requests and waits at once. */
  readonly signal: AbortSignal;
  /** Deadline of one whole request in ms. */
  readonly timeoutMs: number;
  /** Takes what must not be printed out of a server's words. */
  readonly redact: (text: string) => string;
  /** Told before a request is sent again. @param what what it asks for */
  readonly onWait: (what: string, fault: Fault, waitMs: number, next: number) => void;
}

/** What a request has at the least, also where a step's time is up: the last look is to be a fair one. In ms. */
export const LEAST_MS = 10_000;

export type Got =
  | { readonly ok: true; readonly answer: HttpAnswer }
  | { readonly ok: false; readonly fault: Fault };

/** One GET, without tries of its own. Its body is left as it came: what is signed or hashed must not change. */
export async function get(
  { transport, signal, timeoutMs, redact }: Net,
  request: Pick<HttpRequest, "url" | "headers" | "encoding">,
  withinMs: number,
): Promise<Got> {
  try {
    const limit = { timeoutMs: Math.min(timeoutMs, withinMs), signal };
    const answer = await transport({ method: "GET", ...request, ...limit });
    const good = answer.status >= 200 && answer.status < 300;
    return good ? { ok: true, answer } : { ok: false, fault: answerFault(answer, redact) };
  } catch (error) {
    return { ok: false, fault: networkFault(error) };
  }
}

/** A fault in a few words, without the server's own. */
export function tellFault(fault: Fault): string {
  if (fault.kind === "answer") return `HTTP ${fault.status}`;
  return fault.kind === "network" ? fault.detail : fault.problem;
}
