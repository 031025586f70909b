/** The tamper table: what was measured is not what is wanted. */
import { describe, expect, it } from "@jest/globals";
import { bootEvents, type Event, logOf, registerOf } from "../../simulator/attestation/log.ts";
import type { Wanted } from "../../src/attest/compare.ts";
import {
  type Case,
  CLAIMS,
  COMPOSE_HASH,
  genuine,
  KEY_PROVIDER,
  OS,
  verdictOf,
} from "./support.ts";
import { eachFails, eachVerifies, type Row } from "./tamper.ts";

const HASH = "9d".repeat(32);
const GOOD = logOf(bootEvents(CLAIMS));

/** The guest measured another value, and shows it honestly. */
const claims = (change: Partial<typeof CLAIMS>) => (): Case =>
  genuine({ log: logOf(bootEvents({ ...CLAIMS, ...change })) });
const wanting = (change: Partial<Wanted>) => (): Case => {
  const one = genuine();
  return { ...one, wanted: { ...one.wanted, ...change } };
};
/** The guest measured these events instead. */
const withEvents = (change: (events: Event[]) => Event[]) => (): Case =>
  genuine({ log: logOf(change(bootEvents(CLAIMS))) });
const without = (name: string) =>
  withEvents((events) => events.filter(([event]) => event !== name));

eachFails("app-id", [
  ["another app's", claims({ appId: "ff".repeat(20) })],
  ["none", without("app-id")],
  ["another is wanted", wanting({ appId: "ee".repeat(20) })],
]);

eachFails("instance-id", [
  ["another instance's", claims({ instanceId: "ff".repeat(20) })],
  ["an empty one", claims({ instanceId: "" })],
  [
    "an empty one, where the platform tells none",
    () => ({ ...claims({ instanceId: "" })(), wanted: wanting({ instanceId: null })().wanted }),
  ],
  ["none", without("instance-id")],
  ["one that an instance had before", wanting({ formerIds: [CLAIMS.instanceId] })],
]);

eachFails("compose-hash", [
  ["another revision", claims({ composeHash: HASH })],
  ["another is wanted", wanting({ composeHash: { hash: HASH, from: "input" } })],
  ["too short", claims({ composeHash: HASH.slice(2) })],
  [
    "none, although any will do",
    () => ({ ...without("compose-hash")(), wanted: wanting({ composeHash: null })().wanted }),
  ],
  // What the app measures later is no claim: it does not stand in for what is missing before.
  [
    "none but after system-ready",
    withEvents((events) => [
      ...events.filter(([name]) => name !== "compose-hash"),
      ["compose-hash", COMPOSE_HASH],
    ]),
  ],
]);

eachFails("compose-text", [
  ["edited", () => ({ ...genuine(), composeText: `${genuine().composeText} ` })],
  ["empty", () => ({ ...genuine(), composeText: "" })],
]);

eachFails("mr-config-id", [
  ["another hash", () => genuine({ td: { mrConfigId: `01${HASH}` } })],
  [
    "the hash and more",
    () => genuine({ td: { mrConfigId: `01${COMPOSE_HASH}${"00".repeat(14)}01` } }),
  ],
]);

const os = (change: object): Partial<Wanted> => ({
  reference: { from: "input", lines: [{ ...OS, rtmr0: null, ...change }], keyProvider: null },
});
const FF = "ff".repeat(48);

eachFails("os", [
  ["another MRTD", () => genuine({ td: { mrTd: FF } })],
  ["another MRTD is pinned", wanting(os({ mrtd: FF }))],
  ["another RTMR1 is pinned", wanting(os({ rtmr1: FF }))],
  ["another RTMR2 is pinned", wanting(os({ rtmr2: FF }))],
  ["another RTMR0 is pinned", wanting(os({ rtmr0: FF }))],
  ["nothing is pinned", wanting({ reference: { from: "input", lines: [], keyProvider: null } })],
]);

eachFails("key-provider", [
  ["another provider", claims({ keyProvider: { name: "kms", id: "00" } })],
  ["another name", claims({ keyProvider: { ...KEY_PROVIDER, name: "local-sgx" } })],
  ["none", without("key-provider")],
  [
    "not even JSON",
    () =>
      genuine({
        log: logOf(
          bootEvents(CLAIMS).map((event) =>
            event[0] === "key-provider" ? ["key-provider", "00"] : event,
          ),
        ),
      }),
  ],
]);

eachVerifies([
  [
    "another RTMR0, which is not pinned",
    () =>
      genuine({
        td: { rtmrs: [FF, OS.rtmr1, OS.rtmr2, registerOf(GOOD.map(({ digest }) => digest))] },
      }),
  ],
  [
    "the second of two pinned lines",
    () => {
      const one = genuine();
      const lines = [
        { ...OS, mrtd: FF, rtmr0: null },
        { ...OS, rtmr0: null },
      ];
      return {
        ...one,
        wanted: { ...one.wanted, reference: { from: "input", lines, keyProvider: null } },
      };
    },
  ],
  ["no app-compose text", () => ({ ...genuine(), composeText: null })],
  ["no MRCONFIGID", () => genuine({ td: { mrConfigId: "" } })],
  ["MRCONFIGID of form 2", () => genuine({ td: { mrConfigId: `02${HASH}` } })],
  ["MRCONFIGID of form 3", () => genuine({ td: { mrConfigId: `03${HASH}` } })],
  ["an instance id that the platform does not tell", wanting({ instanceId: null })],
  ["other ids before", wanting({ formerIds: ["ff".repeat(20)] })],
  ["any revision", wanting({ composeHash: null })],
  ["no reference", wanting({ reference: null })],
] satisfies Row[]);

describe("what may lag behind an update", () => {
  it.each([
    ["app-id", claims({ appId: "ff".repeat(20) })],
    ["instance-id", claims({ instanceId: "ff".repeat(20) })],
    ["compose-hash", claims({ composeHash: HASH })],
  ])("%s is asked again", (check, make) => {
    expect(verdictOf(make()).fault).toMatchObject({ check, again: true });
  });

  it.each([
    ["os", wanting(os({ mrtd: FF }))],
    ["key-provider", without("key-provider")],
    ["event-log", () => ({ ...genuine(), log: [] })],
  ])("%s is final", (check, make) => {
    expect(verdictOf(make()).fault).toMatchObject({ check, again: false });
  });
});
