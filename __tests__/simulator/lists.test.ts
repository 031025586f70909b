import { describe, expect, it } from "@jest/globals";
import { call, create, manualClock, start } from "./helpers.ts";

describe("lists of CVMs", () => {
  it("hold the workspace, as an array and by pages of 30", async () => {
    const sim = await start({ liveInstances: 32 });
    expect((await call(sim, "GET", "/cvms")).body).toHaveLength(33);
    const { body } = await call(sim, "GET", "/cvms/paginated");
    expect([body.items.length, body.page_size, body.pages]).toEqual([30, 30, 2]);
    expect((await call(sim, "GET", "/cvms/paginated?page_size=101")).status).toBe(422);
    expect((await call(sim, "GET", "/cvms?teepod_id=26")).status).toBe(403);
  });

  it("are empty for an app without CVMs, or a 404", async () => {
    for (const [emptyApp, status] of [
      ["list", 200],
      ["404", 404],
    ] as const) {
      const sim = await start({ emptyApp });
      sim.remove(sim.vmUuid);
      const reply = await call(sim, "GET", `/apps/${sim.appId}/cvms`);
      expect(reply.status).toBe(status);
      if (status === 200) expect(reply.body).toEqual([]);
    }
  });

  it("give numbers as ids at one version where told to, and never from 2026-05-22 on", async () => {
    const sim = await start({ rowIdStyle: "number" });
    const idAt = async (version: string) => {
      const headers = { "x-phala-version": version };
      return (await call(sim, "GET", `/cvms/${sim.vmUuid}`, { headers })).body.id;
    };
    expect(await idAt("2026-01-21")).toEqual(expect.any(Number));
    const hashed = await idAt("2026-05-22");
    expect(hashed).toMatch(/^cvm_/);
    const body = { name: "fresh-name" };
    expect((await call(sim, "PATCH", `/cvms/${hashed}/name`, { body })).status).toBe(204);
  });

  it("tell what is being deleted by one of two words", async () => {
    const sim = await start({ removeMs: 60_000, removingStatus: "deleting" });
    await call(sim, "DELETE", `/cvms/${sim.vmUuid}`);
    const { body } = await call(sim, "GET", `/apps/${sim.appId}/cvms`);
    expect(body).toMatchObject([{ status: "deleting", progress: { target: "deleted" } }]);
  });
});

describe("apps", () => {
  it("have all of their CVMs alone, and one in the list", async () => {
    const sim = await start({ liveInstances: 3 });
    const app = (await call(sim, "GET", `/apps/${sim.appId}`)).body;
    expect(app).toMatchObject({ app_id: sim.appId, cvm_count: 3, current_cvm: { name: "web" } });
    expect(app.cvms).toHaveLength(3);
    const { body } = await call(sim, "GET", "/apps");
    expect(body).toMatchObject({ total: 2, page_size: 20, total_pages: 1 });
    expect(body.dstack_apps[0]).toMatchObject({ current_cvm: { name: "web" }, cvms: [] });
    const full = await start({ appRows: "full" });
    expect((await call(full, "GET", "/apps")).body.dstack_apps[0].cvms).toHaveLength(1);
    const minimal = await start({ appRows: "minimal" });
    const [row] = (await call(minimal, "GET", "/apps")).body.dstack_apps;
    expect(row).toMatchObject({ app_id: minimal.appId, name: null, current_cvm: null, cvms: null });
    expect((await call(sim, "GET", "/apps/unknown")).status).toBe(404);
  });

  it("are searched by name, app id, UUID and instance id of any of their CVMs", async () => {
    const sim = await start();
    const { vm_uuid, name } = (await create(sim)).body;
    const search = async (text: string) =>
      (await call(sim, "GET", `/apps?search=${text}`)).body.dstack_apps.map(
        (app: { app_id: string }) => app.app_id,
      );
    const instance = sim.cvms()[0]?.instanceId ?? "";
    for (const text of [name, vm_uuid, instance, sim.appId]) {
      expect(await search(text)).toEqual([sim.appId]);
    }
    expect(await search("other-app")).toEqual([sim.other.appId]);
    expect(await search("foreign-app")).toEqual([]);
    expect((await call(sim, "GET", "/apps?status=stopped")).body.total).toBe(0);
    expect((await call(sim, "GET", "/apps?listed=maybe")).status).toBe(422);
    expect((await call(sim, "GET", "/apps/filter-options")).body.statuses).toContain("running");
  });

  it("tell who deployed them", async () => {
    const kms = async (options: object) => {
      const sim = await start({ onChain: true, ...options });
      return (await call(sim, "GET", `/apps/${sim.appId}/kms-info`)).body;
    };
    expect(await kms({})).toMatchObject({
      deployer_type: "safe",
      is_contract: true,
      safe_app_url: expect.stringMatching(/^https:/),
    });
    expect(await kms({ deployerType: "eoa" })).toMatchObject({
      deployer_type: "eoa",
      is_contract: false,
      safe_app_url: null,
    });
  });
});

describe("endpoints", () => {
  it("are one a port, and the gateway serves no other", async () => {
    const sim = await start({ ports: [8080, 3000] });
    const row = (await call(sim, "GET", `/cvms/${sim.vmUuid}`)).body;
    const ports = row.endpoints.map(({ app, instance }: { app: string; instance: string }) =>
      [app, instance].map((url) => url.slice(-5)),
    );
    expect(ports).toEqual([
      ["-8080", "-8080"],
      ["-3000", "-3000"],
    ]);
    const { instance } = row.endpoints[1];
    expect((await fetch(instance)).status).toBe(200);
    expect((await fetch(instance.replace("-3000", "-3001"))).status).toBe(502);
    const none = await start({ ports: [] });
    const bare = (await call(none, "GET", `/cvms/${none.vmUuid}`)).body;
    expect(bare.endpoints).toEqual([]);
  });
});

describe("usage", () => {
  it("is a record an hour of each CVM, in USD, up to its end", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now });
    const { vm_uuid } = (await create(sim)).body;
    clock.advance(90 * 60_000);
    await call(sim, "DELETE", `/cvms/${vm_uuid}`);
    clock.advance(24 * 3_600_000);
    const path = `/apps/${sim.appId}/usage`;
    const { body } = await call(sim, "GET", path);
    const own = body.usage.filter((item: { instance_id: string }) => item.instance_id === vm_uuid);
    expect(own.map(({ duration_minutes }: Record<string, unknown>) => duration_minutes)).toEqual([
      60, 30,
    ]);
    expect(own[0]).toMatchObject({ cost: 0.058, usage_type: "compute", billing_day: "2026-07-02" });
    expect(body.total_cost).toBeCloseTo(0.058 * (1.5 + 24 + 24 + 1.5), 6);
    expect((await call(sim, "GET", `${path}?limit=1`)).body.total).toBe(1);
    const wrong = "start_date=2026-07-03T00:00:00Z&end_date=2026-07-02T00:00:00Z";
    expect((await call(sim, "GET", `${path}?${wrong}`)).status).toBe(400);
    expect((await call(sim, "GET", `${path}?start_date=soon`)).status).toBe(422);
    expect((await call(sim, "GET", `${path}?limit=5001`)).status).toBe(422);
  });

  it("comes late where told to", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, usageLagMs: 2 * 3_600_000 });
    const { vm_uuid } = (await create(sim)).body;
    clock.advance(3_600_000);
    expect((await call(sim, "GET", `/apps/${sim.appId}/usage`)).text).not.toContain(vm_uuid);
  });
});

describe("a node with several device ids", () => {
  it("may list another than the one that has to be registered", async () => {
    const [deviceId, listedDeviceId] = ["aa".repeat(32), "bb".repeat(32)];
    const nodes = [{ id: 1, name: "one", deviceId, listedDeviceId }];
    const sim = await start({ nodes, onChain: true, chainDevices: "none" });
    const [node] = (await call(sim, "GET", "/teepods/available")).body.nodes;
    expect(node.device_id).toBe(listedDeviceId);
    expect(node.device_ids.map(({ device_id }: Record<string, unknown>) => device_id)).toEqual([
      listedDeviceId,
      deviceId,
    ]);
    const refused = (await create(sim)).body.details;
    const asked = refused.find(({ field }: { field: string }) => field === "device_id");
    expect(asked.value).toBe(deviceId);
  });

  it("has an allowlist where the app is on chain alone", async () => {
    const sim = await start();
    expect((await call(sim, "GET", `/apps/${sim.appId}/device-allowlist`)).status).toBe(404);
  });
});

describe("the routes that tell what is allowed", () => {
  it("may lag behind the chain, which a create asks itself", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, onChain: true, allowedLagMs: 30_000 });
    const body = { compose_hash: sim.composeHash, node_id: 31 };
    const allowed = async () =>
      (await call(sim, "POST", `/apps/${sim.appId}/is-allowed`, { body })).body.is_allowed;
    sim.chain.register({ deviceId: sim.nodes[1]?.deviceId ?? "" });
    expect(await allowed()).toBe(false);
    expect((await create(sim, { node_id: 31 })).status).toBe(200);
    clock.advance(30_000);
    expect(await allowed()).toBe(true);
  });
});

describe("the workspace's nodes", () => {
  it("are those that it may use, by pages", async () => {
    const nodes = [
      { id: 1, name: "one" },
      { id: 2, name: "two", forbidden: true },
      { id: 3, name: "three" },
    ];
    const sim = await start({ nodes });
    const { body } = await call(sim, "GET", "/workspaces/simulated/nodes?page_size=1");
    expect(body).toMatchObject({ items: [{ object_type: "node", id: 1 }], total: 2, pages: 2 });
    expect((await call(sim, "GET", "/workspaces/theirs/nodes")).status).toBe(404);
  });
});

describe("the batch route", () => {
  it("may tell an operation in one object", async () => {
    const sim = await start({ batchForm: "nested" });
    await call(sim, "POST", `/cvms/${sim.vmUuid}/restart`);
    const body = { vm_uuids: [sim.vmUuid] };
    const state = (await call(sim, "POST", "/status/batch", { body })).body[sim.vmUuid];
    expect(state.operation).toMatchObject({ type: "restart" });
    expect(state).not.toHaveProperty("operation_type");
  });
});
