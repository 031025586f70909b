import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../simulator/index.ts";
import { call, manualClock, type Reply, start } from "./helpers.ts";

function add(sim: Simulator, body?: unknown, headers = {}): Promise<Reply> {
  const path = `/apps/${sim.appId}/instances`;
  return call(sim, "POST", path, body === undefined ? { headers } : { body, headers });
}

const PREPARE = { "x-prepare-only": "true" };

/** A field of a 465's details. */
function detail({ body }: Reply, field: string): string {
  return body.details.find((item: { field: string }) => item.field === field)?.value;
}

describe("named instances", () => {
  it("bear the name that was asked for, or one of the server's", async () => {
    const sim = await start();
    const named = await add(sim, { name: "web-eu-1", node_id: 31 });
    expect(named).toMatchObject({ status: 200, body: { name: "web-eu-1", teepod_id: 31 } });
    const { body } = await add(sim, { compose_hash: sim.composeHash });
    expect(body.name).toMatch(/^web-rep-[a-z0-9]{5}$/);
    expect(sim.requests.map(({ route }) => route)).toEqual(["instances", "instances"]);
    expect(sim.replicas()).toMatchObject([{ name: "web-eu-1", requestIndex: 0 }, {}]);
  });

  it("bear one of the server's where that passes the name over", async () => {
    const sim = await start({ instanceNames: "ignore" });
    const { status, body } = await add(sim, { name: "web-eu-1" });
    expect([status, /^web-rep-/.test(body.name)]).toEqual([200, true]);
  });

  it.each([
    ["code", 409, { error_code: "ERR-01-004" }],
    ["detail", 400, { detail: expect.stringContaining("already in use in this workspace") }],
  ] as const)("refuse a taken name by %s", async (takenName, status, body) => {
    const sim = await start({ takenName, stoppedInstances: 1 });
    // Of this app, stopped, and of another app of the workspace.
    for (const name of ["web-seed1", "other-app"]) {
      expect(await add(sim, { name })).toMatchObject({ status, body });
    }
    expect(sim.replicas()).toEqual([]);
    expect((await add(sim, { name: "foreign-app" })).status).toBe(200);
  });

  it("know names by case, or not", async () => {
    const exact = await start();
    expect((await add(exact, { name: "OTHER-APP" })).status).toBe(200);
    const folded = await start({ foldNames: true });
    expect((await add(folded, { name: "OTHER-APP" })).status).toBe(409);
  });

  it("have a name again once its CVM is gone, or by option while it is going", async () => {
    const clock = manualClock();
    for (const nameFreeWhileGoing of [false, true]) {
      const sim = await start({ now: clock.now, removeMs: 1000, nameFreeWhileGoing });
      const compose_hash = sim.composeHash;
      const { body } = await add(sim, { name: "web-eu-1" });
      expect((await add(sim, { name: "web-eu-1", compose_hash })).status).toBe(409);
      await call(sim, "DELETE", `/cvms/${body.vm_uuid}`);
      const going = await add(sim, { name: "web-eu-1", compose_hash });
      expect(going.status).toBe(nameFreeWhileGoing ? 200 : 409);
      clock.advance(1000);
      const gone = await add(sim, { name: "web-eu-1", compose_hash });
      expect(gone.status).toBe(nameFreeWhileGoing ? 409 : 200);
    }
  });

  it("have a name again only later, by option", async () => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, removeMs: 1000, nameHeldMs: 5000 });
    const compose_hash = sim.composeHash;
    const { body } = await add(sim, { name: "web-eu-1" });
    await call(sim, "DELETE", `/cvms/${body.vm_uuid}`);
    clock.advance(5999);
    expect((await call(sim, "GET", `/cvms/${body.vm_uuid}`)).status).toBe(404);
    expect((await add(sim, { name: "web-eu-1", compose_hash })).status).toBe(409);
    clock.advance(1);
    expect((await add(sim, { name: "web-eu-1", compose_hash })).status).toBe(200);
  });

  it("need one instance of the app, of whatever status, and no source", async () => {
    const sim = await start();
    sim.update(sim.vmUuid, { status: "stopped" });
    expect((await add(sim, { name: "web-eu-1" })).status).toBe(200);
    for (const { vmUuid } of sim.cvms()) sim.remove(vmUuid);
    expect(await add(sim, { name: "web-eu-2" })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("template instance") },
    });
  });

  it("demand a compose hash where several live, unless told otherwise", async () => {
    const strict = await start({ liveInstances: 2 });
    expect(await add(strict)).toMatchObject({ status: 400, body: { error_code: "ERR-03-009" } });
    const unknown = await add(strict, { compose_hash: "ab".repeat(32) });
    expect(unknown).toMatchObject({ status: 400, body: { error_code: "ERR-02-008" } });
    const lax = await start({ liveInstances: 2, instancesNeedHash: false });
    expect((await add(lax)).status).toBe(200);
  });

  it("may have a compose file of their own: a new revision of the app", async () => {
    const sim = await start();
    const docker_compose_file = "services:\n  web:\n    image: example/web:2\n";
    const { body } = await add(sim, { name: "web-try", docker_compose_file });
    expect(body.docker_compose_file).toBe(docker_compose_file);
    const row = (await call(sim, "GET", `/cvms/${body.vm_uuid}`)).body;
    expect(row.compose_hash).not.toBe(sim.composeHash);
    // From then on it is one that others can be given.
    expect((await add(sim, { compose_hash: row.compose_hash })).status).toBe(200);
    const both = { docker_compose_file, compose_hash: sim.composeHash };
    expect((await add(sim, both)).status).toBe(400);
    const blank = await add(sim, { docker_compose_file: " " });
    expect(blank).toMatchObject({ status: 400, body: { error_code: "ERR-01-003" } });
  });

  it("are answered in three forms", async () => {
    const nested = await start({ instanceAnswer: "cvm" });
    expect((await add(nested)).body).toMatchObject({
      id: expect.stringMatching(/^cvm_/),
      vm_uuid: expect.any(String),
      resource: { vcpu: 2 },
    });
    const partial = await start({ instanceAnswer: "partial" });
    const { body } = await add(partial);
    expect(Object.keys(body)).toEqual(["id", "name", "resource", "status"]);
  });

  it.each([
    [{ name: "abcd" }, 422],
    [{ name: "9lives" }, 422],
    [{ name: 5 }, 422],
    [{ node_id: "26" }, 422],
    [{ encrypted_env: "0xab" }, 400],
    [{ node_id: 999 }, 400],
    [{ node_id: 12 }, 400],
  ])("refuse %j with %d", async (body, status) => {
    const sim = await start();
    expect((await add(sim, body)).status).toBe(status);
    expect(sim.replicas()).toEqual([]);
  });

  it("need a key, and an app of the workspace under its bare id", async () => {
    const sim = await start();
    expect((await add(sim, {}, { "x-api-key": null })).status).toBe(401);
    const at = async (app: string) => (await call(sim, "POST", `/apps/${app}/instances`)).status;
    expect(await at(`app_${sim.appId}`)).toBe(404);
    expect(await at(sim.foreign.appId)).toBe(403);
    expect((await call(sim, "GET", `/apps/${sim.appId}/instances`)).status).toBe(405);
  });
});

describe("named instances of an on-chain app", () => {
  it("are prepared, approved and committed on the same route, and keep their name", async () => {
    const sim = await start({ onChain: true, chainHashes: "none" });
    const prepared = await add(sim, { name: "web-eu-1", node_id: 26 }, PREPARE);
    expect([prepared.status, detail(prepared, "compose_hash")]).toEqual([465, sim.composeHash]);
    expect(detail(prepared, "api_commit_url")).toContain(`/apps/${sim.appId}/instances?token=`);
    const token = detail(prepared, "commit_token");
    const compose_hash = sim.composeHash;
    expect((await add(sim, { token, compose_hash })).status).toBe(465);
    const transaction_hash = sim.chain.register({ composeHash: sim.composeHash });
    const done = await add(sim, { token, compose_hash, transaction_hash });
    expect(done).toMatchObject({ status: 200, body: { name: "web-eu-1", teepod_id: 26 } });
    expect((await add(sim, { token, compose_hash })).status).toBe(466);
    expect(sim.replicas()).toHaveLength(1);
  });

  it("refuse what does not belong together by 466, 467 and 468", async () => {
    const sim = await start({ onChain: true, commitNotAllowed: 468, keepOldTokens: true });
    const prepare = async () => detail(await add(sim, { node_id: 26 }, PREPARE), "commit_token");
    const compose_hash = sim.composeHash;
    const token = await prepare();
    const commit = async (body: object) =>
      (await add(sim, { token, compose_hash, ...body })).status;
    expect(await commit({ token: "unknown" })).toBe(466);
    expect(await commit({ compose_hash: "ab".repeat(32) })).toBe(466);
    expect(await commit({ transaction_hash: `0x${"ab".repeat(32)}` })).toBe(467);
    sim.chain.revoke({ composeHash: sim.composeHash });
    expect(await commit({})).toBe(468);
    sim.chain.register({ composeHash: sim.composeHash });
    // A token of one route is none of the other.
    const replica = await call(sim, "POST", `/cvms/${sim.vmUuid}/commit-replica`, {
      body: { token, compose_hash },
    });
    expect(replica.status).toBe(466);
    const path = `/cvms/${sim.vmUuid}/replicas`;
    const theirs = await call(sim, "POST", path, { body: { node_id: 26 }, headers: PREPARE });
    expect(await commit({ token: detail(theirs, "commit_token") })).toBe(466);
    expect(await commit({ transaction_hash: "already-registered" })).toBe(200);
  });

  it("lose their name on the way where the API forgets it, and a name that was taken meanwhile", async () => {
    const forgetful = await start({ onChain: true, prepareKeepsName: false });
    const first = await add(forgetful, { name: "web-eu-1", node_id: 26 }, PREPARE);
    const token = detail(first, "commit_token");
    expect((await add(forgetful, { token })).body.name).toMatch(/^web-rep-/);
    const sim = await start({ onChain: true });
    const second = await add(sim, { name: "web-eu-1", node_id: 26 }, PREPARE);
    sim.addStranger({ name: "web-eu-1" });
    const late = await add(sim, { token: detail(second, "commit_token") });
    expect(late.status).toBe(409);
  });

  it("make a real one under prepare-only where the app is not on chain", async () => {
    const sim = await start();
    expect((await add(sim, { name: "web-eu-1" }, PREPARE)).status).toBe(200);
    expect(sim.replicas()).toHaveLength(1);
  });
});

describe("room", () => {
  it.each(["ERR-02-003", "ERR-02-004", "ERR-02-005"] as const)(
    "ends on a node with %s as replicas are made, and comes back",
    async (fullCode) => {
      const nodes = [
        { id: 1, name: "one", slots: 1, fullCode },
        { id: 2, name: "two" },
      ];
      const sim = await start({ nodes, instancesNeedHash: false });
      const { body } = await add(sim, { node_id: 1 });
      const full = { status: 400, body: { error_code: fullCode } };
      expect(await add(sim, { node_id: 1 })).toMatchObject(full);
      sim.changeNode(1, { slots: 2 });
      expect((await add(sim, { node_id: 1 })).status).toBe(200);
      expect(await add(sim, { node_id: 1 })).toMatchObject(full);
      sim.remove(body.vm_uuid);
      expect((await add(sim, { node_id: 1 })).status).toBe(200);
    },
  );

  it("is looked for where the image is, and may be nowhere", async () => {
    const nodes = [
      { id: 1, name: "home", slots: 0 },
      { id: 2, name: "bare", images: [] },
    ];
    const sim = await start({ nodes });
    expect(await add(sim)).toMatchObject({ status: 400, body: { error_code: "ERR-02-002" } });
  });

  it("ends with the workspace's number of CVMs", async () => {
    const sim = await start({ maxCvms: 3 });
    expect((await add(sim)).status).toBe(200);
    const next = await add(sim, { compose_hash: sim.composeHash });
    expect(next).toMatchObject({ status: 400, body: { error_code: "ERR-04-002" } });
  });
});
