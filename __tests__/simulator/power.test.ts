import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../simulator/index.ts";
import { call, create, manualClock, start } from "./helpers.ts";
import { sealed } from "./sealing.ts";

async function stage(options = {}) {
  const clock = manualClock();
  const sim = await start({ now: clock.now, powerMs: 1000, updateMs: 1000, ...options });
  const path = `/cvms/${sim.vmUuid}`;
  const post = async (verb: string, body?: unknown) =>
    call(sim, "POST", `${path}/${verb}`, body === undefined ? {} : { body });
  const status = async () => {
    const { body } = await call(sim, "GET", path);
    return [body.status, body.in_progress];
  };
  return { sim, clock, path, post, status };
}

describe("power", () => {
  it.each([
    ["start", "starting", "running"],
    ["shutdown", "shutting_down", "stopped"],
    ["stop", "stopping", "stopped"],
    ["restart", "restarting", "running"],
  ])("%s answers a VM that is %s, then %s", async (verb, first, last) => {
    const { sim, clock, post, status } = await stage();
    if (verb === "start") sim.update(sim.vmUuid, { status: "stopped" });
    const { status: code, body } = await post(
      verb,
      verb === "restart" ? { force: true } : undefined,
    );
    expect([code, body.status, body.vm_uuid]).toEqual([200, first, sim.vmUuid]);
    expect(await status()).toEqual([first, true]);
    clock.advance(1000);
    expect(await status()).toEqual([last, false]);
  });

  it("waits for nothing when it stops, and for all else while it does", async () => {
    const { clock, post, status } = await stage();
    await post("restart");
    for (const verb of ["start", "shutdown", "restart"])
      expect((await post(verb)).status).toBe(409);
    clock.advance(500);
    expect((await post("stop")).status).toBe(200);
    expect(await status()).toEqual(["stopping", true]);
    expect((await post("restart", { force: "yes" })).status).toBe(422);
    clock.advance(1000);
    expect(await status()).toEqual(["stopped", false]);
  });

  it("has cut short what was in progress once it has stopped", async () => {
    const { sim, clock, post } = await stage({ updatePlans: [{ ms: 60_000 }] });
    sim.update(sim.vmUuid, { redeploy: sim.composeHash });
    clock.advance(30_000);
    await post("stop");
    clock.advance(1000);
    expect((await post("start")).status).toBe(200);
  });

  it("tells and cancels what is in progress", async () => {
    const { sim, clock, path, post } = await stage();
    const state = async () => (await call(sim, "GET", `${path}/operation-status`)).body;
    expect(await state()).toEqual({ status: "idle" });
    expect((await post("operations/cancel")).body).toEqual({
      cancelled: false,
      correlation_id: null,
    });
    await post("restart");
    const { correlation_id } = await state();
    expect((await post("operations/cancel")).body).toEqual({ cancelled: true, correlation_id });
    const { body } = await call(sim, "GET", `${path}/operations`);
    expect(body.items[0]).toMatchObject({ operation_type: "restart", status: "failed" });
    const replica = (await create(sim)).body.vm_uuid;
    const early = await call(sim, "POST", `/cvms/${replica}/operations/cancel`);
    expect(early.status).toBe(409);
    clock.advance(1);
  });

  it("stops many by their hashed ids", async () => {
    const { sim, post } = await stage({ liveInstances: 3 });
    const ids = sim.cvms().map(({ hashId }) => hashId);
    await post("restart");
    const batch = (cvm_ids: unknown) =>
      call(sim, "POST", "/cvms/batch-stop", { body: { cvm_ids } });
    expect((await batch([...ids.slice(0, 3), "cvm_unknown"])).body).toEqual({
      total: 4,
      stopped: 2,
      skipped: 1,
      errors: [{ cvm_id: "cvm_unknown", error: "CVM not found" }],
    });
    expect((await batch(Array(51).fill(ids[0]))).status).toBe(400);
    expect((await batch("all")).status).toBe(422);
  });
});

describe("updating the environment", () => {
  const keys = ["APP_MODE", "DATABASE_URL", "TOKEN"];
  const envsOf = (sim: Simulator) => JSON.parse(sim.decryptEnv(sim.vmUuid) ?? "{}").env;

  it("replaces the whole set and restarts, with the same hash for the same names", async () => {
    const { sim, clock, path, status } = await stage();
    const encrypted_env = sealed(sim, [{ key: "TOKEN", value: "abc" }]);
    const patch = (body: unknown) => call(sim, "PATCH", `${path}/envs`, { body });
    expect(await patch({ encrypted_env, env_keys: [...keys].reverse() })).toMatchObject({
      status: 202,
      body: { status: "in_progress", allowed_envs_changed: false },
    });
    expect(envsOf(sim)).toEqual([{ key: "TOKEN", value: "abc" }]);
    expect((await patch({ encrypted_env })).status).toBe(409);
    clock.advance(1000);
    expect(await status()).toEqual(["running", false]);
    expect(sim.cvms()[0]).toMatchObject({ composeHash: sim.composeHash });
    expect((await patch({ encrypted_env: "0xab" })).status).toBe(400);
    expect((await patch({})).status).toBe(422);
  });

  it("means another compose hash for other names", async () => {
    const { sim, path } = await stage();
    const body = { encrypted_env: sealed(sim, []), env_keys: ["MODE"] };
    const answer = await call(sim, "PATCH", `${path}/envs`, { body });
    expect(answer.body.allowed_envs_changed).toBe(true);
    const row = (await call(sim, "GET", path)).body;
    expect(row.compose_hash).not.toBe(sim.composeHash);
    expect(row.compose_file.allowed_envs).toEqual(["MODE"]);
  });

  it("is a 465 for other names on chain, and the same call again once they are registered", async () => {
    const { sim, path } = await stage({ onChain: true });
    const body = { encrypted_env: sealed(sim, []), env_keys: ["MODE"] };
    const patch = (more = {}) => call(sim, "PATCH", `${path}/envs`, { body: { ...body, ...more } });
    const refused = await patch();
    expect(refused.status).toBe(465);
    const compose_hash = refused.body.details[0].value;
    const transaction_hash = sim.chain.register({ composeHash: compose_hash });
    expect((await patch({ compose_hash: "ab".repeat(32) })).status).toBe(466);
    expect((await patch({ compose_hash, transaction_hash: "0x1" })).status).toBe(467);
    expect((await patch({ compose_hash, transaction_hash })).status).toBe(202);
  });

  it("ends in error where the guest can't open it, until the next good one", async () => {
    const { sim, clock, path, status } = await stage();
    const patch = (encrypted_env: string) =>
      call(sim, "PATCH", `${path}/envs`, { body: { encrypted_env } });
    await patch("00".repeat(80));
    clock.advance(1000);
    expect(await status()).toEqual(["error", false]);
    await patch(sealed(sim, []));
    clock.advance(1000);
    expect(await status()).toEqual(["running", false]);
  });
});
