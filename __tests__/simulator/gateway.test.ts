import { describe, expect, it } from "@jest/globals";
import type { Health, Simulator } from "../../simulator/index.ts";
import { call, create, manualClock, start, until } from "./helpers.ts";

/** A simulator with one replica that runs, and the replica's two URLs. */
async function running(health: Health): Promise<{
  sim: Simulator;
  app: string;
  instance: string;
  vmUuid: string;
  advance: (ms: number) => void;
}> {
  const clock = manualClock();
  const sim = await start({ now: clock.now, bootMs: 1000, replicaPlans: [{ health }] });
  const { body } = await create(sim);
  clock.advance(1000);
  const cvm = (await call(sim, "GET", `/cvms/${body.vm_uuid}`)).body;
  const [{ app, instance }] = cvm.endpoints;
  return { sim, app, instance, vmUuid: body.vm_uuid, advance: clock.advance };
}

async function statuses(url: string, count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let asked = 0; asked < count; asked++) seen.push((await fetch(url)).status);
  return seen;
}

describe("the gateway", () => {
  it("answers any path at the instance's URL from that instance, without a key", async () => {
    const { sim, app, instance, vmUuid } = await running({ kind: "ok" });
    const own = await fetch(`${instance}/healthz?deep=1`);
    const id = sim.replicas()[0]?.instanceId;
    const version = sim.composeHash.slice(0, 12);
    expect([own.status, await own.text()]).toEqual([200, `ok from ${id}, version ${version}`]);
    const any = await fetch(`${app}/healthz`);
    expect(await any.text()).not.toContain(`${id}`);
    expect(sim.gatewayRequests).toMatchObject([
      { target: "instance", vmUuid, status: 200, path: expect.stringMatching(/healthz\?deep=1$/) },
      { target: "app", vmUuid: sim.vmUuid, status: 200 },
    ]);
    expect(sim.gatewayRequests[0]?.headers).not.toHaveProperty("x-api-key");
    expect(sim.requests.map((request) => request.route)).toEqual(["create", "cvm"]);
  });

  it.each([
    [{ kind: "status", status: 503 }, [503, 503, 503]],
    [{ kind: "flap", statuses: [503, 200] }, [503, 200, 503]],
    [{ kind: "app-only" }, [502, 502, 502]],
    [{ kind: "answer", status: 204, body: "" }, [204, 204, 204]],
  ] as const)("behaves as %j", async (health, wanted) => {
    const { instance } = await running(health);
    expect(await statuses(instance, 3)).toEqual(wanted);
  });

  it("gives the answer it was told to give", async () => {
    const headers = { location: "/login", "content-type": "text/html" };
    const { instance } = await running({ kind: "answer", status: 302, headers, body: "moved" });
    const reply = await fetch(instance, { redirect: "manual" });
    expect([reply.status, reply.headers.get("location")]).toEqual([302, "/login"]);
    expect(await reply.text()).toBe("moved");
  });

  it("becomes healthy after a while", async () => {
    const { instance, advance } = await running({ kind: "ok-after", okAfterMs: 5000 });
    expect(await statuses(instance, 1)).toEqual([503]);
    advance(5000);
    expect(await statuses(instance, 1)).toEqual([200]);
  });

  it("drops or hangs", async () => {
    const dropping = await running({ kind: "drop" });
    await expect(fetch(dropping.instance)).rejects.toThrow("fetch failed");
    const hanging = await running({ kind: "hang" });
    const leave = new AbortController();
    const reply = fetch(hanging.instance, { signal: leave.signal });
    await until(() => hanging.sim.gatewayRequests.length > 0);
    leave.abort();
    await expect(reply).rejects.toThrow("abort");
    expect(hanging.sim.gatewayRequests).toMatchObject([{ status: null }]);
  });

  it("answers 502 for what does not run, and 404 for unknown names", async () => {
    const { sim, app, instance, vmUuid } = await running({ kind: "ok" });
    await call(sim, "DELETE", `/cvms/${vmUuid}`);
    expect(await statuses(instance, 1)).toEqual([502]);
    sim.update(sim.vmUuid, { status: "stopped" });
    expect(await statuses(app, 1)).toEqual([502]);
    const { origin } = new URL(app);
    expect(await statuses(`${origin}/_gateway/nobody-8080/x`, 1)).toEqual([404]);
    expect(await statuses(`${origin}/_gateway/${"0".repeat(40)}-8080`, 1)).toEqual([502]);
  });

  it("changes when told to", async () => {
    const { sim, instance, vmUuid } = await running({ kind: "ok" });
    sim.update(vmUuid, { health: { kind: "status", status: 418 } });
    expect(await statuses(instance, 1)).toEqual([418]);
  });
});
