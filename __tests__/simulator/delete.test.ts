import { describe, expect, it } from "@jest/globals";
import { call, create, manualClock, start } from "./helpers.ts";

describe("deleting", () => {
  it("answers 204 at once, shows removing for a while, then 404 and off the list", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, removeMs: 2000 });
    const { body } = await create(sim);
    const path = `/cvms/${body.vm_uuid}`;
    const deleted = await call(sim, "DELETE", path);
    expect([deleted.status, deleted.text]).toEqual([204, ""]);
    const cvm = (await call(sim, "GET", path)).body;
    expect(cvm).toMatchObject({ status: "removing", in_progress: true });
    expect((await call(sim, "DELETE", path)).status).toBe(409);
    clock.advance(2000);
    expect((await call(sim, "GET", path)).status).toBe(404);
    expect((await call(sim, "DELETE", path)).status).toBe(404);
    expect((await call(sim, "GET", `/apps/${sim.appId}/cvms`)).body).toHaveLength(1);
    expect(sim.replicas()).toMatchObject([{ deleted: true, deletes: 2 }]);
  });

  it("fails or stays stuck when told to, and can keep deleted rows in the list", async () => {
    const clock = manualClock();
    const replicaPlans = [{ deleteFails: 1 }, { deleteStuck: true }];
    const sim = await start({ now: clock.now, replicaPlans, listDeleted: true, deleteAgain: 204 });
    const compose_hash = sim.composeHash;
    const failing = `/cvms/${(await create(sim)).body.vm_uuid}`;
    const stuck = `/cvms/${(await create(sim, { compose_hash })).body.vm_uuid}`;
    const wanted = [500, 204, 204];
    for (const status of wanted) expect((await call(sim, "DELETE", failing)).status).toBe(status);
    expect((await call(sim, "DELETE", stuck)).status).toBe(204);
    clock.advance(3_600_000);
    expect((await call(sim, "GET", failing)).status).toBe(404);
    expect((await call(sim, "GET", stuck)).body.status).toBe("removing");
    const list = (await call(sim, "GET", `/apps/${sim.appId}/cvms`)).body;
    const gone = list.map((cvm: { deleted_at: string | null }) => cvm.deleted_at !== null);
    expect(gone).toEqual([false, true, false]);
  });

  it("honours a scheduled deletion, which can be taken back before", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, removeMs: 1000 });
    const { body } = await create(sim);
    const cvm = `/cvms/${body.vm_uuid}`;
    const path = `${cvm}/scheduled-delete`;
    const set = (scheduled_delete_at: unknown) =>
      call(sim, "PATCH", path, { body: { scheduled_delete_at } });
    const at = new Date(clock.now() + 60_000).toISOString();
    const reply = await set(at);
    expect(reply).toMatchObject({ status: 200, body: { vm_uuid: body.vm_uuid } });
    expect((await set(null)).status).toBe(200);
    clock.advance(61_000);
    expect((await call(sim, "GET", cvm)).status).toBe(200);
    for (const bad of ["tomorrow", "2026-07-02", "2026-02-31T08:00:00Z", 5, true]) {
      expect((await set(bad)).status).toBe(422);
    }
    await set("2026-07-02T08:02:00");
    const headers = { "x-phala-version": "2025-10-28" };
    const flat = (await call(sim, "GET", cvm, { headers })).body;
    expect(flat.scheduled_delete_at).toBe("2026-07-02T08:02:00Z");
    clock.advance(59_500);
    expect((await call(sim, "GET", cvm)).body.status).toBe("removing");
    expect((await set(null)).status).toBe(409);
    clock.advance(1000);
    expect((await call(sim, "GET", cvm)).status).toBe(404);
  });

  it("renames, within the rules for names", async () => {
    const sim = await start({ liveInstances: 2 });
    const { id } = (await call(sim, "GET", `/cvms/${sim.vmUuid}`)).body;
    const rename = async (name: unknown, cvm = id) =>
      (await call(sim, "PATCH", `/cvms/${cvm}/name`, { body: { name } })).status;
    expect(await rename("fresh-name", sim.vmUuid)).toBe(404);
    expect(await rename("fresh-name")).toBe(204);
    expect(await rename("web-seed1")).toBe(400);
    for (const bad of ["abcd", "a_bcd", "9lives", 5]) expect(await rename(bad)).toBe(422);
    expect((await call(sim, "GET", "/cvms/fresh-name")).status).toBe(200);
  });
});
