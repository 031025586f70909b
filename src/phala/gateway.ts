import { parseInstanceId } from "../text/ids.ts";
import { isObject, type JsonObject, objectAt, stringAt } from "../text/json.ts";
import { MAX_URL, webUrl } from "../text/url.ts";

/** The gateway's addresses of CVMs (API facts, "URLs" and "Instance id"). Pure. */

/** What a template prints where it has no value; in an address it leads nowhere, or to somebody else. */
const HOLE = /(?<![a-z0-9])(?:none|null|undefined|nan)(?![a-z0-9])/i;
const WHOLE_HOLE = /^(?:none|null|undefined|nan)$/i;
/** `host`, or `host:port`, as it stands behind the id. */
const DOMAIN = /^(?=.{1,259}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/i;

/** Whether an address has a hole where an id belongs: `https://None-8080.…`, `https://-8080.…`. */
function hasHole(address: URL): boolean {
  return HOLE.test(address.host + address.pathname) || address.hostname.startsWith("-");
}

/** The text, if it is an address that leads somewhere: scripts hand it to `curl`, which takes more. */
export function soundAddress(text: string | null): string | null {
  const url = webUrl(text);
  return url === null || hasHole(url) ? null : text;
}

/** An id as the API gives it; null also for the words that stand for a missing one. */
export function soundId(text: string | null): string | null {
  return text === null || WHOLE_HOLE.test(text.trim()) ? null : text;
}

/**
 * An answer without addresses and instance ids that have a hole in the id's place: they read null, as the
 * API has it elsewhere. What the action hands on of an answer must not hold them either.
 */
export function withoutHoles(row: JsonObject): JsonObject {
  return cleaned(row) as JsonObject;
}

function cleaned(value: unknown, key = ""): unknown {
  if (typeof value === "string") return isHole(value, key) ? null : value;
  if (Array.isArray(value)) return withItems(value, (item) => cleaned(item));
  return isObject(value) ? withItems(value, cleaned) : value;
}

/** Most rows have no hole, and a wait reads hundreds of them: they stay as they are. */
function withItems<T extends JsonObject | unknown[]>(
  value: T,
  clean: (item: unknown, name: string) => unknown,
): T {
  const items = value as Record<string, unknown>;
  let copy: Record<string, unknown> | null = null;
  for (const name of Object.keys(items)) {
    const item = clean(items[name], name);
    if (item === items[name]) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    copy[name] = item;
  }
  return (copy ?? value) as T;
}

function isHole(text: string, key: string): boolean {
  if (key === "instance_id") return soundId(text) === null;
  if (text.length > MAX_URL || !/^https?:/i.test(text)) return false;
  const url = webUrl(text);
  return url !== null && hasHole(url);
}

/** The gateway's base domain as a row tells it, which it may leave out; null also for what is none. */
export function gatewayDomain(row: JsonObject): string | null {
  const told = stringAt(objectAt(row, "gateway"), "base_domain") ?? stringAt(row, "gateway_domain");
  return told !== null && DOMAIN.test(told) && !HOLE.test(told) ? told : null;
}

/**
 * The URL that reaches one instance alone: `https://{instance_id}-{port}.{base domain}`, with the port of
 * the app's own URL, which differs in the id alone. Null where something of that is not known.
 *
 * @param appUrl as the row tells it
 * @param appId 40 hex digits
 * @param domain the gateway's base domain; null: the one of `appUrl`
 */
export function builtInstanceUrl(
  instanceId: string,
  appUrl: string | null,
  appId: string,
  domain: string | null,
): string | null {
  const id = parseInstanceId(instanceId);
  const app = webUrl(appUrl);
  if (id === null || app === null) return null;
  // `-8080`, `-8443s`, `-50051g`, or nothing.
  const form = new RegExp(`(?<![0-9a-f])${appId}((?:-\\d{1,5})?[sg]?)(?![\\w-])`, "i");
  const port = form.exec(app.host + app.pathname)?.[1];
  const label = form.exec(app.host)?.[0];
  const own = label !== undefined && app.host.startsWith(`${label}.`);
  const base = domain ?? (own ? app.host.slice(label.length + 1) : null);
  if (port === undefined || base === null) return null;
  const url = `https://${id}${port}.${base}`;
  return webUrl(url) === null ? null : url;
}

/** One port that an app publishes. */
export interface Endpoint {
  /** Null: its addresses don't tell. */
  readonly port: number | null;
  /** Reaches this instance alone. */
  readonly instance: string | null;
  /** Any instance may answer. */
  readonly app: string | null;
}

/** The endpoints of a row that lead somewhere, each with the port that its addresses tell. */
export function endpointsOf(list: readonly unknown[]): readonly Endpoint[] {
  return list.flatMap((entry) => {
    const instance = soundAddress(stringAt(entry, "instance"));
    const app = soundAddress(stringAt(entry, "app"));
    if (instance === null && app === null) return [];
    return [{ port: portOf(instance ?? app ?? ""), instance, app }];
  });
}

/** Without a port it is 80, or 443 where TLS is passed through (API facts, "URLs"). */
function portOf(address: string): number | null {
  const url = webUrl(address);
  if (url === null) return null;
  const form = /(?<![0-9a-f])[0-9a-f]{40}(?:-(\d{1,5}))?([sg]?)(?![\w-])/i;
  const found = form.exec(url.host + url.pathname);
  if (found === null) return null;
  if (found[1] !== undefined) return Number(found[1]);
  return found[2] === "s" ? 443 : 80;
}
