import { isPrivateWay, webUrl } from "./url.ts";

/**
 * The RPC's address: `https:`, or `http:` to a loopback host, without credentials in front of the host,
 * which no request would carry. Providers put their keys into path or query, so both may be there; a
 * fragment may not. Null for anything else.
 */
export function parseRpcUrl(text: string): string | null {
  const url = webUrl(text);
  return url === null || !isPrivateWay(url) || /[#\\\s]/.test(text) ? null : url.href;
}

/** Shorter pieces of an address are words (`v2`, `mainnet`), whose masks would eat the log. */
const SHORTEST_KEY = 12;

/**
 * What must not be shown of an RPC's address: the whole, and each piece of path, query and host that may be
 * a provider's key. The longest first.
 */
export function secretsOfRpcUrl(text: string): string[] {
  const url = URL.parse(text);
  if (url === null) return [];
  const pieces = [
    ...url.pathname.split("/"),
    ...[...url.searchParams.values()],
    ...url.hostname.split(".").filter((label) => /\d/.test(label)),
  ].filter((piece) => piece.length >= SHORTEST_KEY);
  const whole = url.pathname === "/" && url.search === "" ? [] : [text, url.href];
  return [...new Set([...whole, ...pieces])].sort((a, b) => b.length - a.length);
}
