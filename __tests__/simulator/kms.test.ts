import { describe, expect, it } from "@jest/globals";
import { envKeyDigest, signerOf } from "../../simulator/kms.ts";
import { call, create, manualClock, start } from "./helpers.ts";
import { seal } from "./sealing.ts";

describe("the KMS", () => {
  it("agrees with the published signature vector", () => {
    const key = "e33a1832c6562067ff8f844a61e51ad051f1180b66ec2551fb0251735f3ee90a";
    const signature =
      "8542c49081fbf4e03f62034f13fbf70630bdf256a53032e38465a27c36fd6bed" +
      "7a5e7111652004aef37f7fd92fbfc1285212c4ae6a6154203a48f5e16cad2cef00";
    expect(signerOf(envKeyDigest("00".repeat(20), key), signature)).toBe(
      "0217610d74cbd39b6143842c6d8bc310d79da1d82cc9d17f8876376221eda0c38f",
    );
  });

  it("signs the app's key with its root key, found by slug and id but not by type", async () => {
    const sim = await start({ onChain: true });
    const headers = { "x-phala-version": "2025-10-28" };
    const { kms_info } = (await call(sim, "GET", `/cvms/${sim.vmUuid}`, { headers })).body;
    for (const id of [kms_info.slug, kms_info.id]) {
      for (const app of [sim.appId, `0x${sim.appId}`]) {
        const { body } = await call(sim, "GET", `/kms/${id}/pubkey/${app}`);
        expect(Object.keys(body).sort()).toEqual(["public_key", "signature"]);
        const digest = envKeyDigest(sim.appId, body.public_key);
        expect(signerOf(digest, body.signature)).toBe(sim.rootKey);
      }
      const info = (await call(sim, "GET", `/kms/${id}/info`)).body;
      expect(info.on_chain.kms_info.k256_pubkey).toBe(`0x${sim.rootKey}`);
      expect((await call(sim, "GET", `/kms/${id}`)).body.chain_id).toBe(8453);
    }
    expect((await call(sim, "GET", `/kms/base/pubkey/${sim.appId}`)).status).toBe(404);
    expect((await call(sim, "GET", `/kms/${kms_info.id}/pubkey/xyz`)).status).toBe(400);
    expect((await call(sim, "GET", "/kms/nothing")).status).toBe(404);
    const newer = await start({ onChain: true, kmsTypeResolves: true });
    expect((await call(newer, "GET", `/kms/base/pubkey/${newer.appId}`)).status).toBe(200);
  });

  it("lists instances, and contracts in the newest version", async () => {
    const sim = await start({ onChain: true });
    expect((await call(sim, "GET", "/kms")).body).toMatchObject({
      items: [{ id: expect.stringMatching(/^kms_/) }],
      total: 1,
    });
    const headers = { "x-phala-version": "2026-06-23" };
    expect((await call(sim, "GET", "/kms", { headers })).body.items[0].slug).toBe("base");
    expect((await call(sim, "GET", "/kms?is_onchain=false")).body.items).toEqual([]);
    expect((await call(sim, "GET", "/kms?page_size=101")).status).toBe(422);
    const maybe = await call(sim, "GET", "/kms?is_onchain=maybe");
    expect(maybe).toMatchObject({ status: 422, body: { detail: [{ type: "bool_parsing" }] } });
  });

  it("tells an on-chain app's env key only through the KMS route", async () => {
    const sim = await start({ onChain: true, k256InCvm: true });
    const { kms_type, kms_info } = (await call(sim, "GET", `/cvms/${sim.vmUuid}`)).body;
    expect([kms_type, kms_info.encrypted_env_pubkey]).toEqual(["base", null]);
    expect(kms_info.k256_pubkey).toBe(`0x${sim.rootKey}`);
  });

  it.each([
    "other-root",
    "other-app",
    "tampered",
    "short-signature",
    "swapped-key",
    "short-key",
    "zero-key",
  ] as const)("can misbehave: %s", async (kmsConduct) => {
    const sim = await start({ onChain: true, kmsConduct });
    const { body } = await call(sim, "GET", `/kms/kms-base-sim1/pubkey/${sim.appId}`);
    const signer = (): string => {
      try {
        return signerOf(envKeyDigest(sim.appId, body.public_key), body.signature);
      } catch {
        return "unreadable";
      }
    };
    const goodKey = sim.world.kms.envKey(sim.appId);
    expect(signer() === sim.rootKey && body.public_key === goodKey).toBe(false);
  });
});

describe("sealed environments", () => {
  const plaintext = '{"env":[{"key":"TOKEN","value":"é\\n=x"},{"key":"OTHER","value":""}]}';

  it("opens what was sealed for the app, and drops names that are not allowed", async () => {
    const sim = await start({ allowedEnvs: ["TOKEN"] });
    const key = (await call(sim, "GET", `/cvms/${sim.vmUuid}`)).body.kms_info.encrypted_env_pubkey;
    const { body } = await create(sim, { encrypted_env: seal(plaintext, key) });
    expect(sim.decryptEnv(body.vm_uuid)).toBe(plaintext);
    expect(sim.decryptEnv(sim.vmUuid)).toBeNull();
    const cvm = sim.world.find(body.vm_uuid);
    expect(cvm && sim.world.guestEnv(cvm)).toEqual([{ key: "TOKEN", value: "é\n=x" }]);
  });

  it.each([
    ["for another key", (key: string) => seal(plaintext, `${key.slice(0, 62)}00`)],
    [
      "tampered with",
      (key: string) => seal(plaintext, key).replace(/.$/, (c) => (c === "0" ? "1" : "0")),
    ],
    ["not an env", (key: string) => seal('{"A":"1"}', key)],
    ["with a bad name", (key: string) => seal('{"env":[{"key":"a-b","value":""}]}', key)],
    ["too short", () => "00".repeat(59)],
  ])("fails the boot on a blob that is %s", async (_what, blob) => {
    const clock = manualClock();
    const sim = await start({ now: clock.now, bootMs: 1000 });
    const { body } = await create(sim, { encrypted_env: blob(sim.world.kms.envKey(sim.appId)) });
    clock.advance(2000);
    const { body: state } = await call(sim, "GET", `/cvms/${body.vm_uuid}/state`);
    expect(state.boot_error).not.toBe("");
    expect(() => sim.decryptEnv(body.vm_uuid)).toThrow();
  });
});
