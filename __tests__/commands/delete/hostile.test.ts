/** A list that lies, and a step that is killed anywhere: nothing goes that should not, and the end is the same. */
import { describe, expect, it, jest } from "@jest/globals";
import { type Inputs, Simulation } from "../../support/simulated/simulation.ts";

jest.setTimeout(120_000);

type Row = Record<string, unknown>;

/** Runs delete with the app's list changed on its way; answers what was asked to be deleted. */
async function withList(change: (rows: Row[], sim: Simulation) => unknown, inputs: Inputs) {
  const sim = new Simulation({ liveInstances: 3 });
  const path = `/apps/${sim.world.appId}/cvms`;
  const rows = sim.world.cvms
    .filter(({ appId }) => appId === sim.world.appId)
    .map((cvm): Row => {
      const created_at = new Date(cvm.createdAt).toISOString();
      const { vmUuid: vm_uuid, name, appId: app_id, hashId: id } = cvm;
      return { id, vm_uuid, name, app_id, status: "running", created_at, in_progress: false };
    });
  const body = JSON.stringify(change(rows, sim));
  sim.fault({ route: "list", kind: "status", when: "before", status: 200, body, path });
  const all = { github_token: "", name: "web-*", wait_timeout: "30s", ...inputs };
  const main = await sim.start(all, "delete").finished;
  const sent = sim.requests.filter(({ method }) => method === "DELETE").length;
  const left = sim.cvms().filter(({ deleted }) => !deleted);
  return { main, sent, left, sim };
}

const first = (rows: Row[], over: Row) => [{ ...rows[0], ...over }, ...rows.slice(1)];
const second = (rows: Row[], over: Row) => [rows[0], { ...rows[1], ...over }, ...rows.slice(2)];

describe("a list that lies", () => {
  it.each<[string, string]>([
    ["a control character", "web-\u0000seed"],
    ["a line end", "web-seed\nx"],
    ["a letter that looks alike", "w\u0435b-seed1"],
    ["what hides text", "web-\u200bseed1"],
    ["what turns text around", "web-\u202eseed1"],
    ["another script's digits", "web-\u0661"],
    ["nothing", ""],
  ])("takes no name with %s for one that a pattern means", async (_name, name) => {
    const { sent, main } = await withList((rows, { world }) => {
      // By its own route it is called the same, so that nothing but the name speaks against it.
      const cvm = world.find(String(rows[1]?.vm_uuid));
      if (cvm !== undefined) world.update(cvm, { name });
      return second(rows, { name });
    }, {});
    expect(sent).toBe(1);
    expect(main.exitCode).toBe(0);
  });

  it("that shows another app's CVMs as its own loses none of them", async () => {
    const { sent, left, sim } = await withList(
      (rows, { world }) => [
        ...rows.slice(0, 1),
        { ...rows[1], vm_uuid: world.other.vmUuid, name: "web-1" },
        { ...rows[2], vm_uuid: world.other.vmUuid, name: "web-1", app_id: null },
      ],
      {},
    );
    expect(sent).toBe(0);
    expect(left.some(({ vmUuid }) => vmUuid === sim.world.other.vmUuid)).toBe(true);
  });

  it("with rows of another app touches none of them", async () => {
    const { sent } = await withList(
      (rows, { world }) => rows.map((row) => ({ ...row, app_id: world.otherAppId })),
      {},
    );
    expect(sent).toBe(0);
  });

  it("with ids that are none deletes by none of them", async () => {
    const { sent, main } = await withList(
      (rows) => [rows[0], { ...rows[1], vm_uuid: null }, { ...rows[2], vm_uuid: "web" }],
      {},
    );
    expect(sent).toBe(0);
    expect(main.exitCode).toBe(0);
    const kept = JSON.parse(main.runner.outputs.kept ?? "") as { why: string }[];
    expect(kept.map(({ why }) => why)).toEqual(["no-uuid", "no-uuid"]);
  });

  it("that names one CVM twice deletes it once", async () => {
    const { sent } = await withList((rows) => [...rows, rows[1], rows[1]], { max_deletions: "2" });
    expect(sent).toBe(2);
  });

  it("that names one CVM twice and not alike deletes it by neither", async () => {
    const { sent, left } = await withList(
      (rows) => [...rows, { ...rows[0], name: "web-fake" }],
      {},
    );
    // Nor does it count as one of the running ones that stay, so another one has to.
    expect(sent).toBe(1);
    expect(left.some(({ name }) => name === "web")).toBe(true);
  });

  it("that shows the last running one twice does not make two of it", async () => {
    const { left } = await withList((rows) => [rows[1], rows[1], rows[1]], {});
    expect(left.map(({ name }) => name)).toContain("web-seed1");
  });

  it("that gives a name to another CVM deletes it by neither", async () => {
    const { sent } = await withList((rows) => first(rows, { name: "web-preview" }), {});
    // By its own route it is called otherwise.
    expect(sent).toBe(2);
  });

  it("with dates that are none leaves what needs one", async () => {
    const { sent } = await withList(
      (rows) => rows.map((row) => ({ ...row, created_at: "yesterday" })),
      { older_than: "1h" },
    );
    expect(sent).toBe(0);
  });
});

describe("killed at any moment, then run again", () => {
  const inputs = { github_token: "", name: "web-*", poll_interval: "1s" };
  const world = { liveInstances: 5, removeMs: 4_000, latencyMs: 40 } as const;

  it.each(Array.from({ length: 30 }, (_, n) => n * 40 + 7))(
    "after %i ms: the same end",
    async (ms) => {
      const sim = new Simulation(world);
      const process = sim.start(inputs, "delete");
      sim.after(ms, () => process.kill());
      const main = await process.finished;
      const asked = sim.requests.filter(({ method }) => method === "DELETE").length;
      const post = await sim.post(main);
      expect(post.exitCode).toBe(0);
      const said = post.runner.entries.map(({ text }) => text).join("\n");
      if (asked > 0) expect(said).toMatch(/there still|certainly gone/);
      const again = await sim.start(inputs, "delete").finished;
      expect(again.exitCode).toBe(0);
      await sim.pass(10_000);
      const left = sim.cvms().filter((cvm) => !cvm.deleted && cvm.appId === sim.world.appId);
      expect(left.map(({ name }) => name)).toEqual(["web"]);
      const third = await sim.start(inputs, "delete").finished;
      expect(third.runner.outputs.outcome).toBe("unchanged");
    },
  );
});
