import { describe, expect, it } from "@jest/globals";
import { call, create, manualClock, replicasPath, start, until } from "./helpers.ts";

describe("what a create refuses", () => {
  it("refuses a missing or wrong key with 401, before anything else", async () => {
    const sim = await start();
    for (const key of [null, "phak_other"]) {
      const reply = await create(sim, { node_id: "x" }, { "x-api-key": key });
      expect(reply.status).toBe(401);
      expect(reply.body).toEqual({ detail: expect.any(String) });
    }
    expect(sim.replicas()).toHaveLength(0);
  });

  it.each([
    [{ node_id: "26" }, "node_id", "int_parsing"],
    [{ node_id: "prod9" }, "node_id", "int_parsing"],
    [{ node_id: 1.5 }, "node_id", "int_from_float"],
    [{ node_id: true }, "node_id", "int_type"],
    [{ teepod_id: [] }, "teepod_id", "int_type"],
    [{ compose_hash: 5 }, "compose_hash", "string_type"],
    [{ encrypted_env: {} }, "encrypted_env", "string_type"],
  ])("refuses %j with FastAPI's list", async (body, field, type) => {
    const sim = await start();
    const reply = await create(sim, body);
    expect(reply.status).toBe(422);
    expect(reply.body.detail).toMatchObject([{ loc: ["body", field], type }]);
    expect(sim.replicas()).toHaveLength(0);
  });

  it("names all bad fields in one answer", async () => {
    const sim = await start();
    const { body } = await create(sim, { node_id: "a", compose_hash: 1 });
    expect(body.detail).toHaveLength(2);
  });

  it.each([
    ["{", "application/json", "json_invalid"],
    ["[]", "application/json", "model_attributes_type"],
    ["7", "application/json", "model_attributes_type"],
    ["{}", "text/plain", "model_attributes_type"],
  ])("refuses the body %s as %s", async (raw, type, error) => {
    const sim = await start();
    const headers = { "content-type": type };
    const reply = await call(sim, "POST", replicasPath(sim), { raw, headers });
    expect(reply.status).toBe(422);
    expect(reply.body.detail[0].type).toBe(error);
  });

  it.each([
    [{ node_id: 999 }, 400, "ERR-01-001"],
    [{ node_id: -1 }, 400, "ERR-01-001"],
    [{ node_id: 3000000000 }, 400, "ERR-01-001"],
    [{ node_id: 12 }, 400, "ERR-02-005"],
    [{ compose_hash: "ab".repeat(32) }, 400, "ERR-02-008"],
  ])("refuses %j with a code", async (body, status, code) => {
    const sim = await start();
    const reply = await create(sim, body);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({ error_code: code, message: expect.any(String) });
    expect(Object.keys(reply.body).sort()).toEqual([
      "details",
      "error_code",
      "links",
      "message",
      "request_id",
      "suggestions",
    ]);
    expect(reply.body.request_id).toBe(reply.headers.get("x-request-id"));
  });

  it("nests coded errors in detail when asked to", async () => {
    const sim = await start({ errorForm: "detail" });
    const { body } = await create(sim, { node_id: 999 });
    expect(body.detail.error_code).toBe("ERR-01-001");
  });

  it.each([["xyz"], ["abc"], ["0xab"], [""]])("refuses encrypted_env %j with 400", async (env) => {
    const sim = await start();
    expect((await create(sim, { encrypted_env: env })).status).toBe(400);
  });

  it.each([["ab"], ["g".repeat(64)]])("refuses compose_hash %s with 400", async (hash) => {
    const sim = await start();
    expect((await create(sim, { compose_hash: hash })).status).toBe(400);
  });

  it("demands a compose_hash once the app has several live instances", async () => {
    const sim = await start({ liveInstances: 2 });
    const reply = await create(sim);
    expect(reply.status).toBe(400);
    expect(reply.body.error_code).toBe("ERR-03-009");
    expect((await create(sim, { compose_hash: sim.composeHash })).status).toBe(200);
  });

  it("counts a replica that still boots as live, but no stopped one", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, stoppedInstances: 2 });
    expect((await create(sim)).status).toBe(200);
    expect((await create(sim)).body.error_code).toBe("ERR-03-009");
  });

  it("frees a node's slot only when the CVM is gone", async () => {
    const clock = manualClock();
    const nodes = [{ id: 5, name: "small", slots: 1 }];
    const sim = await start({ nodes, now: clock.now, removeMs: 1000 });
    const compose_hash = sim.composeHash;
    const { body } = await create(sim, { compose_hash });
    expect((await create(sim, { node_id: 5, compose_hash })).body.error_code).toBe("ERR-02-005");
    expect((await create(sim, { compose_hash })).body.error_code).toBe("ERR-02-002");
    await call(sim, "DELETE", `/cvms/${body.vm_uuid}`);
    expect((await create(sim, { node_id: 5, compose_hash })).status).toBe(400);
    clock.advance(1000);
    expect((await create(sim, { node_id: 5, compose_hash })).status).toBe(200);
  });

  it("refuses nodes that are closed to the workspace or lack the image", async () => {
    const nodes = [
      { id: 1, name: "home" },
      { id: 2, name: "closed", forbidden: true },
      { id: 3, name: "bare", images: ["dstack-0.3.0"] },
    ];
    const sim = await start({ nodes });
    expect((await create(sim, { node_id: 2 })).body.error_code).toBe("ERR-02-012");
    expect((await create(sim, { node_id: 3 })).body.error_code).toBe("ERR-03-006");
  });

  it("refuses foreign and unknown apps and CVMs", async () => {
    const sim = await start();
    const post = async (app: string, cvm: string) =>
      (await call(sim, "POST", `/apps/${app}/cvms/${cvm}/replicas`)).status;
    expect(await post(sim.foreign.appId, sim.foreign.vmUuid)).toBe(403);
    expect(await post(sim.appId, sim.foreign.vmUuid)).toBe(403);
    expect(await post(sim.appId, sim.other.vmUuid)).toBe(400);
    expect(await post(sim.other.appId, sim.vmUuid)).toBe(400);
    expect(await post("00".repeat(20), sim.vmUuid)).toBe(404);
    const unknown = await call(
      sim,
      "POST",
      `/apps/${sim.appId}/cvms/00000000-0000-4000-8000-000000000000/replicas`,
    );
    expect(unknown).toMatchObject({ status: 404, body: { error_code: "ERR-03-008" } });
    expect(sim.replicas()).toHaveLength(0);
    const hidden = await start({ foreignStatus: 404 });
    const path = `/apps/${hidden.foreign.appId}/cvms/${hidden.foreign.vmUuid}/replicas`;
    expect((await call(hidden, "POST", path)).status).toBe(404);
  });

  it("knows only bare ids in app paths, unless it is lenient", async () => {
    const forms = (sim: { appId: string; vmUuid: string }): [string, string][] => [
      [`0x${sim.appId}`, sim.vmUuid],
      [`app_${sim.appId}`, sim.vmUuid],
      [sim.appId.toUpperCase(), sim.vmUuid],
      [sim.appId, sim.vmUuid.replaceAll("-", "")],
    ];
    for (const [app, cvm] of forms(await start())) {
      const sim = await start();
      expect((await call(sim, "POST", `/apps/${app}/cvms/${cvm}/replicas`)).status).toBe(404);
      const lenient = await start({ lenientIds: true });
      const path = `/apps/${app}/cvms/${cvm}/replicas`;
      expect((await call(lenient, "POST", path)).status).toBe(200);
    }
  });

  it("refuses an unknown API version and unknown routes", async () => {
    const sim = await start();
    expect((await create(sim, {}, { "x-phala-version": "2024-01-01" })).status).toBe(400);
    expect((await call(sim, "POST", "/cvms/x/replicate")).status).toBe(404);
    expect((await call(sim, "PUT", replicasPath(sim))).status).toBe(405);
    expect(sim.requests.map((request) => request.route)).toEqual(["create", "unknown", "unknown"]);
  });

  it("can refuse a create that overlaps another one", async () => {
    const sim = await start({ refuseConcurrent: true });
    const compose_hash = sim.composeHash;
    // The first to come is not worked on before the second has come.
    sim.on("before-work", "create", () => until(() => sim.requests.length === 2));
    const replies = await Promise.all([
      create(sim, { compose_hash }),
      create(sim, { compose_hash }),
    ]);
    const refused = replies.filter(({ status }) => status === 400);
    expect(refused).toMatchObject([{ body: { error_code: "ERR-02-009" } }]);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(sim.replicas()).toHaveLength(1);
  });
});
