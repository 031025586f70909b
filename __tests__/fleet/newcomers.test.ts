import { describe, expect, it } from "@jest/globals";
import {
  createdNotAfter,
  createdNotBefore,
  type Decision,
  decide,
  leastWaitAfter,
  lookWithin,
  namesAnother,
  newcomers,
  pauseBeforeLook,
  SETTLE_WINDOW_MS,
  type Wanted,
  windowAfter,
} from "../../src/fleet/plan/newcomers.ts";
import type { Cvm } from "../../src/phala/cvm.ts";
import {
  answer,
  CREATED_AT,
  cvm,
  network,
  OTHER_HASH,
  unreadable,
  uuid,
  wanted,
} from "../support/rows.ts";

describe("whether a CVM can be the replica of a lost request", () => {
  const first = wanted();
  it.each<[string, Partial<Cvm>, Partial<Wanted>, boolean]>([
    ["new, and fits in all", {}, {}, true],
    ["was there before", {}, { baseline: new Set([uuid(1), uuid(2)]) }, false],
    ["belongs to another request", {}, { claimed: new Set([uuid(2)]) }, false],
    ["on another node", { nodeId: 31 }, {}, false],
    ["on another node, and none was asked for", { nodeId: 31 }, { nodeId: null }, true],
    ["its node is not told", { nodeId: null }, {}, true],
    ["of another revision", { composeHash: OTHER_HASH }, {}, false],
    [
      "of another revision, and ours is not known",
      { composeHash: OTHER_HASH },
      { composeHash: null },
      true,
    ],
    ["its revision is not told", { composeHash: null }, {}, true],
    ["created too early", { createdAt: CREATED_AT - 1 }, {}, false],
    ["created at the first possible moment", { createdAt: CREATED_AT }, {}, true],
    ["created much later", { createdAt: CREATED_AT + 600_000 }, {}, true],
    ["its creation is not told", { createdAt: null }, {}, true],
    ["created after another try took its place", {}, { notAfter: CREATED_AT - 1 }, false],
    ["created just before that", {}, { notAfter: CREATED_AT }, true],
    ["its creation is not told, nor that", { createdAt: null }, { notAfter: 0 }, true],
    ["deleted already", { deleted: true }, {}, false],
    ["of another name than the answer told", {}, { name: "web-7" }, false],
    ["of the name that the answer told", {}, { name: "web-2" }, true],
    ["stopped: it exists and is billed all the same", { status: "stopped" }, {}, true],
    ["without a UUID, and new", { vmUuid: null }, {}, true],
    [
      "without a UUID, and known by its id",
      { vmUuid: null },
      { baseline: new Set([uuid(1), "id:2"]) },
      false,
    ],
    ["known by its id before it had a UUID", {}, { baseline: new Set([uuid(1), "id:2"]) }, false],
    [
      "of the name that the answer told, whatever else does not fit",
      { createdAt: 0, nodeId: 31, composeHash: OTHER_HASH },
      { name: "web-2" },
      true,
    ],
    [
      "nothing known, nothing told",
      { nodeId: null, composeHash: null, createdAt: null },
      { nodeId: null, composeHash: null },
      true,
    ],
  ])("%s", (_name, row, over, fits) => {
    const found = newcomers([cvm(1), cvm(2, row)], { ...first, ...over });
    expect(found).toEqual(fits ? [cvm(2, row)] : []);
  });

  it("each misfit alone is enough to rule it out", () => {
    const rows = [
      cvm(2, { nodeId: 31 }),
      cvm(3, { composeHash: OTHER_HASH }),
      cvm(4, { createdAt: 0 }),
    ];
    expect(newcomers([...rows, cvm(5)], first)).toEqual([cvm(5)]);
  });
});

describe("from when on a CVM can be ours", () => {
  it("by the server's clock where it is known, a little earlier for whole seconds", () => {
    const skew = 3 * 3_600_000;
    const from = createdNotBefore(CREATED_AT, skew);
    expect(from).toBeLessThanOrEqual(CREATED_AT + skew - 1_000);
    expect(from).toBeGreaterThanOrEqual(CREATED_AT + skew - 5_000);
    expect(createdNotBefore(CREATED_AT, -skew)).toBe(from - 2 * skew);
  });

  it("minutes earlier where it is not", () => {
    const from = createdNotBefore(CREATED_AT, null);
    expect(from).toBeLessThanOrEqual(CREATED_AT - 60_000);
    expect(from).toBeGreaterThanOrEqual(CREATED_AT - 600_000);
  });
});

describe("what two looks in a row decide", () => {
  const again: Decision = { kind: "look-again" };
  const ours = cvm(2);
  const other = cvm(3);
  const nameless = cvm(4, { vmUuid: null });
  it.each<[string, readonly Cvm[] | null, readonly Cvm[], Decision]>([
    ["nothing at the first look", null, [], again],
    ["nothing again", [], [], again],
    ["one at the first look", null, [ours], again],
    ["one after nothing", [], [ours], again],
    ["the same one twice", [ours], [ours], { kind: "adopt", cvm: ours }],
    [
      "it changed meanwhile",
      [cvm(2, { status: "starting" })],
      [ours],
      { kind: "adopt", cvm: ours },
    ],
    ["another one each time", [ours], [other], again],
    ["one, then nothing", [ours], [], again],
    ["two at the first look", null, [ours, other], { kind: "several", cvms: [ours, other] }],
    ["a second one joined", [ours], [ours, other], { kind: "several", cvms: [ours, other] }],
    ["one without a UUID", [], [nameless], again],
    ["one without a UUID, twice", [nameless], [nameless], again],
    ["one that got its UUID in between", [nameless], [cvm(4)], again],
  ])("%s", (_name, before, found, expected) => {
    expect(decide(before, found)).toEqual(expected);
  });
});

describe("the pauses before the looks", () => {
  it("begin at 0.3 s, grow, and stay at 2 s", () => {
    const pauses = Array.from({ length: 12 }, (_, n) => pauseBeforeLook(n));
    expect(pauses[0]).toBe(300);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses.slice(5)).toEqual(Array(7).fill(2_000));
    expect(new Set(pauses.slice(0, 5)).size).toBe(5);
  });

  it("fit many times into a window of 30 s", () => {
    expect(SETTLE_WINDOW_MS).toBe(30_000);
  });
});

describe("whether an answer names another CVM", () => {
  const known = { baseline: new Set([uuid(1)]), claimed: new Set([uuid(2)]) };
  it.each([
    ["one of before", uuid(1), true],
    ["another request's", uuid(2), true],
    ["a new one", uuid(3), false],
    ["none", null, false],
  ])("%s: %s", (_name, vmUuid, is) => expect(namesAnother(vmUuid, known)).toBe(is));
});

describe("how long the app is looked at before a create is sent again", () => {
  const coded = { errorCode: "ERR-02-009" };
  const NOW = CREATED_AT;

  it.each([
    ["connection refused", network("refused"), 0, 0],
    ["429", answer(429), 0, 2_000],
    ["409", answer(409), 0, 2_000],
    ["a busy API", answer(400, coded), 0, 4_000],
    ["503: an origin that is silent may still be at work", answer(503), 30_000, 30_000],
    ["503 that names a time", answer(503, { retryAfter: "1" }), 30_000, 30_000],
    ["a lost answer, after which nothing is sent", network("reset"), 30_000, 30_000],
    ["an approval that breaks off", unreadable(465), 0, 2_000],
    ["400", answer(400), 0, 2_000],
  ])("%s", (_name, fault, window, least) => {
    expect([windowAfter(fault), leastWaitAfter(fault)]).toEqual([window, least]);
  });

  it.each([
    ["429: one look at the end", answer(429, { retryAfter: "7" }), 7_000, 0],
    ["503 without a time", answer(503), 30_000, 29_700],
    [
      "503 that names one: the server is left alone so long",
      answer(503, { retryAfter: "12" }),
      30_000,
      18_000,
    ],
    ["503 that names all of it", answer(503, { retryAfter: "45" }), 45_000, 0],
  ])("%s", (_name, fault, waitMs, expected) => {
    expect(lookWithin(waitMs, fault, NOW)).toBe(expected);
  });

  it("what another try took the place of was made by then, allowance for clocks added", () => {
    expect(createdNotAfter(null, 0)).toBeNull();
    expect(createdNotAfter(1_000, 500)).toBe(3_500);
    expect(createdNotAfter(1_000, null)).toBe(121_000);
  });
});
