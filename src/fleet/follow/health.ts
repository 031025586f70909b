import type { Edges } from "../../action/edges.ts";
import type { HealthProblem } from "../../ledger/terms.ts";
import { networkFault, sameFault } from "../../net/fault.ts";
import { isLate } from "../../net/transport.ts";
import { oneLine } from "../../text/clean.ts";
import { isLoopback, webUrl } from "../../text/url.ts";

/** Deadline of one health request in ms, so that a hanging app leaves time for another try. */
const ONE_CHECK_MS = 10_000;
/** How much of a bad answer's body is shown. Characters. */
const MOST_BODY = 200;
/** More of it is not searched for secrets, or for what is expected. Characters. */
const MOST_READ = 100_000;
/** While it has to stay healthy it is asked again so soon at most, in ms. */
const HOLD_INTERVAL_MS = 15_000;
/** One bad answer may be bad luck as well. */
const BAD_IN_A_ROW = 2;
/** A single good answer may be luck: containers flap while they start. */
const GOOD_IN_A_ROW = 2;

export interface HealthTarget {
  /** The instance's own URL and the path. */
  readonly url: string;
  /** What the body of a good answer holds; null: anything. */
  readonly expect: string | null;
  /** How long it has to stay healthy, in ms. */
  readonly holdMs: number;
  /** Takes secrets out of what the guest says, before it is cut. */
  readonly redact: (text: string) => string;
  /** Told when it is healthy, and has to stay so. */
  readonly onHold: () => void;
  /** Pause between two requests in ms. */
  readonly intervalMs: number;
  /** Ms since the epoch. */
  readonly deadline: number;
  /** Told what was wrong with each answer that was not good. */
  readonly onProblem: (problem: HealthProblem) => void;
}

/** How a check ended: `fell-ill` is for good; `late` where the deadline or the signal came first. */
export type HealthEnd = "healthy" | "fell-ill" | "late";

/**
 * Asks the replica itself until it answers 2xx twice in a row, with what is expected, and then for as long as it
 * has to stay so. The request carries nothing but its path:
 * the API key has no business there. Redirects are not followed.
 *
 * @param signal ends it
 */
export async function becomesHealthy(
  { clock, transport }: Pick<Edges, "clock" | "transport">,
  target: HealthTarget,
  signal: AbortSignal,
): Promise<HealthEnd> {
  const { holdMs, deadline } = target;
  let good = 0;
  let bad = 0;
  let known = false;
  /** Since when it is healthy, ms since the epoch; null: it never was. */
  let since: number | null = null;
  while (!signal.aborted) {
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) return "late";
    const problem = await problemOf(transport, target, Math.min(ONE_CHECK_MS, leftMs), signal);
    if (signal.aborted) return "late";
    good = problem === null ? good + 1 : 0;
    bad = problem === null ? 0 : bad + 1;
    // What only the deadline cut off says less than the answer before it.
    if (problem !== null && !(known && problem.cutShort)) {
      target.onProblem(problem.problem);
    }
    known ||= problem !== null;
    if (since === null && good >= GOOD_IN_A_ROW) {
      since = clock.now();
      if (holdMs > 0) target.onHold();
    }
    if (since !== null && bad >= BAD_IN_A_ROW) return "fell-ill";
    const heldMs = since === null ? 0 : clock.now() - since;
    if (since !== null && bad === 0 && heldMs >= holdMs) return "healthy";
    const ownMs =
      since === null || bad > 0
        ? target.intervalMs
        : Math.min(HOLD_INTERVAL_MS, Math.max(target.intervalMs, holdMs - heldMs));
    await clock.sleep(Math.min(ownMs, Math.max(0, deadline - clock.now())), signal);
  }
  return "late";
}

async function problemOf(
  transport: Edges["transport"],
  { url, expect, redact }: HealthTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ readonly problem: HealthProblem; readonly cutShort: boolean } | null> {
  try {
    const answer = await transport({ method: "GET", url, headers: {}, timeoutMs, signal });
    const { status } = answer;
    const body = answer.body.slice(0, MOST_READ);
    const fine = status >= 200 && status < 300;
    if (fine && (expect === null || body.includes(expect))) return null;
    const said = { status, body: oneLine(redact(body), MOST_BODY) };
    const problem: HealthProblem =
      fine && expect !== null
        ? { got: "other-text", ...said, expected: expect }
        : { got: "status", ...said };
    return { problem, cutShort: false };
  } catch (error) {
    const fault = networkFault(error, url);
    const cutShort = isLate(fault.network) && timeoutMs < ONE_CHECK_MS;
    return { problem: { got: "fault", fault }, cutShort };
  }
}

/** Whether the same is wrong, whatever the answer's body says. */
export function sameProblem(a: HealthProblem, b: HealthProblem): boolean {
  if (a.got === "fault" && b.got === "fault") return sameFault(a.fault, b.fault);
  if ("status" in a && "status" in b) return a.got === b.got && a.status === b.status;
  return a.got === b.got;
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
