/**
 * The proxies that the runner's environment names. Read by our own rules: `@actions/http-client` leaves one
 * aside without a word where it can't read it, and the request then goes around it.
 */
import { isLoopback } from "./url.ts";

/** A proxy that can be asked to open a connection. */
export interface HttpProxy {
  /** The proxy itself is reached over TLS. */
  readonly secure: boolean;
  /** An IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** `name:password` in clear, or null. Never printed. */
  readonly credentials: string | null;
}

export type ProxyChoice =
  | { readonly kind: "direct" }
  | { readonly kind: "proxy"; readonly proxy: HttpProxy }
  /** A proxy is asked for that can't be used: nothing may be sent around it. */
  | { readonly kind: "unusable"; readonly variable: string };

type Env = Readonly<Record<string, string | undefined>>;

/** The first that is set counts, as everywhere. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  "https:": ["https_proxy", "HTTPS_PROXY"],
  "http:": ["http_proxy", "HTTP_PROXY"],
};

/** The way to an address: through a proxy, or past it (this machine, and what `no_proxy` lists). */
export function chooseProxy(url: URL, env: Env): ProxyChoice {
  const variable = VARIABLES[url.protocol]?.find((name) => env[name]?.trim());
  const text = variable === undefined ? "" : (env[variable]?.trim() ?? "");
  if (variable === undefined || isPast(url, env)) return { kind: "direct" };
  const proxy = parseProxy(text);
  return proxy === null ? { kind: "unusable", variable } : { kind: "proxy", proxy };
}

/** The variable that names a proxy for `https:` addresses which can't be used; null where there is none. */
export function unusableProxy(env: Env): string | null {
  // Which hosts will be asked is not known yet, so of `no_proxy` only the star counts.
  const choice = chooseProxy(new URL("https://any-host.invalid"), env);
  return choice.kind === "unusable" ? choice.variable : null;
}

/**
 * Reads `http://name:password@host:port`. The scheme may be missing, as most tools allow, and the password may
 * hold any sign as it is: all up to the last `@` belongs to it. Escapes in it are read where they are ones.
 *
 * @returns null for anything else, such as a SOCKS proxy
 */
export function parseProxy(text: string): HttpProxy | null {
  const [, scheme = "http", rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text) ?? [];
  const secure = scheme.toLowerCase() === "https";
  if (!secure && scheme.toLowerCase() !== "http") return null;
  const at = rest.lastIndexOf("@");
  const [authority = ""] = rest.slice(at + 1).split(/[/?#]/);
  const url = URL.parse(`${secure ? "https" : "http"}://${authority}`);
  if (url === null || url.hostname === "" || url.port === "0") return null;
  return {
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || (secure ? 443 : 80),
    credentials: at === -1 ? null : credentialsOf(rest.slice(0, at)),
  };
}

/** `name:password` in clear; a name alone has an empty password. */
function credentialsOf(text: string): string {
  const colon = text.indexOf(":");
  const name = colon === -1 ? text : text.slice(0, colon);
  return `${unescaped(name)}:${colon === -1 ? "" : unescaped(text.slice(colon + 1))}`;
}

/** A raw `%` is no escape, and neither is what makes no text. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, "%25"));
  } catch {
    return text;
  }
}

function isPast({ hostname, port, protocol }: URL, env: Env): boolean {
  const host = hostname.toLowerCase();
  if (isLoopback(host)) return true;
  const whole = `${host}:${port || (protocol === "https:" ? "443" : "80")}`;
  return noProxyItems(env).some((item) => {
    if (item === "*" || item === host || item === whole) return true;
    const domain = `.${item.replace(/^\*?\./, "")}`;
    return host.endsWith(domain) || whole.endsWith(domain);
  });
}

function noProxyItems(env: Env): readonly string[] {
  const list = env.no_proxy?.trim() || env.NO_PROXY?.trim() || "";
  return list
    .split(",")
    .map((item) => item.trim().toLowerCase())
    .filter((item) => item !== "");
}
