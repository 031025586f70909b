/** Whose evidence is whose, in every shape that the platform is known to use. */
import { describe, expect, it } from "@jest/globals";
import {
  type Evidence,
  lacks,
  pickEvidence,
  readAppEvidence,
  readCvmEvidence,
} from "../../src/attest/evidence.ts";

const UUID = "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11";
const OTHER = "7c0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d12";
const ID = "a1b2".repeat(10);
const WHO = { vmUuid: UUID, instanceId: ID };
const LOG = [
  { imr: 3, event_type: 134217729, digest: "", event: "instance-id", event_payload: ID },
];
const TCB_INFO = { event_log: LOG, app_compose: "{}" };
const ENTRY = { vm_uuid: UUID, instance_id: ID, quote: "0400", tcb_info: TCB_INFO };

function picked(entries: readonly object[], who = WHO) {
  return pickEvidence(readAppEvidence({ instances: entries }) ?? [], who).made;
}

const reason = (entries: readonly object[], who = WHO) => {
  const made = picked(entries, who);
  return made.ok ? null : made.fault;
};

describe("the app's route", () => {
  it.each<[string, object]>([
    ["as SDKs have it", ENTRY],
    ["with TCB info as text", { ...ENTRY, tcb_info: JSON.stringify(TCB_INFO) }],
    ["with the log at the top", { ...ENTRY, tcb_info: { app_compose: "{}" }, eventlog: LOG }],
    [
      "with the log at the top as text",
      { ...ENTRY, tcb_info: { app_compose: "{}" }, eventlog: JSON.stringify(LOG) },
    ],
    ["with a UUID without dashes", { ...ENTRY, vm_uuid: UUID.replaceAll("-", "").toUpperCase() }],
    ["without a UUID", { ...ENTRY, vm_uuid: undefined }],
    [
      "without a UUID, its id in capitals",
      { ...ENTRY, vm_uuid: null, instance_id: `0x${ID.toUpperCase()}` },
    ],
  ])("an entry %s", (_form, entry) => {
    const made = picked([{ vm_uuid: OTHER, quote: null }, entry]);
    expect(made).toEqual({ ok: true, value: { quote: "0400", log: LOG, composeText: "{}" } });
  });

  it.each([null, [], "x", {}, { instances: null }])("%j is no answer", (body) => {
    expect(readAppEvidence(body)).toBeNull();
  });

  it.each<[string, readonly object[], boolean]>([
    ["no entry", [], true],
    ["the only entry is another's", [{ ...ENTRY, vm_uuid: OTHER }], true],
    ["neither UUID nor id", [{ quote: "0400", tcb_info: TCB_INFO }], true],
    ["no quote yet", [{ ...ENTRY, quote: null }], true],
    ["an empty quote", [{ ...ENTRY, quote: "" }], true],
    ["no log", [{ ...ENTRY, tcb_info: null }], false],
    ["a log that is none", [{ ...ENTRY, tcb_info: { event_log: "x" } }], false],
    ["two entries", [ENTRY, { ...ENTRY, quote: "0500" }], false],
    ["a quote that is too large", [{ ...ENTRY, quote: "00".repeat(65_538) }], false],
    [
      "a log that is too long",
      [{ ...ENTRY, tcb_info: { event_log: Array(4_097).fill({}) } }],
      false,
    ],
    [
      "another's quote",
      [ENTRY, { ...ENTRY, vm_uuid: OTHER, instance_id: "b", tcb_info: null }],
      false,
    ],
    [
      "another's quote in another spelling",
      [
        { ...ENTRY, quote: "0400aa" },
        { vm_uuid: OTHER, quote: "0x0400AA0000" },
      ],
      false,
    ],
    ["another's instance id", [ENTRY, { vm_uuid: OTHER, instance_id: ID, quote: "0500" }], false],
    [
      "another's log",
      [
        { ...ENTRY, instance_id: null },
        { vm_uuid: OTHER, quote: "0500", tcb_info: TCB_INFO },
      ],
      false,
    ],
  ])("fails: %s", (_what, entries, again) => {
    expect(reason(entries)).toMatchObject({ check: "evidence", ok: false, again });
  });

  it("an instance that is stopped shares nothing", () => {
    expect(reason([ENTRY, { vm_uuid: OTHER, instance_id: ID, quote: null }])).toBeNull();
  });

  it("tells what the platform says, in printable characters", () => {
    const error = "not online\n::error::x\u202e";
    expect(reason([{ ...ENTRY, quote: null, error }])?.seen).toBe("not online?::error::x?");
  });
});

describe("in bounded time", () => {
  const within = (work: () => unknown) => {
    const begun = performance.now();
    work();
    return performance.now() - begun;
  };

  it("another's quote of nothing but zeros, and something behind them", () => {
    const zeros = { vm_uuid: OTHER, quote: `${"0".repeat(300_000)}1` };
    expect(within(() => expect(reason([ENTRY, zeros])).toBeNull())).toBeLessThan(1_000);
  });

  it("a quote as long as it may be beside many of others", () => {
    const long = { ...ENTRY, quote: "f".repeat(131_072) };
    const others = Array.from({ length: 50_000 }, () => ({ vm_uuid: OTHER, quote: "0400" }));
    expect(within(() => reason([long, ...others]))).toBeLessThan(2_000);
  });
});

describe("the CVM's own route", () => {
  const certificates = [
    { position_in_chain: 1, quote: "ff" },
    { position_in_chain: 0, quote: "0400" },
  ];

  it("has the quote in the leaf certificate", () => {
    const evidence = readCvmEvidence({ app_certificates: certificates, tcb_info: TCB_INFO }, WHO);
    expect(pickEvidence([evidence as Evidence], WHO).made).toMatchObject({
      ok: true,
      value: { quote: "0400" },
    });
  });

  it.each([
    { is_online: false, error: "offline", app_certificates: null, tcb_info: null },
    { app_certificates: [{ quote: "0400" }], tcb_info: TCB_INFO },
    {},
  ])("has none: %j", (body) => {
    const evidence = readCvmEvidence(body, WHO);
    expect(pickEvidence([evidence as Evidence], WHO).made).toMatchObject({
      ok: false,
      fault: { again: true },
    });
  });
});

it("the own route is asked where the app's lacks the entry or its log", () => {
  const all = (entries: readonly object[]) => readAppEvidence({ instances: entries }) ?? [];
  expect(lacks(all([ENTRY]), WHO)).toBe(false);
  expect(lacks(all([{ ...ENTRY, quote: null, tcb_info: null }]), WHO)).toBe(false);
  expect(lacks(all([{ ...ENTRY, tcb_info: null }]), WHO)).toBe(true);
  expect(lacks(all([]), WHO)).toBe(true);
});
