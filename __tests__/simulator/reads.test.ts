import { describe, expect, it } from "@jest/globals";
import { call, create, manualClock, start } from "./helpers.ts";

const NOT_FOUND = "/cvms/00000000-0000-4000-8000-000000000000";

describe("boot", () => {
  it("goes through provisioning, starting and running-in-progress to running", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, bootMs: 10_000 });
    const { body } = await create(sim);
    const seen: unknown[] = [];
    for (let step = 0; step <= 10; step++) {
      const cvm = (await call(sim, "GET", `/cvms/${body.vm_uuid}`)).body;
      seen.push([cvm.status, cvm.in_progress, cvm.instance_id !== null, cvm.endpoints.length]);
      clock.advance(1000);
    }
    expect(seen[0]).toEqual(["provisioning", true, false, 0]);
    expect(seen[5]).toEqual(["starting", true, false, 0]);
    expect(seen[9]).toEqual(["running", true, true, 1]);
    expect(seen[10]).toEqual(["running", false, true, 1]);
  });

  it("follows plans: an error that stays, one that clears, a stop, a removal", async () => {
    const clock = manualClock();
    const sim = await start({
      now: clock.now,
      bootMs: 1000,
      replicaPlans: [
        { steps: [{ atMs: 500, status: "error", bootError: "container exited" }] },
        {
          steps: [
            { atMs: 500, bootError: "gateway registration failed" },
            { atMs: 800, bootError: null },
          ],
        },
        { steps: [{ atMs: 2000, status: "stopped" }] },
        { removedAfterMs: 600 },
        { endpointsLagMs: 5000 },
      ],
    });
    const uuids: string[] = [];
    for (let made = 0; made < 5; made++) {
      uuids.push((await create(sim, { compose_hash: sim.composeHash })).body.vm_uuid);
    }
    const look = async () => {
      const { body } = await call(sim, "POST", "/status/batch", { body: { vm_uuids: uuids } });
      return uuids.map((uuid) => body[uuid] && [body[uuid].status, body[uuid].boot_error]);
    };
    clock.advance(600);
    const error = ["error", "container exited"];
    const starting = ["starting", ""];
    const gateway = ["starting", "gateway registration failed"];
    expect(await look()).toEqual([error, gateway, starting, undefined, starting]);
    clock.advance(1400);
    const running = ["running", ""];
    expect(await look()).toEqual([error, running, ["stopped", ""], undefined, running]);
    const late = (await call(sim, "GET", `/cvms/${uuids[4]}`)).body;
    expect(late).toMatchObject({ in_progress: false, endpoints: [] });
  });

  it("stops a guest that can't open its env", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, bootMs: 1000 });
    const { body } = await create(sim, { encrypted_env: "00".repeat(80) });
    clock.advance(5000);
    const state = (await call(sim, "GET", `/cvms/${body.vm_uuid}/state`)).body;
    expect(state.status).toBe("starting");
    expect(state.boot_error).toMatch(/^failed to decrypt env/);
    const failing = await start({ now: clock.now, bootMs: 1000, bootFailureStatus: "exited" });
    const second = await create(failing, { encrypted_env: "00".repeat(80) });
    clock.advance(5000);
    const cvm = (await call(failing, "GET", `/cvms/${second.body.vm_uuid}`)).body;
    expect(cvm).toMatchObject({ status: "exited", in_progress: false });
  });

  it("obeys updates from outside, and takes them back", async () => {
    const sim = await start({ titleCase: true });
    const status = async () => (await call(sim, "GET", `/cvms/${sim.vmUuid}`)).body.status;
    expect(await status()).toBe("Running");
    sim.update(sim.vmUuid, { status: "exited", bootError: "out of memory" });
    expect(await status()).toBe("Exited");
    sim.update(sim.vmUuid, { status: null, bootError: null });
    expect(await status()).toBe("Running");
    sim.remove(sim.vmUuid);
    expect((await call(sim, "GET", `/cvms/${sim.vmUuid}`)).status).toBe(404);
  });
});

describe("reading CVMs", () => {
  it("finds a CVM by every accepted id", async () => {
    const sim = await start();
    const source = sim.cvms().find((cvm) => cvm.vmUuid === sim.vmUuid);
    const ids = [
      sim.vmUuid,
      sim.vmUuid.replaceAll("-", ""),
      sim.vmUuid.toUpperCase(),
      `app_${sim.appId}`,
      source?.instanceId,
      `instance_${source?.instanceId}`,
      source?.hashId,
      String(source?.id),
      "web",
    ];
    for (const id of ids) {
      const reply = await call(sim, "GET", `/cvms/${id}`);
      expect([id, reply.status, reply.body.vm_uuid]).toEqual([id, 200, sim.vmUuid]);
    }
  });

  it("answers 404, 403 and 400 for unknown, foreign and ambiguous ids", async () => {
    const sim = await start({ liveInstances: 2 });
    const unknown = await call(sim, "GET", NOT_FOUND);
    expect(unknown).toMatchObject({ status: 404, body: { error_code: "ERR-03-001" } });
    expect((await call(sim, "GET", `/cvms/${sim.appId}`)).status).toBe(404);
    expect((await call(sim, "GET", "/cvms/%E0%A4%A")).status).toBe(404);
    expect((await call(sim, "GET", `/cvms/${sim.foreign.vmUuid}`)).status).toBe(403);
    const ambiguous = await call(sim, "GET", `/cvms/app_${sim.appId}`);
    expect(ambiguous).toMatchObject({ status: 400, body: { error_code: "ERR-03-010" } });
    sim.addStranger({ name: "web" });
    const named = await call(sim, "GET", "/cvms/web");
    expect(named).toMatchObject({ status: 400, body: { error_code: "ERR-03-002" } });
  });

  it("gives 2026-01-21 its nested shape and 2025-10-28 its flat one", async () => {
    const sim = await start();
    const path = `/cvms/${sim.vmUuid}`;
    const nested = (await call(sim, "GET", path)).body;
    expect(nested).toMatchObject({
      id: expect.stringMatching(/^cvm_/),
      resource: { vcpu: 2, memory_in_gb: 4, compute_billing_price: expect.any(String) },
      node_info: { object_type: "node", id: 26 },
      kms_type: "phala",
      kms_info: { chain_id: null, encrypted_env_pubkey: expect.stringMatching(/^[0-9a-f]{64}$/) },
      compose_hash: sim.composeHash,
      workspace: { slug: "simulated" },
      compose_file: { allowed_envs: expect.any(Array) },
    });
    expect(nested.kms_info).not.toHaveProperty("slug");
    const headers = { "x-phala-version": "2025-10-28" };
    const flat = (await call(sim, "GET", path, { headers })).body;
    expect(flat).toMatchObject({
      id: expect.any(Number),
      vm_uuid: sim.vmUuid,
      teepod: { id: 26 },
      kms_info: { id: expect.stringMatching(/^kms_/), slug: "kms-phala-sim1" },
      public_urls: nested.endpoints,
    });
    expect(flat).not.toHaveProperty("resource");
    const list = (await call(sim, "GET", `/apps/${sim.appId}/cvms`, { headers })).body;
    expect(list[0].hosted.id).toBe(sim.vmUuid.replaceAll("-", ""));
  });

  it("lists the app's CVMs as a bare array, newest first, without compose files", async () => {
    const sim = await start({ liveInstances: 3, differingHashes: true, stoppedInstances: 1 });
    const { body } = await call(sim, "GET", `/apps/${sim.appId}/cvms`);
    const statuses = body.map((cvm: { status: string }) => cvm.status);
    expect(statuses).toEqual(["stopped", "running", "running", "running"]);
    expect(new Set(body.map((cvm: { compose_hash: string }) => cvm.compose_hash)).size).toBe(4);
    expect(body[0]).not.toHaveProperty("compose_file");
    expect((await call(sim, "GET", `/apps/${sim.foreign.appId}/cvms`)).status).toBe(403);
    expect((await call(sim, "GET", `/apps/app_${sim.appId}/cvms`)).status).toBe(404);
    const page = await call(sim, "GET", "/cvms/paginated?page=2&page_size=2");
    expect(page.body).toMatchObject({ total: 5, page: 2, pages: 3 });
    expect(page.body.items).toHaveLength(2);
  });

  it("shows a newcomer in the list only after the lag, but reads it at once", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, listLagMs: 3000 });
    const { body } = await create(sim);
    sim.addStranger();
    const count = async () => (await call(sim, "GET", `/apps/${sim.appId}/cvms`)).body.length;
    expect(await count()).toBe(1);
    expect((await call(sim, "GET", `/cvms/${body.vm_uuid}`)).status).toBe(200);
    clock.advance(3000);
    expect(await count()).toBe(3);
  });

  it("tells who is asking, in both shapes", async () => {
    const sim = await start();
    const { body } = await call(sim, "GET", "/auth/me");
    expect(body).toMatchObject({ workspace: { slug: "simulated" }, user: {}, credits: {} });
    const headers = { "x-phala-version": "2025-10-28" };
    expect((await call(sim, "GET", "/auth/me", { headers })).body).toHaveProperty("team_name");
    const bad = await call(sim, "GET", "/auth/me", { headers: { "x-api-key": "no" } });
    expect(bad.status).toBe(401);
  });

  it("lists the nodes with their free slots", async () => {
    const sim = await start();
    await create(sim, { node_id: 31 });
    const { body } = await call(sim, "GET", "/teepods/available");
    const slots = body.nodes.map((node: { teepod_id: number; remaining_cvm_slots: number }) => [
      node.teepod_id,
      node.remaining_cvm_slots,
    ]);
    expect(slots).toEqual([
      [26, 100],
      [31, 99],
      [12, 0],
    ]);
    expect(body.kms_list).toMatchObject([{ slug: "kms-phala-sim1" }]);
    const open = await call(sim, "GET", "/attestations/nodes", { headers: { "x-api-key": null } });
    expect(open.body).toHaveLength(3);
  });
});
