import { describe, expect, it } from "@jest/globals";
import {
  type HashPlan,
  planComposeHash,
  planSlots,
  resolveNodes,
} from "../../src/fleet/plan/placement.ts";
import type { Cvm } from "../../src/phala/cvm.ts";
import { misfitText } from "../../src/report/words/misfit.ts";
import { cvm, HASH, OTHER_HASH } from "../support/rows.ts";

const NODES = [
  { id: 26, name: "prod9" },
  { id: 31, name: "Prod5" },
  { id: 40, name: "twin" },
  { id: 41, name: "TWIN" },
];
const byName = (name: string) => ({ kind: "name", name }) as const;
const byId = (id: number) => ({ kind: "id", id }) as const;

describe("nodes", () => {
  it.each([
    ["none", [], NODES, []],
    ["a number, names not looked up", [byId(7)], null, [{ id: 7, name: null }]],
    ["a number that has a name", [byId(26)], NODES, [{ id: 26, name: "prod9" }]],
    ["a number that the list does not have", [byId(7)], NODES, [{ id: 7, name: null }]],
    ["a name", [byName("prod9")], NODES, [{ id: 26, name: "prod9" }]],
    ["a name in another case", [byName("PROD5")], NODES, [{ id: 31, name: "Prod5" }]],
    [
      "a mixture, in its order",
      [byName("prod5"), byId(26), byName("prod5")],
      NODES,
      [
        { id: 31, name: "Prod5" },
        { id: 26, name: "prod9" },
        { id: 31, name: "Prod5" },
      ],
    ],
  ])("%s", (_name, choices, nodes, placements) => {
    expect(resolveNodes(choices, nodes)).toEqual({ ok: true, placements });
  });

  it.each([
    ["ambiguous", [byName("Twin")], [/node_id: 2 nodes are called Twin.*40, 41/]],
    ["unknown", [byName("prod")], [/node_id: no node is called prod;.*prod9 \(26\)/]],
    ["all mistakes together", [byName("x"), byId(26), byName("twin")], [/called x;.*called twin/]],
  ])("%s: refused", (_name, choices, says) => {
    const result = resolveNodes(choices, NODES);
    expect(result.ok).toBe(false);
    const problems = result.ok ? [] : result.problems;
    const text = misfitText({ input: "node_id", problems, nodes: NODES });
    for (const gist of says) expect(text).toMatch(gist);
  });

  it("a name, and the platform has no nodes at all", () => {
    expect(resolveNodes([byName("prod9")], [])).toMatchObject({ ok: false });
  });
});

describe("compose hash", () => {
  const source = cvm(1);
  const alike = cvm(2);
  const other = cvm(3, { composeHash: OTHER_HASH });
  const untold = cvm(4, { composeHash: null });
  it.each<[string, string | null, Cvm | null, readonly Cvm[], HashPlan]>([
    ["one live", null, source, [source], { ok: true, first: null, later: HASH, implied: HASH }],
    [
      "several that share it",
      null,
      source,
      [source, alike],
      { ok: true, first: HASH, later: HASH, implied: HASH },
    ],
    ["several that differ", null, source, [source, other], { ok: false, live: [source, other] }],
    [
      "several that differ, one chosen",
      OTHER_HASH,
      source,
      [source, other],
      { ok: true, first: OTHER_HASH, later: OTHER_HASH, implied: OTHER_HASH },
    ],
    [
      "given with one live",
      HASH,
      source,
      [source],
      { ok: true, first: HASH, later: HASH, implied: HASH },
    ],
    [
      "the source is stopped, another is live",
      null,
      cvm(1, { status: "stopped", composeHash: OTHER_HASH }),
      [alike],
      { ok: true, first: null, later: null, implied: null },
    ],
    ["none is live", null, source, [], { ok: true, first: null, later: HASH, implied: HASH }],
    [
      "the API tells none",
      null,
      untold,
      [untold],
      { ok: true, first: null, later: null, implied: null },
    ],
    [
      "nothing could be read",
      null,
      null,
      [],
      { ok: true, first: null, later: null, implied: null },
    ],
    [
      "nothing could be read, one given",
      HASH,
      null,
      [],
      { ok: true, first: HASH, later: HASH, implied: HASH },
    ],
  ])("%s", (_name, given, from, live, expected) => {
    expect(planComposeHash(given, from, live, 1)).toEqual(expected);
  });

  it("a stopped source of another revision than the live one: several need to be told which", () => {
    const stopped = cvm(1, { status: "stopped", composeHash: OTHER_HASH });
    const several = { ok: false, live: [stopped, alike] };
    expect(planComposeHash(null, stopped, [alike], 2)).toEqual(several);
    const told = { ok: true, first: HASH, later: HASH, implied: HASH };
    expect(planComposeHash(HASH, stopped, [alike], 2)).toEqual(told);
    const same = { ok: true, first: null, later: HASH, implied: HASH };
    expect(planComposeHash(null, cvm(1, { status: "stopped" }), [alike], 2)).toEqual(same);
  });
});

describe("the requests", () => {
  const nodes = [
    { id: 26, name: "prod9" },
    { id: 31, name: null },
  ];
  const hash = { ok: true, first: null, later: HASH, implied: HASH } as const;

  it("are dealt over the nodes in turn, the hash from the second on", () => {
    const slots = planSlots(5, nodes, hash);
    expect(slots.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(slots.map(({ nodeId }) => nodeId)).toEqual([26, 31, 26, 31, 26]);
    expect(slots.map(({ nodeName }) => nodeName)).toEqual(["prod9", null, "prod9", null, "prod9"]);
    expect(slots.map(({ composeHash }) => composeHash)).toEqual([null, HASH, HASH, HASH, HASH]);
    expect(slots.map(({ expectedHash }) => expectedHash)).toEqual(Array(5).fill(HASH));
  });

  it("name no node where none is listed", () => {
    expect(planSlots(2, [], hash).map(({ nodeId }) => nodeId)).toEqual([null, null]);
  });

  it("may be none", () => {
    expect(planSlots(0, nodes, hash)).toEqual([]);
  });
});
