import { describe, expect, it } from "@jest/globals";
import { World } from "../../simulator/core.ts";
import { call, manualClock, start } from "./helpers.ts";
import { OTHER, redeploy, revisionOf, row, stage } from "./revision-stage.ts";

describe("redeploying", () => {
  it("shows the new hash at once, restarts the CVM, and keeps what it is", async () => {
    const at = await stage();
    const before = (await call(at.sim, "GET", `/cvms/${at.uuid}`)).body;
    const answer = await redeploy(at, at.sim.composeHash, { vm_uuids: [at.uuid] });
    expect([answer.status, answer.body.status]).toEqual([202, "in_progress"]);
    const seen: unknown[] = [];
    const health: number[] = [];
    for (let second = 0; second <= 10; second += 2) {
      seen.push((await row(at)).slice(1));
      health.push((await fetch(before.endpoints[0].instance)).status);
      at.advance(2000);
    }
    expect(seen).toEqual([
      ["running", true],
      ["updating", true],
      ["updating", true],
      ["starting", true],
      ["starting", true],
      ["running", false],
    ]);
    expect(health).toEqual([200, 502, 502, 502, 502, 200]);
    const after = (await call(at.sim, "GET", `/cvms/${at.uuid}`)).body;
    expect(after.compose_hash).toBe(at.sim.composeHash);
    for (const key of ["id", "vm_uuid", "name", "instance_id", "endpoints"]) {
      expect(after[key]).toEqual(before[key]);
    }
    const rows = (await call(at.sim, "GET", `/apps/${at.sim.appId}/revisions`)).body.revisions;
    expect(rows[0]).toMatchObject({ operation_type: "redeploy", vm_uuid: at.uuid });
  });

  it("serves the old version up to the restart, and the new one from the boot on", async () => {
    const clock = manualClock();
    const hash = new World({ seed: 7 }).source.composeHash;
    const sim = await start({
      now: clock.now,
      seed: 7,
      updateMs: 10_000,
      versions: { [hash]: "v2" },
      attestationLagMs: 60_000,
    });
    const { vmUuid } = sim.addStranger({ composeHash: OTHER, plan: { bootMs: 0 } });
    const at = { sim, advance: clock.advance, uuid: vmUuid };
    const { endpoints } = (await call(sim, "GET", `/cvms/${vmUuid}`)).body;
    const served = async () => (await fetch(endpoints[0].instance)).text();
    const attested = async () => {
      const { body } = await call(sim, "GET", `/cvms/${vmUuid}/attestation`);
      const is = (item: { event: string }) => item.event === "compose-hash";
      return body.tcb_info.event_log.find(is).event_payload;
    };
    await redeploy(at, sim.composeHash, { vm_uuids: [vmUuid] });
    expect(await served()).toContain(`, version ${OTHER.slice(0, 12)}`);
    clock.advance(10_000);
    expect(await served()).toMatch(/, version v2$/);
    // The attestation lags behind the update.
    expect(await attested()).toBe(OTHER);
    clock.advance(60_000);
    expect(await attested()).toBe(sim.composeHash);
  });

  it("may show nothing of it but the hash for a while", async () => {
    const at = await stage({ updateQueueMs: 5000 });
    await redeploy(at, at.sim.composeHash, { vm_uuids: [at.uuid] });
    expect(await row(at)).toEqual([at.sim.composeHash, "running", false]);
    expect((await redeploy(at, OTHER, { vm_uuids: [at.uuid] })).status).toBe(409);
    at.advance(7000);
    expect(await row(at)).toEqual([at.sim.composeHash, "updating", true]);
    at.advance(8000);
    expect(await row(at)).toEqual([at.sim.composeHash, "running", false]);
  });

  it("is refused with a bare 409 while something is in progress", async () => {
    const at = await stage();
    const body = { vm_uuids: [at.uuid] };
    expect((await redeploy(at, at.sim.composeHash, body)).status).toBe(202);
    expect(await redeploy(at, OTHER, body)).toMatchObject({
      status: 409,
      body: { detail: expect.any(String) },
    });
    at.advance(10_000);
    expect((await redeploy(at, OTHER, body)).status).toBe(202);
  });

  it("may leave a lock behind that lasts", async () => {
    const at = await stage({ updatePlans: [{ ms: 1000, lockMs: 60_000 }] });
    const body = { vm_uuids: [at.uuid] };
    await redeploy(at, at.sim.composeHash, body);
    at.advance(2000);
    expect((await row(at)).slice(1)).toEqual(["running", false]);
    expect((await redeploy(at, OTHER, body)).status).toBe(409);
    at.advance(60_000);
    expect((await redeploy(at, OTHER, body)).status).toBe(202);
  });

  it("needs vm_uuids where the app has several CVMs, and CVMs of that app", async () => {
    const at = await stage();
    expect((await redeploy(at, OTHER)).status).toBe(400);
    const theirs = { vm_uuids: [at.sim.other.vmUuid] };
    expect((await redeploy(at, OTHER, theirs)).status).toBe(404);
    at.sim.remove(at.uuid);
    expect((await redeploy(at, OTHER)).status).toBe(202);
    const strict = await stage({ redeployAmbiguous: 422 });
    expect((await redeploy(strict, OTHER)).status).toBe(422);
  });

  it("works below the CVM too, and knows only the app's revisions", async () => {
    const at = await stage();
    const id = await revisionOf(at.sim, at.sim.composeHash);
    const path = `/cvms/${at.uuid}/revisions`;
    expect((await call(at.sim, "POST", `${path}/rev_x/redeploy`)).status).toBe(404);
    expect((await call(at.sim, "POST", `${path}/${id}/redeploy`)).status).toBe(202);
    expect(at.sim.cvms().at(-1)).toMatchObject({
      composeHash: at.sim.composeHash,
      guestHash: OTHER,
      operations: [{ kind: "update", requestIndex: 2 }],
    });
  });

  it("ends as its plan says, and a later one leads out of an error", async () => {
    const updatePlans = [{ ms: 1000, status: "error", bootError: "container exited" }];
    const at = await stage({ updatePlans });
    const body = { vm_uuids: [at.uuid] };
    await redeploy(at, at.sim.composeHash, body);
    at.advance(1000);
    expect((await row(at)).slice(1)).toEqual(["error", false]);
    const batch = { vm_uuids: [at.uuid] };
    const state = (await call(at.sim, "POST", "/status/batch", { body: batch })).body[at.uuid];
    expect(state).toMatchObject({ boot_error: "container exited", operation_type: null });
    await redeploy(at, OTHER, body);
    at.advance(10_000);
    expect((await row(at)).slice(1)).toEqual(["running", false]);
    // So does one after a status that a test had set.
    at.sim.update(at.uuid, { status: "exited" });
    await redeploy(at, at.sim.composeHash, body);
    at.advance(10_000);
    expect((await row(at)).slice(1)).toEqual(["running", false]);
  });

  it("leaves a stopped CVM stopped", async () => {
    const at = await stage();
    at.sim.update(at.uuid, { status: "stopped" });
    await redeploy(at, at.sim.composeHash, { vm_uuids: [at.uuid] });
    at.advance(10_000);
    expect(await row(at)).toEqual([at.sim.composeHash, "stopped", false]);
  });

  it("on chain is a 465 without a token until the hash is registered", async () => {
    const at = await stage({ onChain: true });
    const body = { vm_uuids: [at.uuid] };
    const refused = await redeploy(at, OTHER, body);
    expect([refused.status, refused.body.error_code]).toEqual([465, "ERR-01-005"]);
    const fields = refused.body.details.map(({ field }: { field: string }) => field);
    expect(fields).not.toContain("commit_token");
    const unknown = `?transaction_hash=0x${"ab".repeat(32)}`;
    const transaction = at.sim.chain.register({ composeHash: OTHER });
    expect((await redeploy(at, OTHER, body, unknown)).status).toBe(467);
    const known = `?transaction_hash=${transaction}`;
    expect((await redeploy(at, OTHER, body, known)).status).toBe(202);
    const tokened = await stage({ onChain: true, updateToken: true });
    const { body: answer } = await redeploy(tokened, OTHER, { vm_uuids: [tokened.uuid] });
    expect(JSON.stringify(answer)).toContain("commit_token");
  });

  it("can be somebody else's, in process", async () => {
    const at = await stage();
    at.sim.update(at.uuid, { redeploy: at.sim.composeHash });
    expect(await row(at)).toEqual([at.sim.composeHash, "running", true]);
  });
});
