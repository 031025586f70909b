/** Deletion needs proof: an answer that named the CVM, or the workflow's word that nothing else creates any. */
import { describe, expect, it, jest } from "@jest/globals";
import { Simulation } from "../../support/simulated/simulation.ts";
import {
  both,
  checkMain,
  checkPost,
  errorOf,
  expectOthersUntouched,
  HOUR,
  left,
  MINUTE,
  replicasOf,
  SECOND,
  textsOf,
} from "../../support/simulated-steps.ts";
import { DROPPED, deletionsAsked, expectNotCalledUntouched, pageOf, shown } from "./support.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const NAMED = /\/instances\//;

describe("answers that were lost one after another", () => {
  /** Every answer is lost, and the list shows what was made 35 s late: main finds nothing. */
  async function lostOnes(inputs: Readonly<Record<string, string>>, count = "3") {
    const sim = new Simulation({ listLagMs: 35 * SECOND });
    sim.fault(DROPPED);
    const main = await sim.main({ count, wait: "false", cleanup: "on_failure", ...inputs });
    checkMain(sim, main);
    expect(main.exitCode).toBe(1);
    await sim.pass(40 * SECOND);
    const post = await sim.post(main);
    checkPost(sim, post);
    return { sim, main, post, made: sim.replicas().map(({ vmUuid }) => vmUuid) };
  }

  it("exclusive: all are found, the newest first, and deleted; none is called untouched", async () => {
    const { sim, main, post, made } = await lostOnes({ exclusive: "true" });
    expect(made.length).toBeGreaterThan(1);
    expect(left(sim)).toEqual([]);
    expect(post.exitCode).toBe(0);
    expectNotCalledUntouched([main, post], made);
    for (const uuid of made) expect(shown(post)).toContain(uuid);
    expectOthersUntouched(sim);
  });

  it("not exclusive: none is deleted, each is named with its link, and post is red", async () => {
    const { sim, post, made } = await lostOnes({});
    expect(made.length).toBeGreaterThan(1);
    expect(left(sim)).toEqual(made);
    expect(deletionsAsked(sim)).toEqual([]);
    expect(post.exitCode).toBe(1);
    for (const cvm of sim.replicas()) {
      expect(errorOf(post)).toContain(cvm.vmUuid);
      expect(errorOf(post)).toContain(pageOf(cvm));
    }
    expect(errorOf(post)).toContain("exclusive");
  });

  it.each([
    ["exclusive: both are ours, whichever is whose", "true"],
    ["not exclusive: both are named", "false"],
  ])("at the same moment, %s", async (_name, exclusive) => {
    // The list is refused while main looks, so that one create follows the other at once.
    const sim = new Simulation();
    sim.fault(DROPPED);
    const refused = { kind: "status", when: "before", status: 403 } as const;
    sim.fault({ route: "list", nth: 2, times: "always", ...refused });
    const main = await sim.main({ count: "2", wait: "false", cleanup: "always", exclusive });
    checkMain(sim, main);
    sim.server.faults.clear();
    const post = await sim.post(main);
    checkPost(sim, post);
    const made = sim.replicas().map(({ vmUuid }) => vmUuid);
    expect(left(sim)).toEqual(exclusive === "true" ? [] : made);
    expect(post.exitCode).toBe(exclusive === "true" ? 0 : 1);
    for (const uuid of made) expect(shown(post)).toContain(uuid);
    if (exclusive === "true") expectNotCalledUntouched([post], made);
    expectOthersUntouched(sim);
  });

  it("exclusive, but more came than were asked for: none is deleted, all are named", async () => {
    const sim = new Simulation({ placement: "source" });
    sim.fault(DROPPED);
    sim.on("after-work", "create", () => {
      sim.addStranger();
    });
    const { post } = await both(sim, { cleanup: "always", exclusive: "true", wait: "false" });
    expect(deletionsAsked(sim)).toEqual([]);
    expect(post.exitCode).toBe(1);
    const newcomers = sim.cvms().filter(({ origin }) => origin !== "seed");
    expect(newcomers).toHaveLength(2);
    for (const { vmUuid } of newcomers) expect(errorOf(post)).toContain(vmUuid);
  });

  it("what comes to light only while post deletes is not lost from sight", async () => {
    // The first is known; the second is lost, and no list shows it before the first is being deleted.
    const sim = new Simulation({ removeMs: 40 * SECOND, listLagMs: 60 * SECOND });
    sim.fault({ route: "create", nth: 2, kind: "drop", when: "after" });
    const main = await sim.main({
      count: "2",
      wait: "false",
      cleanup: "always",
      exclusive: "true",
    });
    const post = await sim.post(main);
    checkPost(sim, post);
    for (const { vmUuid, deleted } of sim.replicas()) {
      expect(deleted || textsOf(post, "error").join().includes(vmUuid)).toBe(true);
    }
    expect(sim.replicas().filter(({ deleted }) => !deleted)).toEqual([]);
  });
});

describe("another job's replica", () => {
  /** The first job's create never arrives; the second job creates one 0.3 s later. */
  async function twoJobs(inputs: Readonly<Record<string, string>>) {
    const sim = new Simulation({ bootMs: 2 * SECOND });
    sim.fault({ route: "create", kind: "drop", when: "before" });
    const hash = { compose_hash: sim.world.source.composeHash };
    const first = sim.start({ ...hash, ...inputs });
    const second = (async () => {
      await sim.pass(300);
      return sim.start({ ...hash, cleanup: "never" }).finished;
    })();
    const [a, b] = await Promise.all([first.finished, second]);
    checkMain(sim, a);
    checkMain(sim, b);
    const [theirs] = sim.replicas();
    if (theirs === undefined) throw new Error("the second job created nothing");
    expect(b.runner.outputs.vm_uuid).toBe(theirs.vmUuid);
    const post = await sim.post(a);
    checkPost(sim, post);
    return { sim, a, post, theirs };
  }

  it("is adopted and used, but lives: post is red and names it as perhaps another's", async () => {
    const { sim, a, post, theirs } = await twoJobs({ cleanup: "always" });
    expect(replicasOf(a.runner.outputs)[0]).toMatchObject({ outcome: "adopted" });
    expect(left(sim)).toEqual([theirs.vmUuid]);
    expect(deletionsAsked(sim)).toEqual([]);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toContain(theirs.vmUuid);
    expect(errorOf(post)).toContain(pageOf(theirs));
    expect(errorOf(post)).toMatch(/another/);
  });

  it("gets no ttl either: post is red and names it", async () => {
    const { sim, a, post, theirs } = await twoJobs({ ttl: "2h" });
    expect(a.exitCode).toBe(0);
    expect(textsOf(a, "warning").join()).toMatch(/ttl.*exclusive/);
    expect(sim.replicas()[0]?.scheduledDeleteAt).toBeNull();
    expect(replicasOf(a.runner.outputs)[0]).toMatchObject({ deleted_at_latest: null });
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toContain(theirs.vmUuid);
    expect(errorOf(post)).toMatch(/ttl/);
  });

  it("costs nothing where nothing was to end: post is green and says that it is there", async () => {
    const { post, theirs } = await twoJobs({ cleanup: "on_failure" });
    expect(post.exitCode).toBe(0);
    expect(shown(post)).toContain(theirs.vmUuid);
  });
});

describe("a replica that main adopted", () => {
  it.each([
    ["true", 0, true],
    ["false", 1, false],
  ])("exclusive %s: post exits %s, deleted: %s", async (exclusive, exitCode, deleted) => {
    const sim = new Simulation({ bootMs: SECOND });
    sim.fault({ route: "create", nth: 2, kind: "drop", when: "after" });
    const { main, post } = await both(sim, { count: "3", cleanup: "always", exclusive });
    expect(main.runner.outputs.outcome).toBe("created");
    const [, adopted] = sim.replicas();
    expect(sim.replicas().map((cvm) => cvm.deleted)).toEqual([true, deleted, true]);
    expect(post.exitCode).toBe(exitCode);
    if (exitCode === 1) {
      expect(errorOf(post)).toContain(adopted?.vmUuid);
      // What was deleted is no part of what is left.
      expect(errorOf(post)).not.toContain(sim.replica(0).vmUuid);
    }
  });

  it.each(["true", "false"])("exclusive %s decides whether it gets the ttl", async (exclusive) => {
    const sim = new Simulation({ bootMs: SECOND });
    sim.fault({ route: "create", kind: "drop", when: "after" });
    const { main, post } = await both(sim, { ttl: "2h", exclusive });
    expect(main.runner.outputs.outcome).toBe("created");
    expect(sim.replica(0).scheduledDeleteAt !== null).toBe(exclusive === "true");
    expect(post.exitCode).toBe(exclusive === "true" ? 0 : 1);
  });

  it("and that is gone by the time of post is no reason for red", async () => {
    const sim = new Simulation({ bootMs: SECOND });
    sim.fault({ route: "create", kind: "drop", when: "after" });
    const main = await sim.main({ cleanup: "always" });
    sim.world.remove(sim.replica(0));
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(0);
    expect(deletionsAsked(sim)).toEqual([]);
  });
});

describe("a replica that post found", () => {
  /** Main is killed while the create is answered. */
  async function killed(inputs: Readonly<Record<string, string>>) {
    const sim = new Simulation({ bootMs: MINUTE });
    const process = sim.start(inputs);
    sim.on("after-work", "create", () => process.kill());
    const post = await sim.post(await process.finished);
    checkPost(sim, post);
    return { sim, post };
  }

  it("exclusive: is deleted", async () => {
    const { sim, post } = await killed({ cleanup: "on_failure", exclusive: "true" });
    expect([left(sim), post.exitCode]).toEqual([[], 0]);
  });

  it("not exclusive: is named with its link, in red", async () => {
    const { sim, post } = await killed({ cleanup: "on_failure" });
    expect([left(sim).length, post.exitCode]).toEqual([1, 1]);
    expect(errorOf(post)).toContain(sim.replica(0).vmUuid);
    expect(errorOf(post)).toMatch(NAMED);
  });

  it.each(["true", "false"])("exclusive %s: whether it gets the ttl", async (exclusive) => {
    const { sim, post } = await killed({ ttl: "2h", exclusive });
    const { createdAt, scheduledDeleteAt, vmUuid } = sim.replica(0);
    if (exclusive === "true") {
      expect(Math.abs((scheduledDeleteAt ?? 0) - createdAt - 2 * HOUR)).toBeLessThan(SECOND);
      expect(post.exitCode).toBe(0);
    } else {
      expect(scheduledDeleteAt).toBeNull();
      expect(post.exitCode).toBe(1);
      expect(errorOf(post)).toContain(vmUuid);
    }
  });

  it("by its name, which its answer told, is proven", async () => {
    const sim = new Simulation({ nullUuid: true, listLagMs: 40 * SECOND });
    const main = await sim.main({ wait: "false", cleanup: "always" });
    await sim.pass(MINUTE);
    const post = await sim.post(main);
    checkPost(sim, post);
    expect([left(sim), post.exitCode]).toEqual([[], 0]);
  });

  it("seen in one look alone, is named with its link, and not as one that no list shows", async () => {
    const sim = new Simulation({ nullUuid: true });
    sim.fault({ route: "list", nth: 3, times: 30, kind: "status", when: "before", status: 401 });
    const process = sim.start({ wait: "false" });
    sim.after(50, () => process.kill());
    const post = await sim.post(await process.finished);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toContain(sim.replica(0).vmUuid);
    expect(errorOf(post)).not.toMatch(/does not show it/);
  });
});
