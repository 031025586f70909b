/** Where the replicas go: `node_id` as a list of numbers and names, and `count`. */
import { describe, expect, it } from "@jest/globals";
import { Simulation } from "../../support/simulated/simulation.ts";
import {
  bodiesOf,
  create,
  entriesOf,
  errorOf,
  existing,
  postsOf,
} from "../../support/simulated-runs.ts";

const NODES = [
  { id: 26, name: "sim-prod9" },
  { id: 31, name: "sim-prod5" },
  { id: 12, name: "Sim-Full", slots: 0 },
  { id: 40, name: "twin" },
  { id: 41, name: "TWIN" },
  { id: 50, name: "unlisted", listed: false },
];

describe("the replicas are dealt over the listed nodes in turn", () => {
  it.each([
    ["one number", { node_id: "31" }, [31]],
    ["numbers by comma, one replica each", { node_id: "31,26" }, [31, 26]],
    ["numbers by line, blanks and empty items", { node_id: "31\n 26 ,\n" }, [31, 26]],
    ["the same node twice", { node_id: "31, 31" }, [31, 31]],
    ["a name", { node_id: "sim-prod5" }, [31]],
    ["names in any case", { node_id: "SIM-prod5, Sim-Prod9" }, [31, 26]],
    ["numbers and names", { node_id: "26, sim-prod5, 26" }, [26, 31, 26]],
    ["count beyond the list", { node_id: "26, 31", count: "5" }, [26, 31, 26, 31, 26]],
    ["count below the list", { node_id: "31, 26, 31", count: "2" }, [31, 26]],
    ["count with one node", { node_id: "31", count: "3" }, [31, 31, 31]],
    ["no node", { count: "3" }, [undefined, undefined, undefined]],
    ["instances, one of them there", { node_id: "26, sim-prod5", instances: "4" }, [31, 26, 31]],
    ["a number that the list of nodes does not have", { node_id: "50" }, [50]],
  ] as const)("%s", async (_name, inputs, expected) => {
    const sim = new Simulation({ nodes: NODES });
    const main = await create(sim, inputs);
    expect(bodiesOf(sim).map(({ node_id }) => node_id)).toEqual(expected);
    expect(main.runner.outputs).toMatchObject({ outcome: "created", error_code: "" });
    const made = entriesOf(main).filter(({ outcome }) => outcome === "created");
    expect(made).toHaveLength(expected.length);
    for (const [index, node] of expected.entries()) {
      if (node !== undefined) expect(made[index]?.node_id).toBe(node);
    }
  });

  it("asks for the names once, and only where one is given", async () => {
    const named = new Simulation({ nodes: NODES });
    await create(named, { node_id: "sim-prod5, sim-prod9, 26" });
    expect(named.timesOf("nodes")).toHaveLength(1);
    const numbered = new Simulation({ nodes: NODES });
    await create(numbered, { node_id: "31, 26" });
    expect(numbered.timesOf("nodes")).toEqual([]);
  });

  it("the deprecated alias is sent as such", async () => {
    const sim = new Simulation({ nodes: NODES });
    await create(sim, { teepod_id: "31", count: "2" });
    expect(bodiesOf(sim).map(({ teepod_id, node_id }) => [teepod_id, node_id])).toEqual([
      [31, undefined],
      [31, undefined],
    ]);
  });
});

describe("a name that can't be resolved is refused before anything is paid", () => {
  it.each([
    ["ambiguous", "twin", [/2 nodes are called twin/, /40, 41/]],
    ["ambiguous in another case", "26, tWiN", [/2 nodes are called tWiN/, /40, 41/]],
    ["unknown", "nowhere", [/no node is called nowhere/, /sim-prod9 \(26\)/, /sim-prod5 \(31\)/]],
    ["part of a name", "sim-prod", [/no node is called sim-prod/]],
    ["not listed", "unlisted", [/no node is called unlisted/]],
    ["several mistakes at once", "nowhere, twin", [/nowhere/, /40, 41/]],
  ])("%s", async (_name, node_id, says) => {
    const sim = new Simulation({ nodes: NODES });
    const main = await create(sim, { node_id });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "INPUT" });
    for (const gist of says) expect(errorOf(main)).toMatch(gist);
    expect(errorOf(main)).toMatch(/Nothing was created/);
    expect(postsOf(sim)).toEqual([]);
  });

  it.each([
    ["403", "HTTP-403", { kind: "status", when: "before", status: 403 }],
    ["500", "HTTP-500", { kind: "status", when: "before", status: 500 }],
    ["garbage", "HTTP-200", { kind: "garbage", form: "html" }],
  ] as const)("the names can't be looked up: %s", async (_name, code, fault) => {
    const sim = new Simulation({ nodes: NODES });
    sim.fault({ route: "nodes", times: "always", ...fault });
    const main = await create(sim, { node_id: "sim-prod5" });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: code });
    expect(postsOf(sim)).toEqual([]);
  });
});

describe("one failure does not stop the others", () => {
  it.each([
    ["first", "12, 26, 31", 0],
    ["middle", "26, sim-full, 31", 1],
    ["last", "26, 31, 12", 2],
  ])("a full node as the %s of three", async (_name, node_id, at) => {
    const sim = new Simulation({ nodes: NODES });
    const main = await create(sim, { node_id });
    const fates = ["created", "created", "created"].map((fate, index) =>
      index === at ? "failed" : fate,
    );
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual(fates);
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "ERR-02-005" });
    expect(main.exitCode).toBe(1);
    expect(postsOf(sim)).toHaveLength(3);
    const uuids = entriesOf(main).flatMap(({ vm_uuid }) => vm_uuid ?? []);
    expect(uuids.sort()).toEqual(existing(sim));
    expect(entriesOf(main)[at]?.error).toMatch(/The node is full/);
  });

  it("none is made: failed, not partial", async () => {
    const sim = new Simulation({ nodes: NODES });
    const main = await create(sim, { node_id: "12, 12" });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "ERR-02-005" });
    expect(postsOf(sim)).toHaveLength(2);
  });

  it("the key is rejected meanwhile: the rest is not asked for, what was made is kept", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", nth: 2, kind: "status", when: "before", status: 401 });
    const main = await create(sim, { count: "4" });
    expect(postsOf(sim)).toHaveLength(2);
    expect(entriesOf(main).map(({ outcome }) => outcome)).toEqual([
      "created",
      "failed",
      "failed",
      "failed",
    ]);
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "HTTP-401" });
  });

  it("requests go one after another, even if each takes a while", async () => {
    const sim = new Simulation({ latencyMs: 3_000 });
    await create(sim, { count: "4" });
    const times = sim.timesOf("create");
    for (const [index, at] of times.entries()) {
      if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(6_000);
    }
    expect(times).toHaveLength(4);
  });
});
