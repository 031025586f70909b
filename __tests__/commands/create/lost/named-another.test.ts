/** A create answer is not taken at its word where it names a CVM that was there before. */
import { describe, expect, it } from "@jest/globals";
import { Simulation } from "../../../support/simulated/simulation.ts";
import { create, entriesOf, errorOf, existing, postsOf } from "../../../support/simulated-runs.ts";

/** The API does the work, and answers with the row of another CVM. */
function answersWith(sim: Simulation, vmUuid: string): void {
  const body = JSON.stringify({ id: 7, name: "web", status: "running", vm_uuid: vmUuid });
  sim.fault({ route: "create", kind: "status", when: "after", status: 200, body });
}

const sourceOf = (sim: Simulation) => sim.world.source.vmUuid;
const touched = (sim: Simulation, vmUuid: string) =>
  sim.requests.filter(
    ({ method, path }) => ["DELETE", "PATCH"].includes(method) && path.includes(vmUuid),
  );

describe("an answer that names a CVM of before", () => {
  it("the source: ours is found instead, and the source is left alone", async () => {
    const sim = new Simulation();
    answersWith(sim, sourceOf(sim));
    const main = await create(sim, { cleanup: "always", ttl: "1h", exclusive: "true" });
    const [made] = existing(sim);
    expect(main.runner.outputs).toMatchObject({ outcome: "created", vm_uuid: made });
    expect(entriesOf(main)).toMatchObject([{ outcome: "adopted", vm_uuid: made }]);
    const post = await sim.post(main);
    expect([post.exitCode, existing(sim)]).toEqual([0, []]);
    expect(postsOf(sim)).toHaveLength(1);
    expect(touched(sim, sourceOf(sim))).toEqual([]);
  });

  it("the source, and no list: nothing is certain, and the source is left alone", async () => {
    const sim = new Simulation();
    sim.fault({ route: "list", kind: "status", when: "before", status: 403, times: "always" });
    answersWith(sim, sourceOf(sim));
    const main = await create(sim, { cleanup: "always", ttl: "1h" });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "AMBIGUOUS" });
    expect(errorOf(main)).toMatch(/a CVM that was there before/);
    await sim.post(main);
    expect(touched(sim, sourceOf(sim))).toEqual([]);
  });

  it("the replica of an earlier request: each has its own in the end", async () => {
    const sim = new Simulation();
    sim.on("answered", "create", () => {
      const [first] = sim.replicas();
      if (sim.replicas().length === 1 && first) answersWith(sim, first.vmUuid);
    });
    const main = await create(sim, { count: "2" });
    const uuids = entriesOf(main).map(({ vm_uuid }) => vm_uuid);
    expect([...uuids].sort()).toEqual(existing(sim));
    expect(postsOf(sim)).toHaveLength(2);
  });
});

describe("a login page in the API's place", () => {
  it("gets no create request", async () => {
    const sim = new Simulation();
    sim.fault({ route: "list", kind: "garbage", form: "html", times: "always" });
    const main = await create(sim);
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "HTTP-200" });
    expect(errorOf(main)).toMatch(/web page.*api_url.*login page.*\nNothing was created/);
    expect(postsOf(sim)).toEqual([]);
  });
});

describe("a created replica whose UUID nobody tells", () => {
  it("is looked for by its name in a whole window of post, and deleted where that was asked", async () => {
    const sim = new Simulation({ nullUuid: true, listLagMs: 8_000 });
    const process = sim.start({ wait: "false", cleanup: "always" });
    sim.on("answered", "create", () => sim.after(20, () => process.cancel()));
    const main = await process.finished;
    expect(main.runner.outputs.outcome).toBe("cancelled");
    const post = await sim.post(main);
    expect([post.exitCode, existing(sim)]).toEqual([0, []]);
  });

  it.each([
    ["never shows up", { listLagMs: 3_600_000 }, false],
    ["can't be looked for", {}, true],
  ])("is named by post as billed where it %s", async (_name, world, refused) => {
    const sim = new Simulation({ nullUuid: true, ...world });
    const status = { kind: "status", when: "before", status: 403, times: "always" } as const;
    if (refused) sim.fault({ route: "list", ...status });
    const main = await create(sim, { cleanup: "always" });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "AMBIGUOUS" });
    const post = await sim.post(main);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toContain(`${sim.replicas()[0]?.name} was created and is billed`);
    expect(errorOf(post)).not.toMatch(/whether its replica exists/);
  });
});
