import { describe, expect, it } from "@jest/globals";
import { call } from "./helpers.ts";
import { OTHER, revisionOf, stage } from "./revision-stage.ts";

describe("revisions", () => {
  it("have one row an operation, newest first, by pages", async () => {
    const { sim } = await stage({ liveInstances: 2 });
    const path = `/apps/${sim.appId}/revisions`;
    const { body } = await call(sim, "GET", path);
    expect(body).toMatchObject({ total: 3, page: 1, page_size: 50, total_pages: 1 });
    expect(body.revisions[0]).toEqual({
      revision_id: expect.stringMatching(/^rev_/),
      app_id: sim.appId,
      vm_uuid: expect.any(String),
      compose_hash: OTHER,
      created_at: expect.any(String),
      trace_id: null,
      operation_type: "deploy",
      triggered_by: expect.any(Object),
      cvm: expect.objectContaining({ object_type: "cvm", name: "other-rev" }),
      workspace: expect.any(Object),
    });
    const second = (await call(sim, "GET", `${path}?page=2&page_size=2`)).body;
    expect(second).toMatchObject({ total: 3, total_pages: 2, revisions: [{ app_id: sim.appId }] });
    expect((await call(sim, "GET", `${path}?page_size=1001`)).status).toBe(422);
    expect((await call(sim, "GET", `/apps/${sim.foreign.appId}/revisions`)).status).toBe(403);
  });

  it("show one with compose file and sealed environment", async () => {
    const { sim } = await stage();
    const path = `/apps/${sim.appId}/revisions/${await revisionOf(sim, OTHER)}`;
    expect((await call(sim, "GET", path)).body).toMatchObject({
      compose_file: { runner: "docker-compose" },
      encrypted_env: "",
      user_config: "",
    });
    const raw = (await call(sim, "GET", `${path}?raw_compose_file=true`)).body;
    expect(typeof raw.compose_file).toBe("string");
    const unknown = await call(sim, "GET", `/apps/${sim.appId}/revisions/rev_unknown`);
    expect(unknown.status).toBe(404);
  });
});

describe("what changes meanwhile", () => {
  it("is a name, an app or a revision, in process and by a control route", async () => {
    const at = await stage();
    at.sim.update(at.uuid, { name: "renamed", composeHash: at.sim.composeHash });
    expect((await call(at.sim, "GET", "/cvms/renamed")).body).toMatchObject({
      vm_uuid: at.uuid,
      compose_hash: at.sim.composeHash,
      in_progress: false,
    });
    const order = { appId: at.sim.other.appId, name: "moved" };
    await fetch(`${at.sim.controlUrl}/cvms/${at.uuid}`, {
      method: "POST",
      body: JSON.stringify(order),
    });
    const theirs = (await call(at.sim, "GET", `/apps/${at.sim.other.appId}/cvms`)).body;
    expect(theirs.map(({ name }: { name: string }) => name)).toContain("moved");
    const ours = (await call(at.sim, "GET", `/apps/${at.sim.appId}/cvms`)).body;
    expect(ours).toHaveLength(1);
  });

  it("is the room of a node", async () => {
    const { sim } = await stage();
    const change = async (id: number, body: unknown) => {
      const init = { method: "POST", body: JSON.stringify(body) };
      return (await fetch(`${sim.controlUrl}/nodes/${id}`, init)).status;
    };
    expect(await change(12, { slots: 3 })).toBe(200);
    const { body } = await call(sim, "GET", "/teepods/available");
    expect(body.nodes[2]).toMatchObject({ teepod_id: 12, remaining_cvm_slots: 3 });
    expect(await change(12, { slot: 3 })).toBe(400);
    expect(await change(99, { slots: 3 })).toBe(404);
  });
});
