import { createHash } from "node:crypto";

/** One entry of an event log, as the API shows it. */
export interface LogEntry {
  readonly imr: number;
  readonly event_type: number;
  /** Hex; empty where the guest leaves it to the reader. */
  readonly digest: string;
  readonly event: string;
  readonly event_payload: string;
}

/** A guest's own event: its name, and its payload in hex. */
export type Event = readonly [name: string, payload: string];

/** How digests are made: of bytes (1), or of JSON (2). */
export type LogVersion = 1 | 2;

/** The type of all events of the guest's own software. */
export const GUEST_EVENT = 134_217_729;

/** The digest of an event, hex. */
export function eventDigest([name, payload]: Event, version: LogVersion): string {
  const hash = createHash("sha384");
  if (version === 2) {
    return hash
      .update(`{"name":"${name}","payload":"${payload}","type":${GUEST_EVENT}}`)
      .digest("hex");
  }
  const type = Buffer.from([0x01, 0x00, 0x00, 0x08]);
  const parts = [type, Buffer.from(`:${name}:`), Buffer.from(payload, "hex")];
  return hash.update(Buffer.concat(parts)).digest("hex");
}

/** A log of the guest's events, its digests filled in. */
export function logOf(events: readonly Event[], version: LogVersion = 1): LogEntry[] {
  return events.map((event) => ({
    imr: 3,
    event_type: GUEST_EVENT,
    digest: eventDigest(event, version),
    event: event[0],
    event_payload: event[1],
  }));
}

/** The register that these digests lead to, hex. */
export function registerOf(digests: readonly string[]): string {
  return digests.reduce(
    (register, digest) =>
      createHash("sha384")
        .update(Buffer.from(register + digest, "hex"))
        .digest("hex"),
    "00".repeat(48),
  );
}

/** What a guest of dstack measures while it boots, in its order. */
export interface GuestClaims {
  readonly appId: string;
  readonly composeHash: string;
  readonly instanceId: string;
  readonly keyProvider: { readonly name: string; readonly id: string };
}

/** The events of a boot, the last of which ends what counts. */
export function bootEvents(claims: GuestClaims): Event[] {
  const provider = Buffer.from(JSON.stringify(claims.keyProvider)).toString("hex");
  return [
    ["system-preparing", ""],
    ["app-id", claims.appId],
    ["compose-hash", claims.composeHash],
    ["instance-id", claims.instanceId],
    ["boot-mr-done", ""],
    ["key-provider", provider],
    ["storage-fs", Buffer.from("zfs").toString("hex")],
    ["system-ready", ""],
  ];
}
