/** What the one read before the first create request costs, and what ends a run there and then. */
import { describe, expect, it } from "@jest/globals";
import type { FaultKind } from "../../../simulator/faults.ts";
import type { Simulator } from "../../../simulator/index.ts";
import { startSimulator } from "../../../simulator/index.ts";
import "../../support/retry.ts";
import { startStep } from "../../support/either.ts";
import {
  errorOf,
  existing,
  inItsWorld,
  main,
  postsOf,
  QUICK,
  stepOn,
  worldOf,
} from "../../support/runs.ts";

function routes(sim: Simulator): string[] {
  return sim.requests.map(({ route }) => route);
}

describe("a run is cheap", () => {
  it.concurrent.each<[string, Record<string, string>, string[]]>([
    ["a plain create", {}, ["list", "create"]],
    ["a node by number", { node_id: "31" }, ["list", "create"]],
    ["three replicas", { count: "3" }, ["list", "create", "create", "create"]],
    // And a look when all is done: another job may have counted at the same time.
    ["instances", { instances: "2" }, ["list", "create", "list"]],
    ["nothing to do", { instances: "1" }, ["list"]],
  ])(
    "%s",
    (name, inputs, expected) =>
      worldOf(name)({}, async (sim) => {
        const result = await main(sim, inputs);
        expect(result.exitCode).toBe(0);
        expect(routes(sim)).toEqual(expected);
      }),
    QUICK,
  );

  inItsWorld("a node by name: one more, at the same time as the list", {}, async (sim) => {
    // The names are asked for before the list is answered.
    let asked: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      asked = resolve;
    });
    sim.on("before-work", "nodes", () => asked());
    sim.on("before-work", "list", () => both);
    await main(sim, { node_id: "sim-prod5" });
    expect(routes(sim).slice(0, 2).sort()).toEqual(["list", "nodes"]);
    expect(routes(sim).slice(2)).toEqual(["create"]);
  });
});

describe("a first look that ends the run: nothing is created", () => {
  const elsewhere: FaultKind = { kind: "redirect", location: "https://elsewhere.invalid/api" };
  const rejected: FaultKind = { kind: "status", when: "before", status: 401 };
  const unknown: FaultKind = { kind: "status", when: "before", status: 404 };

  it.concurrent.each<[string, FaultKind, string, RegExp]>([
    ["a rejected key", rejected, "HTTP-401", /key was rejected/],
    ["an unknown app", unknown, "HTTP-404", /HTTP 404/],
    ["a redirect", elsewhere, "HTTP-307", /a redirect to https:\/\/elsewhere\.invalid/],
  ])(
    "%s, after one request",
    (name, fault, code, says) =>
      worldOf(name)({}, async (sim) => {
        sim.fault({ route: "list", times: "always", ...fault });
        const result = await main(sim);
        expect(result.exitCode).toBe(1);
        expect(result.outputs).toMatchObject({ outcome: "failed", error_code: code });
        expect(errorOf(result)).toMatch(says);
        expect(routes(sim)).toEqual(["list"]);
      }),
    QUICK,
  );

  inItsWorld("the source is not one of the app's", {}, async (sim) => {
    const result = await main(sim, { vm_uuid: sim.other.vmUuid });
    expect(result.outputs).toMatchObject({ outcome: "failed", error_code: "INPUT" });
    expect(errorOf(result)).toMatch(/vm_uuid: .* is not one of the app's/);
    expect(routes(sim)).toEqual(["list"]);
  });

  inItsWorld("the source was deleted", { liveInstances: 2 }, async (sim) => {
    sim.remove(sim.vmUuid);
    const result = await main(sim);
    expect(errorOf(result)).toMatch(/is not one of the app's/);
    expect(postsOf(sim)).toEqual([]);
  });

  it.concurrent(
    "a host that refuses, after tries that fit",
    async () => {
      const sim = await startSimulator();
      await sim.close();
      const result = await main(sim);
      expect(result.outputs).toMatchObject({ outcome: "failed", error_code: "NETWORK" });
      expect(errorOf(result)).toMatch(/connection was refused.*Given up after \d tries/);
      expect(result.stdout.match(/Try \d follows in/g)?.length).toBeGreaterThan(1);
    },
    QUICK,
  );

  inItsWorld("a host that does not resolve", {}, async (sim) => {
    const result = await main(sim, { api_url: "https://no-such-host.invalid/api/v1" });
    expect(result.outputs).toMatchObject({ outcome: "failed", error_code: "NETWORK" });
    expect(errorOf(result)).toMatch(/does not resolve/);
    expect(sim.requests).toEqual([]);
  });
});

describe("the server goes away after the first look", () => {
  it.concurrent(
    "and comes back: the request that was refused is sent again, and works once",
    async () => {
      // The same seed makes the same world, so the new server knows the app.
      const first = await startSimulator({ seed: 7 });
      const port = Number(new URL(first.apiUrl).port);
      first.on("answered", "list", () => first.close());
      const running = startStep(stepOn(first));
      await running.line(/Nothing was sent; try 2 follows/);
      const second = await startSimulator({ seed: 7, port });
      try {
        const result = await running.finished;
        expect([result.exitCode, result.outputs.outcome]).toEqual([0, "created"]);
        expect([postsOf(first).length, postsOf(second).length]).toEqual([0, 1]);
        expect(existing(second)).toEqual([result.outputs.vm_uuid]);
      } finally {
        await second.close();
      }
    },
    QUICK,
  );
});
