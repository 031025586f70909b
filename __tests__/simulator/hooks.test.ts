import { describe, expect, it } from "@jest/globals";
import { type Fault, FaultPlan } from "../../simulator/core.ts";
import { create, manualClock, replicasPath, start } from "./helpers.ts";

describe("when a fault strikes", () => {
  const drop = { kind: "drop", when: "before" } as const;
  const hits = (fault: Fault, requests: readonly (readonly [string, string])[]): number[] => {
    const plan = new FaultPlan();
    plan.add(fault);
    return requests.flatMap(([route, path], index) => (plan.next(route, path) ? [index] : []));
  };
  const creates = [1, 2, 3, 4].map(() => ["create", "/a"] as const);

  it.each([
    ["the next one", {}, [0]],
    ["the third", { nth: 3 }, [2]],
    ["two in a row", { times: 2 }, [0, 1]],
    ["from the second for ever", { nth: 2, times: "always" }, [1, 2, 3]],
  ] as const)("%s", (_name, target, wanted) => {
    expect(hits({ route: "create", ...target, ...drop }, creates)).toEqual(wanted);
  });

  it("counts only its own route and path", () => {
    const requests = [
      ["list", "/a"],
      ["create", "/b"],
      ["create", "/a"],
    ] as const;
    expect(hits({ route: "create", nth: 2, ...drop }, requests)).toEqual([2]);
    expect(hits({ route: "*", nth: 2, ...drop }, requests)).toEqual([1]);
    expect(hits({ route: "*", path: "/a", nth: 2, ...drop }, requests)).toEqual([2]);
  });

  it("lets every fault count, also those that another one hides", () => {
    const plan = new FaultPlan();
    plan.add({ route: "create", kind: "drop", when: "before" });
    plan.add({ route: "create", kind: "hang", when: "before", nth: 2 });
    const kinds = [1, 2, 3].map(() => plan.next("create", "/a")?.kind);
    expect(kinds).toEqual(["drop", "hang", undefined]);
  });

  it("can be taken back", async () => {
    const sim = await start();
    sim.fault({ route: "*", ...drop, times: "always" });
    sim.clearFaults();
    expect((await create(sim)).status).toBe(200);
  });
});

describe("hooks", () => {
  it("are waited for before the work, after it and after the answer", async () => {
    const sim = await start();
    const seen: unknown[] = [];
    for (const moment of ["before-work", "after-work", "answered"] as const) {
      sim.on(moment, "create", async ({ request, answer }) => {
        await Promise.resolve();
        seen.push([moment, sim.replicas().length, answer?.status, request.status]);
      });
    }
    const answered = new Promise<void>((resolve) => sim.on("answered", "*", () => resolve()));
    await create(sim);
    await answered;
    expect(seen).toEqual([
      ["before-work", 0, undefined, undefined],
      ["after-work", 1, 200, undefined],
      ["answered", 1, undefined, 200],
    ]);
  });

  it("let a stranger come at an exact moment, and can be taken off", async () => {
    const sim = await start();
    const off = sim.on("before-work", "create", () => {
      sim.addStranger();
    });
    const reply = await create(sim, { compose_hash: sim.composeHash });
    expect(reply.status).toBe(200);
    expect(sim.cvms().map((cvm) => cvm.origin)).toEqual(["seed", "seed", "stranger", "replica"]);
    off();
    await create(sim, { compose_hash: sim.composeHash });
    expect(sim.cvms().filter((cvm) => cvm.origin === "stranger")).toHaveLength(1);
  });
});

describe("the record of requests", () => {
  it("holds route, method, path, headers, body, time and status", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, clockSkewMs: -60_000 });
    const reply = await create(sim, { node_id: 31 });
    expect(sim.requests).toMatchObject([
      {
        index: 0,
        route: "create",
        method: "POST",
        path: `/api/v1${replicasPath(sim)}`,
        headers: { "x-api-key": sim.apiKey, "x-phala-version": "2026-01-21" },
        body: '{"node_id":31}',
        at: clock.now() - 60_000,
        status: 200,
        worked: true,
      },
    ]);
    expect(reply.headers.get("date")).toBe("Thu, 02 Jul 2026 07:59:00 GMT");
    expect(reply.body.created_at).toBe("2026-07-02T07:59:00Z");
  });
});
