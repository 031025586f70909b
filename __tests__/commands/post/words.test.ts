/** What the post step says: no more than it knows, and no order to delete what is wanted. */
import { describe, expect, it, jest } from "@jest/globals";
import { startSimulator } from "../../../simulator/index.ts";
import "../../support/retry.ts";
import { runPost, runStep } from "../../support/runner.ts";
import { type Inputs, type Result, Simulation } from "../../support/simulated/simulation.ts";
import {
  both,
  checkPost,
  errorOf,
  HOUR,
  left,
  MINUTE,
  SECOND,
  textsOf,
} from "../../support/simulated-steps.ts";
import { DROPPED, deletionsAsked, pageOf, shown } from "./support.ts";

// Processes take long on a busy machine.
jest.setTimeout(60_000);

/** An order to the reader. */
const DELETE_IT = /\bdelete (?:it|them)\b/i;

describe("post without a saved state", () => {
  it("says that it has no record, and not that nothing was sent", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ cleanup: "always" });
    const lost = { ...main, runner: Object.assign(Object.create(main.runner), { saved: {} }) };
    const post = await sim.post(lost);
    checkPost(sim, post);
    expect(post.exitCode).toBe(0);
    expect(shown(post)).toMatch(/no record/);
    expect(shown(post)).not.toMatch(/sent no|nothing was sent|nothing was created/i);
    expect(left(sim)).toHaveLength(1);
  });

  it("as a process too", async () => {
    const sim = await startSimulator({ bootMs: 50 });
    try {
      const inputs = { app_id: sim.appId, vm_uuid: sim.vmUuid, wait: "false", cleanup: "always" };
      const main = await runStep({ api: sim, inputs });
      const post = await runPost({ ...main, state: {} });
      expect([main.exitCode, post.exitCode]).toEqual([0, 0]);
      expect(post.stdout).toMatch(/no record/);
      expect(post.stdout).not.toMatch(/create request/);
    } finally {
      await sim.close();
    }
  });
});

describe("post after a green run", () => {
  it.each<[string, Inputs]>([
    ["cleanup: never", {}],
    ["cleanup: on_failure", { cleanup: "on_failure" }],
    ["a ttl", { ttl: "2h" }],
  ])("(%s) says what exists and is billed, and orders nobody to delete it", async (_n, inputs) => {
    const sim = new Simulation({ bootMs: SECOND });
    const { post } = await both(sim, inputs);
    expect(post.exitCode).toBe(0);
    expect(shown(post)).not.toMatch(DELETE_IT);
    expect(shown(post)).toContain(`${sim.replica(0).vmUuid}) still exists and is billed`);
    expect(shown(post)).toContain(pageOf(sim.replica(0)));
    if (inputs.ttl === undefined) return;
    // `created_at` has whole seconds.
    const born = Math.floor(sim.replica(0).createdAt / SECOND) * SECOND;
    const end = new Date(born + 2 * HOUR).toISOString();
    expect(shown(post)).toContain(`until ${end}`);
  });

  it("that failed instead: what is left is nobody's wish", async () => {
    const sim = new Simulation({ replicaPlans: [{ steps: [{ atMs: 500, status: "error" }] }] });
    const { post } = await both(sim, {});
    expect(post.exitCode).toBe(0);
    expect(shown(post)).toMatch(DELETE_IT);
  });

  it("that failed, with a ttl: says until when it is billed", async () => {
    const sim = new Simulation({ replicaPlans: [{ steps: [{ atMs: 500, status: "error" }] }] });
    const { post } = await both(sim, { ttl: "2h" });
    expect(post.exitCode).toBe(0);
    expect(shown(post)).toMatch(/billed until \d{4}-/);
    expect(shown(post)).not.toMatch(DELETE_IT);
  });
});

describe("what post found and did", () => {
  /** The only create is carried out and cut; main is killed while it searches. */
  async function killedInSearch(inputs: Inputs): Promise<{ sim: Simulation; post: Result }> {
    const sim = new Simulation({ listLagMs: 3 * SECOND });
    sim.fault(DROPPED);
    const process = sim.start(inputs);
    sim.after(SECOND, () => process.kill());
    const post = await sim.post(await process.finished);
    checkPost(sim, post);
    return { sim, post };
  }

  it.each<[string, Inputs]>([
    ["nothing to clean up", {}],
    ["deleted", { cleanup: "always", exclusive: "true" }],
    ["left, since not proven", { cleanup: "always" }],
  ])("stands in the log and in the summary, with UUID and link: %s", async (_name, inputs) => {
    const { sim, post } = await killedInSearch(inputs);
    const { vmUuid } = sim.replica(0);
    for (const text of [textsOf(post).join("\n"), post.runner.markdown]) {
      expect(text).toContain(vmUuid);
      expect(text).toContain(pageOf(sim.replica(0)));
    }
  });

  it("does not stand in a summary that nobody wants", async () => {
    const { sim, post } = await killedInSearch({ cleanup: "always", summary: "false" });
    expect(post.runner.markdown).toBe("");
    expect(textsOf(post).join("\n")).toContain(sim.replica(0).vmUuid);
  });

  it("is no summary where main's says it all", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    const { post } = await both(sim, {});
    expect(post.runner.markdown).toBe("");
  });

  it.each([40, 100])("of %s is told in full, and the annotation stays short", async (count) => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ cleanup: "always", count: String(count) });
    sim.fault({ route: "delete", kind: "status", when: "before", status: 403, times: "always" });
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post).length).toBeLessThanOrEqual(4_096);
    for (const { vmUuid } of sim.replicas()) {
      expect(post.runner.markdown).toContain(vmUuid);
      expect(textsOf(post).join("\n")).toContain(vmUuid);
    }
  });

  it("is told where the summary can't be written: a warning, and no more", async () => {
    const { sim, main } = await (async () => {
      const world = new Simulation({ bootMs: SECOND });
      return { sim: world, main: await world.main({ cleanup: "always" }) };
    })();
    const process = sim.startPost(main);
    process.runner.summary = () => {
      throw new Error("ENOSPC: no space left on device");
    };
    const post = await process.finished;
    checkPost(sim, post);
    expect(post.exitCode).toBe(0);
    expect(textsOf(post, "warning").join()).toMatch(/summary.*ENOSPC/);
  });
});

describe("post without a key", () => {
  /** The key's input is not handed on, as it happens in a composite action within another. */
  async function keyless(main: Result, sim: Simulation) {
    const { INPUT_API_KEY: _key, ...env } = main.env;
    const before = sim.requests.length;
    const post = await sim.post({ ...main, env });
    checkPost(sim, post);
    expect(sim.requests.length).toBe(before);
    return post;
  }

  it("and something to clean up: red, no request, and what helps", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    const post = await keyless(await sim.main({ cleanup: "always" }), sim);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toMatch(/composite/);
    expect(errorOf(post)).toContain("PHALA_CLOUD_API_KEY");
    expect(errorOf(post)).toContain(sim.replica(0).vmUuid);
    expect(errorOf(post)).toContain(pageOf(sim.replica(0)));
    expect(errorOf(post)).not.toMatch(/Not authenticated|401/);
    expect(deletionsAsked(sim)).toEqual([]);
  });

  it("and a request that is open: red", async () => {
    const sim = new Simulation();
    const process = sim.start({});
    sim.on("after-work", "create", () => process.kill());
    const post = await keyless(await process.finished, sim);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toContain("PHALA_CLOUD_API_KEY");
    expect(errorOf(post)).toMatch(/apps\/|cvms\/app_/);
  });

  it("and a ttl that is not set: red", async () => {
    const sim = new Simulation({ bootMs: MINUTE });
    sim.fault({ route: "scheduled-delete", kind: "hang", when: "before" });
    const process = sim.start({ ttl: "2h" });
    sim.after(SECOND, () => process.kill());
    const post = await keyless(await process.finished, sim);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toMatch(/ttl/);
  });

  it("and nothing to do: a word, and no more", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    const post = await keyless(await sim.main({}), sim);
    expect(post.exitCode).toBe(0);
    expect(shown(post)).toContain("PHALA_CLOUD_API_KEY");
    expect(shown(post)).toContain(sim.replica(0).vmUuid);
  });

  it("finds it in the job's environment", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    const main = await sim.main({ cleanup: "always" });
    const { INPUT_API_KEY: key = "", ...env } = main.env;
    const post = await sim.post({ ...main, env: { ...env, PHALA_CLOUD_API_KEY: key } });
    expect([post.exitCode, left(sim)]).toEqual([0, []]);
  });

  it("as a process: no request without a key", async () => {
    const sim = await startSimulator({ bootMs: 50 });
    try {
      const inputs = { app_id: sim.appId, vm_uuid: sim.vmUuid, wait: "false", cleanup: "always" };
      const main = await runStep({ api: sim, inputs });
      const before = sim.requests.length;
      const { api: _api, ...options } = main.options;
      const post = await runPost({ ...main, options });
      expect([main.exitCode, post.exitCode]).toEqual([0, 1]);
      expect(sim.requests.length).toBe(before);
      expect(post.stdout).toContain("PHALA_CLOUD_API_KEY");
    } finally {
      await sim.close();
    }
  });
});
