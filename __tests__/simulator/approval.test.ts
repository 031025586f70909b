import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../simulator/index.ts";
import { call, create, manualClock, type Reply, start } from "./helpers.ts";

const PREPARE = { "x-prepare-only": "true" };
const DAY = 86_400_000;

/** The values of a 465's `details` by field. */
// biome-ignore lint/suspicious/noExplicitAny: the values have many types
function valuesOf(reply: Reply): Record<string, any> {
  const details: { field: string; value: unknown }[] = reply.body.details;
  return Object.fromEntries(details.map(({ field, value }) => [field, value]));
}

function commit(sim: Simulator, body: unknown, query = ""): Promise<Reply> {
  const path = `/cvms/${sim.vmUuid}/commit-replica${query}`;
  return call(sim, "POST", path, { body, headers: { "x-api-key": null } });
}

async function prepared(sim: Simulator): Promise<Record<string, string>> {
  return valuesOf(await create(sim, { compose_hash: sim.composeHash }, PREPARE));
}

function approve(sim: Simulator, values: Record<string, string>): string {
  const { compose_hash: composeHash = "", device_id: deviceId = "" } = values;
  return sim.chain.register({ composeHash, deviceId });
}

describe("prepare", () => {
  it("makes a real replica when the app's KMS is not on chain", async () => {
    const sim = await start();
    expect((await create(sim, {}, PREPARE)).status).toBe(200);
    expect(sim.replicas()).toHaveLength(1);
  });

  it("answers 465 with every detail and makes nothing when it is", async () => {
    const sim = await start({ onChain: true });
    const reply = await create(sim, {}, PREPARE);
    expect(reply.status).toBe(465);
    expect(reply.body).toMatchObject({
      error_code: "ERR-01-005",
      message: expect.any(String),
      request_id: expect.any(String),
    });
    const values = valuesOf(reply);
    expect(values).toEqual({
      compose_hash: sim.composeHash,
      app_id: `0x${sim.appId}`,
      device_id: expect.stringMatching(/^[0-9a-f]{64}$/),
      kms_info: expect.objectContaining({ chain_id: 8453, slug: "kms-base-sim1" }),
      commit_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      commit_url: expect.stringContaining(`${sim.vmUuid}/confirm-replica?token=`),
      api_commit_url: expect.stringContaining(`${sim.apiUrl}/cvms/${sim.vmUuid}/commit-replica`),
      onchain_status: {
        compose_hash_allowed: true,
        device_id_allowed: false,
        is_allowed: false,
      },
    });
    expect(sim.replicas()).toHaveLength(0);
  });

  it.each([
    ["detail", (body: Reply["body"]) => body.detail.error_code],
    ["flat", (body: Reply["body"]) => body.compose_hash && "ERR-01-005"],
    ["flat-detail", (body: Reply["body"]) => body.detail.device_id && "ERR-01-005"],
    ["string", (body: Reply["body"]) => /ERR-01-005/.exec(body.detail)?.[0]],
  ] as const)("can answer in the form %s", async (form465, read) => {
    const sim = await start({ onChain: true, form465 });
    const reply = await create(sim, {}, PREPARE);
    expect(reply.status).toBe(465);
    expect(read(reply.body)).toBe("ERR-01-005");
  });

  it("can leave the token out", async () => {
    const sim = await start({ onChain: true, omitToken: true });
    const values = valuesOf(await create(sim, {}, PREPARE));
    expect(Object.keys(values)).toHaveLength(5);
    expect(JSON.stringify(values)).not.toContain("token");
  });

  it("ignores header values other than true", async () => {
    for (const value of ["1", "True", "false"]) {
      const sim = await start({ onChain: true, chainDevices: "all" });
      expect((await create(sim, {}, { "x-prepare-only": value })).status).toBe(200);
    }
  });
});

describe("create on an app with on-chain KMS, without the header", () => {
  it("creates when hash and device are registered, else answers 465", async () => {
    const sim = await start({ onChain: true });
    expect((await create(sim, { node_id: 31 })).status).toBe(465);
    expect((await create(sim, { node_id: 26 })).status).toBe(200);
    const bare = await start({ onChain: true, chainHashes: "none", allowAnyDevice: true });
    const { onchain_status } = valuesOf(await create(bare));
    expect(onchain_status).toMatchObject({ compose_hash_allowed: false, device_id_allowed: true });
  });

  it("can answer 465 although everything is allowed", async () => {
    const sim = await start({ onChain: true, always465: true, chainDevices: "all" });
    const values = valuesOf(await create(sim));
    expect(values.onchain_status.is_allowed).toBe(true);
    const body = { token: values.commit_token, transaction_hash: "already-registered" };
    expect((await commit(sim, body)).status).toBe(200);
    expect(sim.replicas()).toHaveLength(1);
  });
});

describe("commit", () => {
  it("makes the prepared replica, without a key, once", async () => {
    const sim = await start({ onChain: true });
    const values = valuesOf(await create(sim, { node_id: 31 }, PREPARE));
    const transaction_hash = approve(sim, values);
    const body = {
      token: values.commit_token,
      compose_hash: `0x${values.compose_hash}`,
      transaction_hash,
    };
    const reply = await commit(sim, body);
    expect(reply).toMatchObject({ status: 200, body: { teepod_id: 31, app_id: sim.appId } });
    expect(sim.replicas()).toMatchObject([{ vmUuid: reply.body.vm_uuid, requestIndex: 1 }]);
    const again = await commit(sim, body);
    expect(again).toMatchObject({ status: 466, body: { error_code: "ERR-01-006" } });
    expect(sim.replicas()).toHaveLength(1);
  });

  it("takes the token from the query too, and the hash from the token", async () => {
    const sim = await start({ onChain: true });
    const values = await prepared(sim);
    approve(sim, values);
    expect((await commit(sim, {}, `?token=${values.commit_token}`)).status).toBe(200);
  });

  it("keeps the sealed env that the prepare came with", async () => {
    const sim = await start({ onChain: true });
    const values = valuesOf(await create(sim, { encrypted_env: "ab".repeat(70) }, PREPARE));
    approve(sim, values);
    await commit(sim, { token: values.commit_token });
    expect(sim.replicas()).toMatchObject([{ encryptedEnv: "ab".repeat(70) }]);
  });

  it("refuses tokens that are unknown, superseded, expired or of another CVM (466)", async () => {
    const clock = manualClock();
    const sim = await start({ onChain: true, chainDevices: "all", now: clock.now });
    const old = await prepared(sim);
    const fresh = await prepared(sim);
    for (const token of ["", "nonsense", old.commit_token]) {
      expect((await commit(sim, { token })).status).toBe(466);
    }
    const elsewhere = `/cvms/${sim.other.vmUuid}/commit-replica?token=${fresh.commit_token}`;
    expect((await call(sim, "POST", elsewhere, { body: {} })).status).toBe(466);
    const wrong = { token: fresh.commit_token, compose_hash: "cd".repeat(32) };
    expect((await commit(sim, wrong)).status).toBe(466);
    clock.advance(14 * DAY + 1);
    expect((await commit(sim, { token: fresh.commit_token })).status).toBe(466);
    expect(sim.replicas()).toHaveLength(0);
  });

  it("can keep older tokens valid, and can demand the hash", async () => {
    const options = { onChain: true, chainDevices: "all", keepOldTokens: true } as const;
    const sim = await start({ ...options, commitNeedsHash: true });
    const old = await prepared(sim);
    await prepared(sim);
    expect((await commit(sim, { token: old.commit_token })).status).toBe(466);
    const body = { token: old.commit_token, compose_hash: old.compose_hash };
    expect((await commit(sim, body)).status).toBe(200);
  });

  it("answers 465 or 468 while the contract does not allow it", async () => {
    const sim = await start({ onChain: true, chainHashes: "none" });
    const values = await prepared(sim);
    const body = { token: values.commit_token };
    expect(await commit(sim, body)).toMatchObject({
      status: 465,
      body: { error_code: "ERR-01-005" },
    });
    sim.chain.register({ composeHash: sim.composeHash });
    expect(await commit(sim, body)).toMatchObject({
      status: 468,
      body: { error_code: "ERR-01-008" },
    });
    sim.chain.allowAnyDevice = true;
    expect((await commit(sim, body)).status).toBe(200);
    const strict = await start({ onChain: true, chainHashes: "none", commitNotAllowed: 468 });
    expect((await commit(strict, { token: (await prepared(strict)).commit_token })).status).toBe(
      468,
    );
  });

  it("verifies the transaction (467), which may lag", async () => {
    const sim = await start({ onChain: true, chainDevices: "all" });
    const { commit_token: token } = await prepared(sim);
    const reverted = sim.chain.register({ outcome: "reverted" });
    const elsewhere = sim.chain.register({ outcome: "wrong-contract" });
    for (const transaction_hash of ["0x12", `0x${"00".repeat(32)}`, reverted, elsewhere]) {
      const reply = await commit(sim, { token, transaction_hash });
      expect(reply).toMatchObject({ status: 467, body: { error_code: "ERR-01-007" } });
    }
    const transaction_hash = sim.chain.register({ missing: 2 });
    const statuses: number[] = [];
    for (let tries = 0; tries < 3; tries++) {
      statuses.push((await commit(sim, { token, transaction_hash })).status);
    }
    expect(statuses).toEqual([467, 467, 200]);
  });

  it("needs a body of the right types, and an existing CVM", async () => {
    const sim = await start({ onChain: true });
    const wrong = await commit(sim, { token: null, compose_hash: 5, transaction_hash: null });
    const types = wrong.body.detail.map(({ loc, type }: Reply["body"]) => [loc[1], type]);
    expect(types).toEqual(
      ["token", "compose_hash", "transaction_hash"].map((name) => [name, "string_type"]),
    );
    const empty = await call(sim, "POST", `/cvms/${sim.vmUuid}/commit-replica`);
    expect(empty).toMatchObject({ status: 422, body: { detail: [{ type: "missing" }] } });
    expect((await call(sim, "POST", "/cvms/nobody/commit-replica", { body: {} })).status).toBe(404);
  });
});

describe("what the contract allows", () => {
  it("answers for an app, for all its CVMs and for one", async () => {
    const sim = await start({ onChain: true });
    const compose_hash = sim.composeHash;
    const ask = async (body: unknown) =>
      (await call(sim, "POST", `/apps/${sim.appId}/is-allowed`, { body })).body;
    expect(await ask({ compose_hash, node_id: 26 })).toMatchObject({
      is_allowed: true,
      error: null,
    });
    expect(await ask({ compose_hash, node_id: 31 })).toMatchObject({ is_allowed: false });
    expect((await ask({ compose_hash, node_id: 1 })).error).toBe("Node not found");
    expect((await ask({})).detail).toMatchObject([{ loc: ["body", "compose_hash"] }]);
    const all = await call(sim, "POST", `/apps/${sim.appId}/cvms/is-allowed`, { body: {} });
    expect(all.body).toMatchObject({ is_onchain: true, total: 1, allowed_count: 1 });
    const one = await call(sim, "POST", `/cvms/${sim.vmUuid}/is-allowed`);
    expect(one.body.is_allowed).toBe(true);
    const devices = (await call(sim, "GET", `/apps/${sim.appId}/device-allowlist`)).body.devices;
    expect(devices).toMatchObject([{ status: "allowed" }, { status: "missing" }, {}]);
  });

  it("says so when the app is not on chain", async () => {
    const sim = await start();
    const all = await call(sim, "POST", `/apps/${sim.appId}/cvms/is-allowed`, { body: {} });
    expect(all.body).toMatchObject({ is_onchain: false, results: [] });
    const info = (await call(sim, "GET", `/apps/${sim.appId}/kms-info`)).body;
    expect(info).toMatchObject({ is_onchain_kms: false, chain_id: null });
  });
});
