import { describe, expect, it } from "@jest/globals";
import { call, create, start } from "./helpers.ts";

interface StreamEvent {
  readonly name: string;
  readonly data: { readonly status?: string; readonly target?: string };
}

function eventsOf(text: string): StreamEvent[] {
  return text
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => {
      const [name, data] = block.split("\n");
      return {
        name: name?.replace("event: ", "") ?? "",
        data: JSON.parse(data?.replace("data: ", "") ?? ""),
      };
    });
}

describe("state", () => {
  it("leaves out what is not known instead of sending null", async () => {
    const sim = await start({ bootMs: 60_000 });
    const { body } = await create(sim);
    const state = (await call(sim, "GET", `/cvms/${body.vm_uuid}/state`)).body;
    expect(Object.values(state).every((value) => typeof value === "string")).toBe(true);
    expect(state).toMatchObject({ status: "provisioning", boot_progress: "init-script" });
    expect(state).not.toHaveProperty("instance_id");
    const source = (await call(sim, "GET", `/cvms/${sim.vmUuid}/state`)).body;
    expect(source).toMatchObject({ boot_progress: "done", uptime: expect.stringMatching(/^24h/) });
  });

  it("streams states until the target is reached, and says complete", async () => {
    const sim = await start({ bootMs: 1000, streamSecondMs: 10, titleCase: true });
    const { body } = await create(sim);
    const path = `/cvms/${body.vm_uuid}/state?target=running`;
    const reply = await call(sim, "GET", path, { headers: { "x-phala-version": null } });
    expect(reply.headers.get("content-type")).toBe("text/event-stream");
    const events = eventsOf(reply.text);
    expect(events.length).toBeGreaterThan(2);
    expect(events.at(-2)).toMatchObject({ name: "state", data: { status: "Running" } });
    expect(events.at(-1)).toMatchObject({
      name: "complete",
      data: { status: "Running", target: "running" },
    });
  });

  it("ends a stream with timeout, and with error when the CVM goes", async () => {
    const sim = await start({ streamSecondMs: 1 });
    const path = `/cvms/${sim.vmUuid}/state?target=stopped`;
    const late = eventsOf((await call(sim, "GET", `${path}&timeout=10&interval=5`)).text);
    expect(late.map((event) => event.name)).toEqual(["state", "state", "state", "timeout"]);
    sim.on("after-work", "state", () => sim.remove(sim.vmUuid));
    const gone = eventsOf((await call(sim, "GET", path)).text);
    expect(gone.map((event) => event.name)).toEqual(["error"]);
  });

  it.each(["interval=4", "interval=31", "timeout=9", "timeout=601", "interval=x"])(
    "refuses %s",
    async (query) => {
      const sim = await start();
      const reply = await call(sim, "GET", `/cvms/${sim.vmUuid}/state?target=running&${query}`);
      expect(reply.status).toBe(422);
      expect(reply.body.detail[0].loc[0]).toBe("query");
    },
  );

  it("allows five streams at once", async () => {
    const sim = await start();
    const leave = new AbortController();
    const url = `${sim.apiUrl}/cvms/${sim.vmUuid}/state?target=stopped`;
    const open = () => fetch(url, { headers: { "x-api-key": sim.apiKey }, signal: leave.signal });
    const first = await Promise.all([1, 2, 3, 4, 5].map(open));
    expect(first.map((response) => response.status)).toEqual([200, 200, 200, 200, 200]);
    expect((await open()).status).toBe(429);
    leave.abort();
  });
});

describe("status of several at once", () => {
  it("answers a map that leaves out unknown and foreign ones", async () => {
    const sim = await start();
    const vm_uuids = [sim.vmUuid, sim.foreign.vmUuid, "nonsense"];
    const { body } = await call(sim, "POST", "/status/batch", { body: { vm_uuids } });
    expect(Object.keys(body)).toEqual([sim.vmUuid]);
    expect(body[sim.vmUuid]).toMatchObject({
      vm_uuid: sim.vmUuid,
      status: "running",
      in_progress: false,
      boot_error: "",
      operation_type: null,
    });
  });

  it.each([[{}], [{ vm_uuids: "x" }], [{ vm_uuids: [1] }]])("refuses %j", async (body) => {
    const sim = await start();
    expect((await call(sim, "POST", "/status/batch", { body })).status).toBe(422);
  });
});

describe("operations", () => {
  it("tells the create and the delete, within the limit", async () => {
    const sim = await start({ bootMs: 60_000, removeMs: 60_000 });
    const { body } = await create(sim);
    const path = `/cvms/${body.vm_uuid}/operations`;
    const created = (await call(sim, "GET", path)).body;
    expect(created.items).toMatchObject([{ operation_type: "create", status: "in_progress" }]);
    await call(sim, "DELETE", `/cvms/${body.vm_uuid}`);
    expect((await call(sim, "GET", path)).body.total).toBe(2);
    const one = (await call(sim, "GET", `${path}?limit=1`)).body;
    expect(one.items).toMatchObject([{ operation_type: "delete" }]);
    expect((await call(sim, "GET", `${path}?limit=501`)).status).toBe(422);
  });
});
