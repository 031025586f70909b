import type { Edges } from "../../action/edges.ts";
import type { HealthProblem } from "../../ledger/terms.ts";
import { networkFault } from "../../net/fault.ts";
import { cut } from "../../text/cut.ts";

/** Deadline of one health request in ms. */
export const PROBE_MS = 10_000;
/** So much of an answer is kept for a person to see what came instead. Characters. */
const MOST_KEPT = 200;

/**
 * Asks an instance itself, once. The request carries nothing but its path: the API key has no business there.
 * Redirects are not followed.
 *
 * @param expect text that the body must hold; null: a 2xx is enough
 * @returns what is wrong with the answer; null: it is good
 */
export async function probe(
  { transport, runner, cancel }: Pick<Edges, "transport" | "runner" | "cancel">,
  url: string,
  expect: string | null,
): Promise<HealthProblem | null> {
  try {
    const request = {
      method: "GET",
      url,
      headers: {},
      timeoutMs: PROBE_MS,
      signal: cancel,
    } as const;
    const { status, body } = await transport(request);
    const shown = () => cut(runner.redactPrinted(cut(body, MOST_KEPT * 10)), MOST_KEPT);
    if (status < 200 || status >= 300) return { got: "status", status, body: shown() };
    if (expect === null || body.includes(expect)) return null;
    return { got: "other-text", status, expected: expect, body: shown() };
  } catch (error) {
    return { got: "fault", fault: networkFault(error, url) };
  }
}
