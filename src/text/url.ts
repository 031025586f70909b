/** Longer addresses serve nobody. Characters. */
export const MAX_URL = 2_048;

/** An `http:` or `https:` address without credentials; null for anything else. */
export function webUrl(text: string | null | undefined): URL | null {
  const url = text && text.length <= MAX_URL ? URL.parse(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return url.username || url.password ? null : url;
}

/** Whether nobody in between can read what goes there: `https:`, or a way that stays on this machine. */
export function isPrivateWay(url: URL): boolean {
  return url.protocol === "https:" || isLoopback(url.hostname);
}

/** Whether a URL's host is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * The API's base URL without a slash at the end: `https:`, or `http:` to a loopback host. Credentials, a
 * query and a fragment have no place in it.
 */
export function parseApiUrl(text: string): string | null {
  const url = webUrl(text);
  if (url === null || !isPrivateWay(url) || /[?#\\\s]/.test(text)) return null;
  return url.href.replace(/\/+$/, "");
}
