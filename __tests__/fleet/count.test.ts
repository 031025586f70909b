/** What counts toward `instances`, where new ones go, and what is too much in the end. */
import { describe, expect, it } from "@jest/globals";
import {
  balance,
  countInstances,
  type Measure,
  missingInstances,
  surplusOf,
} from "../../src/fleet/plan/count.ts";
import { existingReplicas } from "../../src/fleet/plan/create.ts";
import { rerunWith } from "../../src/fleet/plan/rerun.ts";
import type { Cvm } from "../../src/phala/cvm.ts";
import { saidOf } from "../../src/report/annotation/combined.ts";
import { cvm, HASH, OTHER_HASH, uuid } from "../support/rows.ts";

const ANY: Measure = { composeHash: null, placements: [] };
const at = (...ids: number[]) => ids.map((id) => ({ id, name: null }));
const dead = (n: number, status = "error") => cvm(n, { status });
const uuids = (cvms: readonly Cvm[]) => cvms.map(({ vmUuid }) => vmUuid);

describe("what counts", () => {
  it.each<[string, Partial<Cvm>, "live" | "dead" | "not"]>([
    ["running", {}, "live"],
    ["starting", { status: "starting" }, "live"],
    ["of a status that nobody knows", { status: "rebalancing" }, "live"],
    ["error", { status: "error" }, "dead"],
    ["exited", { status: "exited" }, "dead"],
    ["failed", { status: "failed" }, "dead"],
    ["stopped", { status: "stopped" }, "not"],
    ["shutting down", { status: "shutting down" }, "not"],
    ["deleting", { status: "deleting" }, "not"],
    ["deleted, and still listed as running", { deleted: true }, "not"],
    ["deleted, and still listed as dead", { deleted: true, status: "error" }, "not"],
  ])("%s", (_name, over, expected) => {
    const { live, dead: gone } = countInstances([cvm(1, over)], ANY);
    expect(live.length > 0 ? "live" : gone.length > 0 ? "dead" : "not").toBe(expected);
  });

  it.each<[string, Partial<Measure>, Partial<Cvm>, number]>([
    ["the revision", { composeHash: HASH }, {}, 1],
    ["another revision", { composeHash: OTHER_HASH }, {}, 0],
    ["a revision that is not told", { composeHash: OTHER_HASH }, { composeHash: null }, 1],
    ["a listed node", { placements: at(31, 26) }, {}, 1],
    ["another node", { placements: at(31) }, {}, 0],
    ["a node that is not told", { placements: at(31) }, { nodeId: null }, 1],
    ["the node, but another revision", { placements: at(26), composeHash: OTHER_HASH }, {}, 0],
  ])("%s", (_name, over, row, expected) => {
    const measure = { ...ANY, ...over };
    expect(countInstances([cvm(1, row)], measure).live).toHaveLength(expected);
    const corpse = { ...row, status: "error" };
    expect(countInstances([cvm(1, corpse)], measure).dead).toHaveLength(expected);
  });

  it.each([
    [3, 1, 0, 2],
    [3, 3, 0, 0],
    [3, 5, 0, 0],
    [3, 1, 2, 0],
    [4, 1, 1, 2],
    [1, 0, 0, 1],
    [2, 1, 5, 0],
  ])("%i wanted, %i live, %i dead: %i missing", (wanted, living, corpses, missing) => {
    const counted = {
      live: Array.from({ length: living }, (_, n) => cvm(n)),
      dead: Array.from({ length: corpses }, (_, n) => dead(n)),
    };
    expect(missingInstances(wanted, counted)).toBe(missing);
  });
});

describe("where new ones go", () => {
  const on = (...nodes: (number | null)[]) => nodes.map((nodeId, n) => cvm(n, { nodeId }));

  it.each<[string, number[], (number | null)[], number, number[]]>([
    ["nothing is there", [26, 31], [], 3, [26, 31, 26]],
    ["one node has some", [26, 31], [26, 26], 3, [31, 31, 26]],
    ["the first listed of several that are alike", [31, 26], [26, 31], 2, [31, 26]],
    ["a node listed twice gets twice as many", [5, 5, 9], [], 6, [5, 5, 9, 5, 5, 9]],
    ["and what is there fills both of its places", [5, 5, 9], [5, 5, 9], 3, [5, 5, 9]],
    ["what is elsewhere does not matter", [26, 31], [7, 7, null], 2, [26, 31]],
    ["one node", [7], [], 2, [7, 7]],
    ["none is listed", [], [26, 31], 3, []],
    ["none is missing", [26], [26], 0, []],
  ])("%s", (_name, listed, there, count, expected) => {
    const places = balance(count, at(...listed), { live: on(...there), dead: [] });
    expect(places.map(({ id }) => id)).toEqual(expected);
  });

  it("dead ones hold their place", () => {
    const counted = { live: on(31), dead: [dead(9), dead(8)] };
    expect(balance(2, at(26, 31), counted).map(({ id }) => id)).toEqual([31, 26]);
  });
});

describe("what is too much in the end", () => {
  const known = new Set([uuid(1), uuid(2)]);

  it.each<[string, Cvm[], number, string[] | null]>([
    ["as many as wanted", [cvm(1), cvm(2)], 2, null],
    ["fewer", [cvm(1)], 2, null],
    ["one of another job", [cvm(1), cvm(2), cvm(3)], 2, [uuid(3)]],
    ["one of another job that is dead", [cvm(1), cvm(2), dead(3)], 2, [uuid(3)]],
    ["one that does not count", [cvm(1), cvm(2), cvm(3, { status: "stopped" })], 2, null],
    ["one that was stopped before", [cvm(1), cvm(2)], 1, []],
  ])("%s", (_name, cvms, wanted, others) => {
    const surplus = surplusOf(cvms, ANY, wanted, known);
    expect(surplus === null ? null : uuids(surplus.others)).toEqual(others);
    if (surplus !== null) expect(surplus.counted).toBeGreaterThan(wanted);
  });
});

describe("what is told of it", () => {
  const app = { workspaceSlug: "acme", appId: "3c".repeat(20) };

  it("the live ones with the source last, and then the dead ones as failures", () => {
    const counted = { live: [cvm(2), cvm(1), cvm(3)], dead: [dead(4, "exited")] };
    const told = existingReplicas(counted, uuid(1));
    expect(told.map((replica) => replica.cvm?.vmUuid)).toEqual([2, 3, 1, 4].map(uuid));
    expect(told.map(({ origin }) => origin)).toEqual(Array(4).fill("existing"));
    const said = told.map((replica) => saidOf(replica, app).failure);
    expect(said.map((one) => one?.code ?? null)).toEqual([null, null, null, "DEAD"]);
    const text = said[3]?.text ?? "";
    expect(text).toContain(uuid(4));
    expect(text).toContain(`/acme/apps/${app.appId}/instances/${uuid(4).replaceAll("-", "")}`);
    expect(text).toMatch(/status exited.*is billed and counts toward instances/);
  });

  it.each([
    ["count", { instances: null, count: 2 }, { kind: "instances", instances: 5 }],
    ["instances", { instances: 4, count: null }, { kind: "instances", instances: 4 }],
    ["more than an input takes", { instances: null, count: 98 }, { kind: "blind" }],
    ["a commit", { instances: null, count: 1, commitToken: "token-of-a-test" }, { kind: "token" }],
    ["a prepare", { instances: null, count: 1, prepareOnly: true }, { kind: "prepare" }],
  ])("what to write in a later run, after %s", (_name, over, expected) => {
    const inputs = { commitToken: null, names: null, prepareOnly: false, ...over };
    const counted = { live: [cvm(1), cvm(2)], dead: [dead(3)] };
    expect(rerunWith(inputs, { cvms: counted.live }, counted)).toEqual(expected);
  });

  it("no number where the list could not be read", () => {
    const inputs = {
      commitToken: null,
      names: null,
      prepareOnly: false,
      instances: null,
      count: 1,
    };
    expect(rerunWith(inputs, { cvms: null }, { live: [], dead: [] })).toEqual({ kind: "blind" });
  });
});
