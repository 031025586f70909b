import { describe, expect, it } from "@jest/globals";
import { call, create, manualClock, replicasPath, start } from "./helpers.ts";

/** Keys of the OpenAPI schema `VM`. */
const VM_KEYS = [
  "app_id",
  "app_url",
  "base_image",
  "created_at",
  "disk_size",
  "docker_compose_file",
  "encrypted_env_pubkey",
  "features",
  "id",
  "instance_id",
  "manifest_version",
  "memory",
  "name",
  "runner",
  "status",
  "teepod",
  "teepod_id",
  "user_id",
  "vcpu",
  "version",
  "vm_uuid",
];

describe("creating a replica", () => {
  it("answers 200 with every key of VM and makes one billed CVM", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now });
    const { status, body, headers } = await create(sim);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(VM_KEYS);
    expect(body).toMatchObject({
      id: expect.any(Number),
      status: "provisioning",
      app_id: sim.appId,
      instance_id: null,
      app_url: null,
      created_at: "2026-07-02T08:00:00Z",
    });
    expect(headers.get("date")).toBe("Thu, 02 Jul 2026 08:00:00 GMT");
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("x-request-id")).toMatch(/^req-/);
    expect(sim.replicas()).toMatchObject([{ vmUuid: body.vm_uuid, requestIndex: 0 }]);
  });

  it("serves the CVM-scoped route in the same way, under the same name", async () => {
    const sim = await start();
    const { status } = await call(sim, "POST", `/cvms/app_${sim.appId}/replicas`);
    expect(status).toBe(200);
    expect(sim.requests.map((request) => request.route)).toEqual(["create"]);
    expect(sim.replicas()).toHaveLength(1);
  });

  it("gives string ids when asked to, and always from 2026-05-22 on", async () => {
    const styled = await start({ idStyle: "string" });
    expect((await create(styled)).body.id).toMatch(/^cvm_/);
    const plain = await start();
    const { body } = await create(plain, undefined, { "x-phala-version": "2026-05-22" });
    expect(body.id).toMatch(/^cvm_/);
  });

  it("places a replica where it was told, by node_id or by the old alias", async () => {
    const sim = await start();
    const compose_hash = `0x${sim.composeHash}`;
    expect((await create(sim, { node_id: 31 })).body.teepod_id).toBe(31);
    expect((await create(sim, { teepod_id: 26, compose_hash })).body.teepod_id).toBe(26);
  });

  it("leaves the source's node by default when none is named", async () => {
    const any = await start();
    expect((await create(any)).body.teepod_id).toBe(31);
    const home = await start({ placement: "source" });
    expect((await create(home)).body.teepod_id).toBe(26);
  });

  it("takes an absent body, null and an empty object alike", async () => {
    for (const raw of ["null", "{}"]) {
      const sim = await start();
      expect((await call(sim, "POST", replicasPath(sim), { raw })).status).toBe(200);
    }
  });

  it("uses null as vm_uuid when asked to, and other date forms", async () => {
    const clock = manualClock();
    const sim = await start({ nullUuid: true, createdAtForm: "naive", now: clock.now });
    expect((await create(sim)).body).toMatchObject({
      vm_uuid: null,
      created_at: "2026-07-02T08:00:00.000",
    });
  });
});
