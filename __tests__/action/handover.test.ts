/** What a step hands on: at once, at its end, when it is killed, and when the runner's disk is full. */
import { describe, expect, it } from "@jest/globals";
import { REPOSITORY } from "../support/repository.ts";
import { readManifest } from "../support/runner/manifest.ts";
import { type Inputs, type Result, Simulation } from "../support/simulated/simulation.ts";

const DISK_FULL = /ENOSPC: no space left on device/;

function errorsOf({ runner }: Result): string[] {
  return runner.entries.filter(({ kind }) => kind === "error").map(({ text }) => text);
}

/** The text of the one annotation of a red step with this code. */
function failed(result: Result, code: string): string {
  expect(result.exitCode).toBe(1);
  const errors = errorsOf(result);
  expect(errors).toHaveLength(1);
  groupsClosed(result);
  if (!result.runner.unwritable.has("outputs")) expect(result.runner.outputs.error_code).toBe(code);
  return errors[0] ?? "";
}

function groupsClosed({ runner }: Result): void {
  const kinds = runner.entries.map(({ kind }) => kind);
  const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length;
  expect(count("endgroup")).toBe(count("group"));
}

function posts(sim: Simulation): number {
  return sim.requests.filter(({ route }) => route === "create").length;
}

/** A main step that is killed as soon as this is in its log. */
async function killedAt(sim: Simulation, inputs: Inputs, text: string): Promise<Result> {
  const step = sim.start(inputs);
  const look = () => {
    if (step.runner.entries.some((entry) => entry.text.includes(text))) step.kill();
    else sim.after(50, look);
  };
  sim.after(50, look);
  return step.finished;
}

describe("a step that is killed while it waits", () => {
  it("has put out how its replica is found", async () => {
    const sim = new Simulation({ bootMs: 60_000 });
    const { exitCode, runner } = await killedAt(sim, {}, "Wait");
    expect(exitCode).toBeNull();
    const [replica] = sim.replicas();
    const { replicas, ...scalars } = runner.outputs;
    expect(scalars).toEqual({
      vm_uuid: replica?.vmUuid,
      replica_id: String(replica?.id),
      name: replica?.name,
      app_id: sim.world.appId,
      teepod_id: expect.stringMatching(/^\d+$/),
      teepod_name: expect.stringMatching(/./),
      dashboard_url: expect.stringContaining(replica?.vmUuid.replaceAll("-", "") ?? "none"),
      endpoints: "[]",
      instance_urls: "[]",
      vm_uuids: JSON.stringify([replica?.vmUuid]),
      source_vm_uuid: sim.world.source.vmUuid,
    });
    expect(JSON.parse(replicas ?? "")).toMatchObject([
      { vm_uuid: replica?.vmUuid, outcome: "created", error: null },
    ]);
  });

  it("has put out the first of two before the second was asked for", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", nth: 2, kind: "hang", when: "before" });
    const step = sim.start({ count: "2" });
    sim.after(20_000, () => step.kill());
    const { runner } = await step.finished;
    expect(JSON.parse(runner.outputs.replicas ?? "")).toMatchObject([
      { vm_uuid: sim.replicas()[0]?.vmUuid, outcome: "created" },
    ]);
  });

  it("has put them out before the ttl is set", async () => {
    const sim = new Simulation();
    sim.fault({ route: "scheduled-delete", kind: "hang", when: "before", times: "always" });
    const step = sim.start({ ttl: "2h" });
    sim.after(3_000, () => step.kill());
    const { runner } = await step.finished;
    expect(runner.outputs.vm_uuid).toBe(sim.replicas()[0]?.vmUuid);
  });

  it("has put out a replica that was found after its answer was lost", async () => {
    const sim = new Simulation({ bootMs: 600_000 });
    sim.fault({ route: "create", kind: "drop", when: "after" });
    const { runner } = await killedAt(sim, {}, "Wait");
    expect(runner.outputs.vm_uuid).toBe(sim.replicas()[0]?.vmUuid);
    expect(JSON.parse(runner.outputs.replicas ?? "")).toMatchObject([{ outcome: "adopted" }]);
  });

  it("has [] for the arrays where nothing was created yet", async () => {
    const sim = new Simulation();
    const step = sim.start();
    sim.after(5, () => step.kill());
    const { runner } = await step.finished;
    expect(runner.outputs).toEqual({
      replicas: "[]",
      endpoints: "[]",
      instance_urls: "[]",
      vm_uuids: "[]",
    });
  });
});

describe("outputs that can't be written", () => {
  it("are told with what was created and is billed, and the summary is there", async () => {
    const sim = new Simulation();
    const step = sim.start();
    sim.on("after-work", "create", () => step.runner.unwritable.add("outputs"));
    const result = await step.finished;
    const message = failed(result, "INTERNAL");
    const [replica] = sim.replicas();
    expect(message).toMatch(/outputs could not be written/);
    expect(message).toMatch(DISK_FULL);
    expect(message).toContain(`${replica?.name} (${replica?.vmUuid}, https://cloud.phala.com/`);
    expect(message).toMatch(/billed/);
    expect(message).not.toMatch(/unexpected problem|report it/);
    expect(result.runner.markdown).toContain(replica?.name ?? "none");
    // It was waited for all the same.
    expect(result.runner.markdown).toMatch(/running/);
  });

  it("leave a failure its own words and code, and are told with them", async () => {
    const sim = new Simulation({ nodes: [{ id: 26, name: "full", slots: 0 }] });
    const step = sim.start({ node_id: "26" });
    sim.on("answered", "create", () => step.runner.unwritable.add("outputs"));
    const message = failed(await step.finished, "ERR-02-005");
    expect(message).toMatch(/ERR-02-005.*The outputs could not be written: ENOSPC/);
  });

  it("are told where nothing was created", async () => {
    const sim = new Simulation({ liveInstances: 2 });
    const step = sim.start({ instances: "2" });
    step.runner.unwritable.add("outputs");
    const message = failed(await step.finished, "INTERNAL");
    expect(message).toMatch(DISK_FULL);
    expect(message).toMatch(/Nothing was created/);
  });

  it("are a failure: cleanup deletes what no later step was told of", async () => {
    const sim = new Simulation();
    const step = sim.start({ cleanup: "on_failure" });
    sim.on("after-work", "create", () => step.runner.unwritable.add("outputs"));
    const main = await step.finished;
    expect((await sim.post(main)).exitCode).toBe(0);
    expect(sim.replicas()).toMatchObject([{ removing: true }]);
  });
});

describe("a state that can't be written", () => {
  it("is INTERNAL, and nothing is sent", async () => {
    const sim = new Simulation();
    const step = sim.start();
    step.runner.unwritable.add("state");
    const message = failed(await step.finished, "INTERNAL");
    expect(message).toMatch(/state for the post step could not be written/);
    expect(message).toMatch(DISK_FULL);
    expect(posts(sim)).toBe(0);
    expect(step.runner.outputs.replicas).toBe("[]");
  });

  it("after a creation does not cost the replica its ttl, and nothing more is sent", async () => {
    const sim = new Simulation();
    const step = sim.start({ count: "2", ttl: "2h" });
    sim.on("after-work", "create", () => step.runner.unwritable.add("state"));
    const message = failed(await step.finished, "INTERNAL");
    const [replica] = sim.replicas();
    expect(posts(sim)).toBe(1);
    expect(message).toContain(replica?.vmUuid);
    expect(sim.replica(0).scheduledDeleteAt).not.toBeNull();
    expect(step.runner.outputs.vm_uuid).toBe(replica?.vmUuid);
  });

  it("at the end turns the step red, since post takes it for killed", async () => {
    const sim = new Simulation();
    const step = sim.start({ cleanup: "on_failure" });
    sim.on("after-work", "create", () => step.runner.unwritable.add("state"));
    const main = await step.finished;
    const message = failed(main, "INTERNAL");
    expect(message).toContain(sim.replicas()[0]?.vmUuid);
    expect(main.runner.outputs).toMatchObject({
      outcome: "failed",
      status: "running",
      error_message: expect.stringMatching(/state for the post step could not be written/),
    });
  });
});

describe("every path", () => {
  const declared = Object.keys(readManifest(REPOSITORY).outputs).sort();
  const refusing = () => new Simulation({ nodes: [{ id: 26, name: "full", slots: 0 }] });

  it.each<[string, Simulation, Inputs]>([
    ["success", new Simulation(), {}],
    ["bad inputs", new Simulation(), { vm_uuid: "x" }],
    ["a dry run", new Simulation(), { dry_run: "true" }],
    ["a refusal", refusing(), { node_id: "26" }],
    ["an approval", new Simulation({ onChain: true }), { prepare_only: "true" }],
  ])("has all outputs, and arrays as arrays: %s", async (_name, sim, inputs) => {
    const { runner } = await sim.main(inputs);
    expect(Object.keys(runner.outputs).sort()).toEqual(declared);
    expect(Array.isArray(JSON.parse(runner.outputs.replicas ?? ""))).toBe(true);
  });

  it("summary: false holds where other inputs are wrong", async () => {
    const sim = new Simulation();
    const quiet = await sim.main({ summary: "False", vm_uuid: "x" });
    failed(quiet, "INPUT");
    expect(quiet.runner.markdown).toBe("");
    const told = await sim.main({ vm_uuid: "x" });
    expect(told.runner.markdown).toMatch(/An input is wrong/);
    // A slip here is no `false`.
    expect((await sim.main({ summary: "no" })).runner.markdown).toMatch(/An input is wrong/);
  });
});

describe("the compose hash", () => {
  it("of the new replica is put out on success", async () => {
    const sim = new Simulation();
    const { runner } = await sim.main();
    expect(runner.outputs.compose_hash).toBe(sim.world.source.composeHash);
  });

  it("is that of the first which is there where nothing is missing", async () => {
    const sim = new Simulation({ liveInstances: 2 });
    const { runner } = await sim.main({ instances: "2" });
    expect(runner.outputs).toMatchObject({
      outcome: "unchanged",
      compose_hash: sim.world.source.composeHash,
    });
  });

  it("of what was refused is nobody's", async () => {
    const { runner } = await refusingRun();
    expect(runner.outputs.compose_hash).toBe("");
  });

  function refusingRun(): Promise<Result> {
    const sim = new Simulation({ nodes: [{ id: 26, name: "full", slots: 0 }] });
    return sim.main({ node_id: "26" });
  }
});
