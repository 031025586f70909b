import { createHash } from "node:crypto";
import { fieldOf, isObject, numberAt, parseJson } from "../text/json.ts";
import { demand, type Held, refuse } from "./check.ts";

/** One event of a guest's log. */
interface LogEvent {
  readonly type: number;
  /** 48 bytes, or none: newer guests leave it out where it can be computed. */
  readonly digest: Buffer;
  readonly name: string;
  readonly payload: Buffer;
}

/** What a guest measured before its app could: payloads by the event's name. */
export type Claims = ReadonlyMap<string, Buffer>;

/** More events than any guest has. */
export const MAX_EVENTS = 4_096;

/** The register that the guest extends. */
const RUNTIME_IMR = 3;
/** The type of dstack's own events. */
const RUNTIME_EVENT = 0x08000001;
/** What comes after it is measured by the app, which may write what it likes. */
const READY = "system-ready";

/** How a digest is made of an event; all of a log are made one way. */
type Version = 1 | 2;

/**
 * The entries of a log as the platform gives it: a list, or JSON text of one (API facts, "is-allowed and
 * attestation"). Null for anything else.
 */
export function logEntries(log: unknown): readonly unknown[] | null {
  const list = typeof log === "string" ? parseJson(log) : log;
  return Array.isArray(list) ? list : null;
}

/**
 * Replays the log and holds it against the register: only then are its names and payloads what the guest
 * measured. The log itself is anybody's text.
 *
 * @param rtmr3 of a quote whose signature holds
 * @throws Refused where it does not lead to the register, or could be read in two ways
 */
export function replay(entries: readonly unknown[], rtmr3: Buffer): Held<Claims> {
  const events = entries.filter((one) => numberAt(one, "imr") === RUNTIME_IMR).map(readEvent);
  const ready = events.findIndex(({ name }) => name === READY);
  demand(ready >= 0, `an event ${READY}`, "none");
  const own = events.slice(0, ready + 1);
  checkForms(own);
  const later = events.slice(ready + 1);
  // Trying both is safe: what is hashed begins with another byte in each.
  const ends = ([1, 2] as const).map((version) => ({ version, end: endOf(own, later, version) }));
  const expected = `RTMR3 ${rtmr3.toString("hex")}`;
  const found = ends.find(({ end }) => end?.equals(rtmr3));
  const seen = ends.find(({ end }) => end !== null)?.end?.toString("hex");
  if (found === undefined) refuse(expected, seen ?? "a digest that is not its event's");
  const claims = new Map(own.map(({ name, payload }) => [name, payload]));
  return { value: claims, expected, seen: `${events.length} events of version ${found.version}` };
}

/** What would let two logs have one digest: another type, a separator in a name, two events of a name. */
function checkForms(own: readonly LogEvent[]): void {
  const names = new Set<string>();
  for (const { type, name } of own) {
    const quoted = JSON.stringify(name.slice(0, 64));
    demand(type === RUNTIME_EVENT, `events of type ${RUNTIME_EVENT}`, `type ${type} at ${quoted}`);
    demand(!name.includes(":"), "names without a colon", quoted);
    demand(!names.has(name), `each event once up to ${READY}`, `${quoted} twice`);
    names.add(name);
  }
}

/** The register after all events; null where a digest up to `system-ready` is not its event's. */
function endOf(
  own: readonly LogEvent[],
  later: readonly LogEvent[],
  version: Version,
): Buffer | null {
  let register: Buffer = Buffer.alloc(48);
  const extend = (digest: Buffer) => {
    register = createHash("sha384").update(register).update(digest).digest();
  };
  for (const event of own) {
    const digest = digestOf(event, version);
    if (event.digest.length > 0 && !event.digest.equals(digest)) return null;
    extend(digest);
  }
  // The app's own events are part of the chain, whatever they hash.
  for (const event of later) {
    extend(event.digest.length > 0 ? event.digest : digestOf(event, version));
  }
  return register;
}

function digestOf({ type, name, payload }: LogEvent, version: Version): Buffer {
  const hash = createHash("sha384");
  if (version === 1) {
    const number = Buffer.alloc(4);
    number.writeUInt32LE(type);
    return hash.update(number).update(`:${name}:`).update(payload).digest();
  }
  return hash.update(JSON.stringify({ name, payload: payload.toString("hex"), type })).digest();
}

function readEvent(entry: unknown): LogEvent {
  demand(isObject(entry), "events", "something else");
  const type = numberAt(entry, "event_type");
  const whole = type !== null && Number.isInteger(type) && type >= 0 && type < 2 ** 32;
  if (!whole) refuse("a type of 4 bytes", "something else");
  const name = fieldOf(entry, "event");
  if (typeof name !== "string") refuse("an event's name", "something else");
  const digest = hexAt(entry, "digest");
  const length = digest.length;
  demand(length === 0 || length === 48, "a digest of 48 bytes, or none", `${length}`);
  return { type, digest, name, payload: hexAt(entry, "event_payload") };
}

/** Bytes in hex; a field that is missing or null has none. */
function hexAt(entry: unknown, key: string): Buffer {
  const text = fieldOf(entry, key) ?? "";
  const hex = typeof text === "string" && /^[0-9a-f]*$/i.test(text) && text.length % 2 === 0;
  if (!hex) refuse(`${key} in hex`, "other text");
  return Buffer.from(text, "hex");
}
