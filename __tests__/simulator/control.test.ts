import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../simulator/index.ts";
import { call, create, start } from "./helpers.ts";

async function control(
  sim: Simulator,
  method: string,
  path: string,
  body?: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
): Promise<{ status: number; body: any }> {
  const response = await fetch(`${sim.controlUrl}${path}`, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

describe("control routes for another process", () => {
  it("tell requests, gateway requests and CVMs, and record nothing of themselves", async () => {
    const sim = await start();
    await create(sim);
    expect((await control(sim, "GET", "/requests")).body).toMatchObject([{ route: "create" }]);
    expect((await control(sim, "GET", "/gateway")).body).toEqual([]);
    const cvms = (await control(sim, "GET", "/cvms")).body;
    expect(cvms).toMatchObject([{ origin: "seed" }, { origin: "seed" }, { origin: "replica" }]);
    expect(sim.requests).toHaveLength(1);
  });

  it("add and clear faults", async () => {
    const sim = await start();
    const fault = { route: "list", kind: "status", when: "before", status: 500, times: "always" };
    expect((await control(sim, "POST", "/faults", [fault])).body).toEqual({ added: 1 });
    const list = async () => (await call(sim, "GET", `/apps/${sim.appId}/cvms`)).status;
    expect(await list()).toBe(500);
    await control(sim, "DELETE", "/faults");
    expect(await list()).toBe(200);
  });

  it("register on the chain", async () => {
    const sim = await start({ onChain: true, chainHashes: "none" });
    const approval = { composeHash: sim.composeHash, nodeId: 31 };
    const { body } = await control(sim, "POST", "/chain", approval);
    expect(body.transaction_hash).toMatch(/^0x[0-9a-f]{64}$/);
    expect((await create(sim, { node_id: 31 })).status).toBe(200);
    await control(sim, "POST", "/chain", { allowAnyDevice: true });
    const reply = await create(sim, { node_id: 26, compose_hash: sim.composeHash });
    expect(reply.status).toBe(200);
  });

  it.each([
    ["/faults", [{ route: "creat", kind: "endless" }], /^fault\.route is one of .*create/],
    ["/faults", "nonsense", /^fault is a JSON object/],
    ["/chain", { composeHsh: "ab" }, /^chain has no "composeHsh"/],
    ["/chain", { nodeId: 99 }, /no node 99/],
    ["/strangers", { nodeID: 31 }, /^stranger has no "nodeID"; it takes .*nodeId/],
    ["/strangers", { plan: { bootMs: "soon" } }, /^stranger\.plan\.bootMs is a number/],
    ["/cvms/{source}", { state: "exited" }, /^cvm has no "state"/],
    ["/cvms/{source}", { health: { kind: "sick" } }, /^cvm\.health\.kind is one of ok/],
    ["/cvms/{source}", { status: "exited", remove: "yes" }, /^cvm\.remove is true or false/],
  ])("refuse %s with %j by a 400 that says why, and do nothing", async (path, body, why) => {
    const sim = await start({ onChain: true });
    const before = JSON.stringify(sim.cvms());
    const reply = await control(sim, "POST", path.replace("{source}", sim.vmUuid), body);
    expect(reply).toEqual({ status: 400, body: { error: expect.stringMatching(why) } });
    expect(JSON.stringify(sim.cvms())).toBe(before);
  });

  it("bring strangers, change and delete CVMs, and open sealed envs", async () => {
    const sim = await start();
    const stranger = (await control(sim, "POST", "/strangers", { name: "theirs" })).body;
    expect(stranger).toMatchObject({ origin: "stranger", name: "theirs", appId: sim.appId });
    const path = `/cvms/${stranger.vmUuid}`;
    const change = { status: "exited", bootError: "boom" };
    expect((await control(sim, "POST", path, change)).body).toMatchObject(change);
    expect((await control(sim, "GET", `${path}/env`)).body).toEqual({ plaintext: null });
    expect((await control(sim, "POST", path, { remove: true })).body.deleted).toBe(true);
    const source = `/cvms/${sim.vmUuid}`;
    expect((await control(sim, "DELETE", source)).body.deleted).toBe(true);
    expect((await control(sim, "GET", "/cvms/nobody")).status).toBe(404);
    expect((await control(sim, "GET", "/nothing")).status).toBe(404);
  });
});
