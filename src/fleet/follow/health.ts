import type { Edges } from "../../action/edges.ts";
import { networkFault } from "../../net/fault.ts";
import { isLate } from "../../net/transport.ts";
import { networkReason } from "../../report/words/advice.ts";
import { oneLine } from "../../text/clean.ts";
import { isLoopback, webUrl } from "../../text/url.ts";

/** Deadline of one health request in ms, so that a hanging app leaves time for another try. */
const ONE_CHECK_MS = 10_000;
/** A single good answer may be luck: containers flap while they start. */
const GOOD_IN_A_ROW = 2;

export interface HealthTarget {
  /** The instance's own URL and the path. */
  readonly url: string;
  /** Pause between two requests in ms. */
  readonly intervalMs: number;
  /** Ms since the epoch. */
  readonly deadline: number;
  /** Told what was wrong with each answer that was not good. */
  readonly onProblem: (problem: string) => void;
}

/**
 * Asks the replica itself until it answers 2xx twice in a row. The request carries nothing but its path:
 * the API key has no business there. Redirects are not followed.
 *
 * @returns whether it came to serve before the deadline and before `signal`
 */
export async function becomesHealthy(
  { clock, transport }: Pick<Edges, "clock" | "transport">,
  target: HealthTarget,
  signal: AbortSignal,
): Promise<boolean> {
  let good = 0;
  let known = false;
  while (!signal.aborted) {
    const leftMs = target.deadline - clock.now();
    if (leftMs <= 0) return false;
    const problem = await problemOf(transport, target.url, Math.min(ONE_CHECK_MS, leftMs), signal);
    if (signal.aborted) return false;
    good = problem === null ? good + 1 : 0;
    if (good >= GOOD_IN_A_ROW) return true;
    // What only the deadline cut off says less than the answer before it.
    if (problem !== null && !(known && problem.cutShort)) target.onProblem(problem.text);
    known ||= problem !== null;
    await clock.sleep(
      Math.min(target.intervalMs, Math.max(0, target.deadline - clock.now())),
      signal,
    );
  }
  return false;
}

async function problemOf(
  transport: Edges["transport"],
  url: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly cutShort: boolean } | null> {
  try {
    const { status } = await transport({ method: "GET", url, headers: {}, timeoutMs, signal });
    if (status >= 200 && status < 300) return null;
    return { text: `it answered HTTP ${status}`, cutShort: false };
  } catch (error) {
    const fault = networkFault(error, url);
    const cutShort = isLate(fault.network) && timeoutMs < ONE_CHECK_MS;
    return { text: oneLine(networkReason(fault), 200), cutShort };
  }
}

/**
 * The instance's URL with the path behind it; null where it is none that the runner should ask. The API
 * names the address, so it must not lead into the runner's own network: `https:` alone, to a name (a
 * gateway's address never is a number), and this machine only where the API itself is on it (a simulator).
 * A name that resolves to an inner address is asked, since a gateway may have one for a runner of its own;
 * the service there would need a certificate for that name which the runner trusts.
 *
 * @param path begins with a slash
 */
export function healthUrl(instanceUrl: string, path: string, apiUrl: string): string | null {
  const base = webUrl(instanceUrl);
  if (base === null) return null;
  const here = isLoopback(base.hostname) && isLoopback(URL.parse(apiUrl)?.hostname ?? "");
  if (!here && (base.protocol !== "https:" || !isPublicName(base.hostname))) return null;
  return base.origin + base.pathname.replace(/\/+$/, "") + path;
}

/** A name of several parts; no number in any form, and none of the names of this machine. */
function isPublicName(hostname: string): boolean {
  return /^(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]+$/.test(hostname) && !/\.localhost$/.test(hostname);
}
