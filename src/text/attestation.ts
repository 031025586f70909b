/** Forms of what a workflow may say of attestation: apart from the verifier, so that inputs are read without it. */
import { isPrivateWay, webUrl } from "./url.ts";

/** One accepted OS: hex, lower-case, 96 digits each; without `rtmr0` any virtual hardware will do. */
export interface OsLine {
  readonly mrtd: string;
  readonly rtmr0: string | null;
  readonly rtmr1: string;
  readonly rtmr2: string;
}

/** Intel's words for how far a platform's TCB is behind: all that may be allowed, the best first. */
export const TCB_STATUSES = [
  "UpToDate",
  "SWHardeningNeeded",
  "ConfigurationNeeded",
  "ConfigurationAndSWHardeningNeeded",
  "OutOfDate",
  "OutOfDateConfigurationNeeded",
] as const;

export type TcbStatus = (typeof TCB_STATUSES)[number];

/** `Revoked` is none of them: what Intel took back is refused whatever is allowed. */
export function isTcbStatus(word: string): word is TcbStatus {
  return (TCB_STATUSES as readonly string[]).includes(word);
}

const OS_LINE = /^\s*([0-9a-f]{96})\s+([0-9a-f]{96})\s+([0-9a-f]{96})(?:\s+([0-9a-f]{96}))?\s*$/i;

/**
 * A line of `expected_os`: `mrtd rtmr1 rtmr2` and optionally `rtmr0`, 96 hex digits each. Null for anything else:
 * also for the hash of an OS image, which nothing binds to a quote.
 */
export function parseOsLine(line: string): OsLine | null {
  const [, mrtd, rtmr1, rtmr2, rtmr0] = OS_LINE.exec(line.toLowerCase()) ?? [];
  if (mrtd === undefined || rtmr1 === undefined || rtmr2 === undefined) return null;
  return { mrtd, rtmr1, rtmr2, rtmr0: rtmr0 ?? null };
}

/**
 * The base of a collateral service: `https:`, or `http:` on this machine; no credentials, query or fragment. The
 * paths of the API may stand at its end. Null for anything else.
 */
export function parseCollateralUrl(text: string): string | null {
  const url = webUrl(text);
  if (url === null || !isPrivateWay(url) || /[?#\\\s]/.test(text)) return null;
  return url.href.replace(/\/+$/, "").replace(/\/(?:sgx|tdx)\/certification\/v4$/, "");
}
