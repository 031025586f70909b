/** The rule of a running replica's own URL. */
import { describe, expect, it } from "@jest/globals";
import {
  type AddressFacts,
  type AddressStep,
  addressed,
  isGone,
  nextAddressStep,
  pauseBeforeRound,
  URL_WINDOW_MS,
  whyNoUrl,
} from "../../src/fleet/follow/address.ts";
import { NOBODY } from "../../src/ledger/replica.ts";
import type { Fault } from "../../src/net/fault.ts";
import { type Cvm, readCvm } from "../../src/phala/cvm.ts";
import { noUrlWarning } from "../../src/report/words/no-url.ts";
import { APP_ID, row as rowOf, START_AT, uuid } from "../support/desk.ts";
import { answerFault } from "../support/troubles.ts";

const ID = "a1".repeat(20);
const OTHER = "b2".repeat(20);
const APP_URL = `https://${APP_ID}-8080.gw.invalid`;

function row(over: object): Cvm {
  const cvm = readCvm(rowOf(1, { endpoints: [], gateway: { base_domain: "gw.invalid" }, ...over }));
  if (cvm === null) throw new Error("the row of this test is no row");
  return cvm;
}

/** What comes while the id is missing: the app's URL, not the instance's. */
const NO_ID = row({ endpoints: [{ app: APP_URL, instance: null }] });
const BARE = row({});
const NOW = START_AT + 20_000;

function facts(over: Partial<AddressFacts> = {}): AddressFacts {
  const nothing = { instanceId: null, backfilled: false, unknown: 0, missed: false };
  return { row: NO_ID, rowReadAt: NOW, ...nothing, ...over };
}

describe("the next step of a round", () => {
  it.each<[string, Partial<AddressFacts>, AddressStep[], object, AddressStep]>([
    ["no row was read", { row: null, rowReadAt: null }, [], {}, "read"],
    ["the row is old", { rowReadAt: NOW - 5_000 }, [], {}, "read"],
    ["it could not be read in this round", { row: null, rowReadAt: null }, ["read"], {}, "none"],
    ["the id is missing", {}, [], {}, "backfill"],
    ["of a CVM that was there before", {}, [], { ours: false }, "attest"],
    ["the platform was just asked", { backfilled: true }, ["backfill"], {}, "read"],
    ["and did not help", { backfilled: true }, ["backfill", "read"], {}, "attest"],
    ["nor the log", { backfilled: true }, ["backfill", "read", "attest"], {}, "none"],
    ["a later round", { backfilled: true }, [], {}, "attest"],
    ["the id is known, the endpoint is not", { row: row({ instance_id: ID }) }, [], {}, "none"],
    ["the id is known from elsewhere", { instanceId: ID }, [], {}, "none"],
    ["no endpoint yet either", { row: BARE }, [], { ranFrom: NOW - 9_999 }, "none"],
    ["for long now", { row: BARE }, [], { ranFrom: NOW - 10_000 }, "backfill"],
    ["a look at all there are left it out", { missed: true }, [], {}, "read"],
    ["its own route did not know it", { unknown: 1 }, [], {}, "read"],
    ["nor in this round", { unknown: 2 }, ["read"], {}, "none"],
    ["nor after it was asked to fill in", { unknown: 1 }, ["backfill", "read"], {}, "none"],
  ])("%s", (_name, known, done, over, expected) => {
    const moment = { ours: true, now: NOW, ranFrom: START_AT, ...over };
    expect(nextAddressStep(facts(known), done, moment)).toBe(expected);
  });
});

describe("a row that a list goes on to show", () => {
  it.each([
    [0, false],
    [1, false],
    [2, true],
    [3, true],
  ])("is not known by its own route in %s rounds: gone %s", (unknown, gone) => {
    expect(isGone({ unknown })).toBe(gone);
  });
});

describe("a row with its address", () => {
  it.each<[string, Cvm, string | null, string | null, string | null]>([
    ["built from the id found elsewhere", NO_ID, ID, ID, `https://${ID}-8080.gw.invalid`],
    [
      "the row's own id first",
      row({ instance_id: OTHER, endpoints: [{ app: APP_URL, instance: null }] }),
      ID,
      OTHER,
      `https://${OTHER}-8080.gw.invalid`,
    ],
    [
      "the API's own URL first",
      row({ instance_id: ID, endpoints: [{ app: APP_URL, instance: "https://own.invalid" }] }),
      null,
      ID,
      "https://own.invalid",
    ],
    ["no id", NO_ID, null, null, null],
    ["no endpoint", BARE, ID, ID, null],
    [
      "an id in another form stays as it is",
      row({ instance_id: "i-17", endpoints: [{ app: APP_URL, instance: null }] }),
      ID,
      "i-17",
      `https://${ID}-8080.gw.invalid`,
    ],
  ])("%s", (_name, cvm, instanceId, id, url) => {
    expect(addressed(cvm, instanceId, APP_ID)).toEqual({
      ...cvm,
      instanceId: id,
      instanceUrl: url,
    });
  });
});

describe("why there is none", () => {
  const fault = answerFault({ status: 502, reason: "bad" });
  const replica = { ...NOBODY, name: "web-1", uuid: uuid(1) };
  it.each<[Partial<AddressFacts>, Fault | null, RegExp]>([
    [{ row: null }, fault, /: its row could not be read \(HTTP 502: bad\)\. See/],
    [{ row: null }, null, /: its row could not be read\. See/],
    [{}, null, /: neither the API nor the replica's event log tells its instance id\. See/],
    [{}, fault, /its instance id \(the last read failed: HTTP 502: bad\)\. See/],
    [{ row: BARE, instanceId: ID }, null, /no endpoint/],
    [{ instanceId: ID }, null, /gateway/],
  ])("%j, %j", (known, last, text) => {
    const why = whyNoUrl(facts(known), last);
    const place = { workspaceSlug: "space", appId: APP_ID };
    expect(noUrlWarning(why, replica, place)).toMatch(text);
  });
});

it("a search has few rounds within its window", () => {
  const pauses = [0, 1, 2, 3, 4, 5].map(pauseBeforeRound);
  expect(pauses).toEqual([3_000, 6_000, 12_000, 24_000, 30_000, 30_000]);
  expect(URL_WINDOW_MS).toBe(60_000);
});
