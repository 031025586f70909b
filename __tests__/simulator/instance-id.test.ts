import { describe, expect, it } from "@jest/globals";
import { gatewayPathOf } from "../../simulator/core.ts";
import type { ReplicaPlan, Simulator } from "../../simulator/index.ts";
import { call, create, manualClock, start } from "./helpers.ts";

const DOMAIN = "gateway.simulator.invalid";

async function booted(plan: ReplicaPlan): Promise<{ sim: Simulator; path: string }> {
  const clock = manualClock();
  const sim = await start({
    now: clock.now,
    bootMs: 1000,
    gatewayForm: "host",
    replicaPlans: [plan],
  });
  const path = `/cvms/${(await create(sim)).body.vm_uuid}`;
  clock.advance(2000);
  return { sim, path };
}

describe("an instance id that the row does not tell", () => {
  it("is filled in by the first backfill, and told with its URL from then on", async () => {
    const { sim, path } = await booted({ instanceIdNull: true, backfill: "updates" });
    const before = (await call(sim, "GET", path)).body;
    const app = `https://${sim.appId}-8080.${DOMAIN}`;
    expect(before).toMatchObject({
      status: "running",
      instance_id: null,
      endpoints: [{ app, instance: null }],
    });
    const dry = await call(sim, "PATCH", `${path}/instance-id`, { body: { dry_run: true } });
    expect(dry.body).toMatchObject({ status: "updated", old_instance_id: null });
    expect((await call(sim, "GET", path)).body.instance_id).toBeNull();
    const { status, body } = await call(sim, "PATCH", `${path}/instance-id`);
    const id = sim.world.cvms.at(-1)?.futureInstanceId;
    expect([status, body]).toEqual([
      200,
      {
        cvm_id: expect.any(Number),
        identifier: before.vm_uuid,
        status: "updated",
        old_instance_id: null,
        new_instance_id: id,
        source: "teepod_state",
        verified_with_gateway: false,
        reason: null,
      },
    ]);
    expect((await call(sim, "GET", path)).body).toMatchObject({
      instance_id: id,
      endpoints: [{ app, instance: `https://${id}-8080.${DOMAIN}` }],
    });
    const again = await call(sim, "PATCH", `${path}/instance-id`);
    expect(again.body).toMatchObject({ status: "unchanged", new_instance_id: id });
  });

  it("stays away where the backfill skips, which is a 200 too", async () => {
    const { sim, path } = await booted({ instanceIdNull: true, instanceUrlNone: true });
    const { status, body } = await call(sim, "PATCH", `${path}/instance-id`);
    expect([status, body.status, body.new_instance_id, body.source]).toEqual([
      200,
      "skipped",
      null,
      "none",
    ]);
    const row = (await call(sim, "GET", path)).body;
    expect(row.instance_id).toBeNull();
    expect(row.endpoints[0].instance).toBe(`https://None-8080.${DOMAIN}`);
  });

  it("is told by the guest's event log, unless the plan takes it out", async () => {
    const told = await booted({ instanceIdNull: true });
    const { body } = await call(told.sim, "GET", `${told.path}/attestation`);
    const id = told.sim.world.cvms.at(-1)?.futureInstanceId;
    const events = body.tcb_info.event_log.map(
      ({ imr, event, event_payload }: Record<string, unknown>) => [imr, event, event_payload],
    );
    expect(body.is_online).toBe(true);
    expect(events.slice(1, 4)).toEqual([
      [3, "app-id", told.sim.appId],
      [3, "compose-hash", told.sim.composeHash],
      [3, "instance-id", id],
    ]);
    const silent = await booted({ instanceIdNull: true, attestationEvent: false });
    const answer = await call(silent.sim, "GET", `${silent.path}/attestation`);
    expect(answer.text).not.toContain("instance-id");
  });

  it("is not known to anybody before the guest has booted", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, bootMs: 1000 });
    const path = `/cvms/${(await create(sim)).body.vm_uuid}`;
    expect((await call(sim, "GET", `${path}/attestation`)).body).toMatchObject({
      is_online: false,
      error: expect.any(String),
      tcb_info: null,
    });
    const { body } = await call(sim, "PATCH", `${path}/instance-id`);
    expect(body).toMatchObject({ status: "skipped", old_instance_id: null });
  });

  it("is filled in for many at once", async () => {
    const plan = { instanceIdNull: true, backfill: "updates" } as const;
    const sim = await start({ liveInstances: 3, existingPlans: [{}, plan, plan] });
    const body = { limit: 1 };
    const first = (await call(sim, "PATCH", "/cvms/instance-ids", { body })).body;
    expect(first).toMatchObject({ scanned: 1, updated: 1, skipped: 0 });
    const second = (await call(sim, "PATCH", "/cvms/instance-ids")).body;
    expect(second).toMatchObject({ scanned: 1, updated: 1 });
    expect((await call(sim, "PATCH", "/cvms/instance-ids")).body).toMatchObject({ scanned: 0 });
    const bad = await call(sim, "PATCH", "/cvms/instance-ids", { body: { limit: 501 } });
    expect(bad.status).toBe(422);
  });
});

describe("rows that differ from what a client hopes for", () => {
  it("never tell endpoints, or a gateway, where the plan says so", async () => {
    const clock = manualClock();
    const options = { now: clock.now, gatewayInRow: false, bootMs: 10 };
    const sim = await start({ ...options, replicaPlans: [{ endpointsNever: true }] });
    const path = `/cvms/${(await create(sim)).body.vm_uuid}`;
    clock.advance(3_600_000);
    expect((await call(sim, "GET", path)).body).toMatchObject({
      status: "running",
      instance_id: expect.stringMatching(/^[0-9a-f]{40}$/),
      endpoints: [],
      gateway: { base_domain: null },
    });
  });

  it("have another revision or another node than the request asked for", async () => {
    const madeWithHash = "ab".repeat(32);
    const sim = await start({ replicaPlans: [{ madeWithHash, madeOnNode: 31 }] });
    const { body } = await create(sim, { node_id: 26, compose_hash: sim.composeHash });
    expect(body.teepod_id).toBe(31);
    const row = (await call(sim, "GET", `/cvms/${body.vm_uuid}`)).body;
    expect([row.compose_hash, row.node_info.id]).toEqual([madeWithHash, 31]);
  });

  it("are there as dead ones from the start", async () => {
    const sim = await start({ deadInstances: ["error", "exited"] });
    const { body } = await call(sim, "GET", `/apps/${sim.appId}/cvms`);
    expect(body.map((cvm: { status: string }) => cvm.status)).toEqual([
      "exited",
      "error",
      "running",
    ]);
    // They are no live instances: no compose hash is demanded.
    expect((await create(sim)).status).toBe(200);
  });
});

describe("a CVM that is still being made", () => {
  it.each([400, 409, 423] as const)("refuses deletions with a bare %d", async (busyStatus) => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, replicaPlans: [{ busyMs: 15_000, busyStatus }] });
    const path = `/cvms/${(await create(sim)).body.vm_uuid}`;
    const body = { scheduled_delete_at: "2026-07-02T10:00:00Z" };
    const both = async () => [
      (await call(sim, "PATCH", `${path}/scheduled-delete`, { body })).status,
      (await call(sim, "DELETE", path)).status,
    ];
    expect(await both()).toEqual([busyStatus, busyStatus]);
    expect((await call(sim, "DELETE", path)).body).toEqual({ detail: expect.any(String) });
    clock.advance(15_000);
    expect(await both()).toEqual([200, 204]);
  });
});

describe("the gateway by host names", () => {
  it("is told from other hosts", () => {
    expect(gatewayPathOf(`https://ab-8080.${DOMAIN}/healthz?x=1`)).toBe(
      "/_gateway/ab-8080/healthz?x=1",
    );
    expect(gatewayPathOf("https://example.invalid/healthz")).toBeNull();
    expect(gatewayPathOf("no address")).toBeNull();
  });
});
