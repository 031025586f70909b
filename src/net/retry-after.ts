import type { Fault } from "./fault.ts";

/**
 * The `Retry-After` of an answer in ms: seconds or an HTTP date (RFC 9110, 10.2.3); anything else counts
 * as not said. A date is measured against the server's own clock where the answer has one.
 */
export function retryAfterMs(
  answer: { readonly retryAfter: string | null; readonly serverTime: number | null },
  now: number,
): number | null {
  const text = answer.retryAfter?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Date.parse takes nearly anything for a date; an HTTP date begins with the name of a day.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return null;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - (answer.serverTime ?? now));
}

/** Whether an answer names a time to come again. */
export function hasRetryAfter(fault: Fault): boolean {
  return fault.kind === "answer" && retryAfterMs(fault, 0) !== null;
}
