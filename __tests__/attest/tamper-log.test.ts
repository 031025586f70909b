/** The tamper table: what is wrong with the event log, and with what was measured. */
import { createHash } from "node:crypto";
import { expect, it } from "@jest/globals";
import {
  bootEvents,
  type Event,
  eventDigest,
  GUEST_EVENT,
  type LogEntry,
  logOf,
  registerOf,
} from "../../simulator/attestation/log.ts";
import { type Case, CLAIMS, codeOf, genuine } from "./support.ts";
import { eachFails, eachVerifies } from "./tamper.ts";

const HASH = "9d".repeat(32);
const GOOD = logOf(bootEvents(CLAIMS));
const at = (name: string): number => GOOD.findIndex(({ event }) => event === name);

/** The log as shown is changed; the register stays what the genuine one led to. */
const shown = (change: (log: LogEntry[]) => LogEntry[]) => (): Case => {
  const one = genuine();
  return { ...one, log: change([...one.log]) };
};

const edited =
  (name: string, change: Partial<LogEntry>) =>
  (log: LogEntry[]): LogEntry[] =>
    log.map((entry) => (entry.event === name ? { ...entry, ...change } : entry));

const swapped = (log: LogEntry[], a: number, b: number): LogEntry[] =>
  log.map((entry, index) => log[index === a ? b : index === b ? a : index] ?? entry);

/** As a guest does that leaves the digests to the reader. */
const bare = (log: readonly LogEntry[]): LogEntry[] =>
  log.map((entry) => ({ ...entry, digest: "" }));

/** Type 13, name and payload as the guest's own events are hashed. */
const FOREIGN_DIGEST = createHash("sha384").update("\r\0\0\0:foreign:").digest("hex");

const other: Event = ["compose-hash", HASH];
const app: Event = ["the-apps-own", "c0ffee"];

/** A log of claims in which the genuine events are mixed with others. */
const withEvents =
  (change: (events: Event[]) => Event[], version: 1 | 2 = 1) =>
  (): Case =>
    genuine({ log: logOf(change(bootEvents(CLAIMS)), version) });

eachFails("event-log", [
  ["one event more", shown((log) => [...log, ...logOf([app])])],
  ["one less", shown((log) => log.slice(1))],
  ["two swapped", shown((log) => swapped(log, at("app-id"), at("instance-id")))],
  ["a payload edited, its digest kept", shown(edited("compose-hash", { event_payload: HASH }))],
  [
    "a payload edited, its digest made anew",
    shown(edited("compose-hash", { event_payload: HASH, digest: eventDigest(other, 1) })),
  ],
  [
    "a payload edited, its digest left out",
    shown(edited("compose-hash", { event_payload: HASH, digest: "" })),
  ],
  ["a digest edited", shown(edited("app-id", { digest: "00".repeat(48) }))],
  ["a digest that is too short", shown(edited("app-id", { digest: "00" }))],
  [
    "another instance's log",
    shown(() => logOf(bootEvents({ ...CLAIMS, instanceId: "ee".repeat(20) }))),
  ],
  ["empty", shown(() => [])],
  ["of other registers alone", shown((log) => log.map((entry) => ({ ...entry, imr: 2 })))],
  ["no system-ready", withEvents((events) => events.slice(0, -1))],
  ["a name twice", withEvents(([first = app, ...events]) => [first, other, ...events])],
  ["versions mixed", () => mixed()],
  ["name and payload split elsewhere", shown((log) => bare(split(log)))],
  [
    "a name with a colon, measured so",
    withEvents(([first = app, ...events]) => [first, ["a:b", ""], ...events]),
  ],
  ["a foreign type before system-ready", () => foreign(0)],
  ["a foreign type before system-ready, measured as such", () => foreign(0, FOREIGN_DIGEST)],
  ["rubbish for an event", shown((log) => [...log, { imr: 3 } as LogEntry])],
  ["a payload that is no hex", shown(edited("app-id", { event_payload: "xx" }))],
]);

/** Some digests of version 1, some of version 2, and a register that they lead to. */
function mixed(): Case {
  const events = bootEvents(CLAIMS);
  const log = [...logOf(events.slice(0, 3), 1), ...logOf(events.slice(3), 2)];
  return genuine({ log });
}

/** The same bytes are hashed where a colon of the payload becomes the one behind the name. */
function split(log: LogEntry[]): LogEntry[] {
  return log.map((entry) => {
    if (entry.event !== "key-provider") return entry;
    const text = Buffer.from(entry.event_payload, "hex").toString();
    const colon = text.indexOf(":");
    return {
      ...entry,
      event: `${entry.event}:${text.slice(0, colon)}`,
      event_payload: Buffer.from(text.slice(colon + 1)).toString("hex"),
    };
  });
}

/** An event of another type, measured by its given digest. */
function foreign(index: number, digest = "ab".repeat(48)): Case {
  const log = [...GOOD];
  log.splice(index, 0, {
    imr: 3,
    event_type: 13,
    digest,
    event: "foreign",
    event_payload: "",
  });
  return genuine({ log });
}

eachVerifies([
  ["version 2", () => genuine({ logVersion: 2 })],
  ["digests left out", () => ({ ...genuine(), log: bare(GOOD) })],
  ["digests left out, version 2", () => ({ ...genuine({ logVersion: 2 }), log: bare(GOOD) })],
  [
    "digests in capitals",
    shown((log) => log.map((entry) => ({ ...entry, digest: entry.digest.toUpperCase() }))),
  ],
  ["an event of the app", withEvents((events) => [...events, app])],
  ["an event of the app, twice", withEvents((events) => [...events, app, app])],
  [
    "an event of the app, its digest left out",
    () => ({
      ...withEvents((events) => [...events, app])(),
      log: bare(logOf([...bootEvents(CLAIMS), app])),
    }),
  ],
  ["a foreign type after system-ready", () => foreign(GOOD.length)],
  ["compose-hash again after system-ready", withEvents((events) => [...events, other])],
  [
    "events of other registers",
    shown((log) => [{ ...(log[0] as LogEntry), imr: 0, digest: "nothing" }, ...log]),
  ],
]);

it("the genuine case measures what these rows change", () => {
  expect(codeOf(genuine())).toBeNull();
  expect(at("compose-hash")).toBeGreaterThan(0);
  expect(registerOf(GOOD.map(({ digest }) => digest))).toMatch(/^[0-9a-f]{96}$/);
  expect(GOOD[0]?.event_type).toBe(GUEST_EVENT);
});
