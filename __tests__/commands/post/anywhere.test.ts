/**
 * The step is stopped at every single moment of its life, by a signal that it can act on and by one that it
 * can't, in simulated time: nothing that it made may get lost on the way.
 */
import { describe, expect, it, jest } from "@jest/globals";
import { type Result, Simulation } from "../../support/simulated/simulation.ts";
import { checkMain, checkPost, SECOND, textsOf } from "../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const CLEANUPS = ["never", "on_failure", "always"] as const;
type Cleanup = (typeof CLEANUPS)[number];
type Way = "cancel" | "kill";

/** Three replicas, the answer of the second one lost, a ttl, and health that takes a while. */
const INPUTS = {
  count: "3",
  ttl: "2h",
  health_check: "/healthz",
  poll_interval: "3s",
  // What a killed step leaves is found by elimination; without this, post only names it.
  exclusive: "true",
};

function world(): Simulation {
  const sim = new Simulation({ bootMs: 8 * SECOND });
  sim.fault({ route: "create", nth: 2, kind: "drop", when: "after" });
  sim.addStranger();
  return sim;
}

interface Story {
  readonly sim: Simulation;
  readonly main: Result;
  readonly post: Result;
  /** Simulated ms from the signal to the end of the main step. */
  readonly stoppedAfter: number;
}

/** Runs main, stopped just before step `step`, and then post. */
async function stopped(step: number, way: Way, cleanup: Cleanup): Promise<Story> {
  const sim = world();
  const process = sim.start({ ...INPUTS, cleanup });
  let at = Number.NaN;
  sim.clock.beforeStep(step, () => {
    at = sim.clock.now();
    process[way]();
  });
  const main = await process.finished;
  const post = await sim.post(main);
  return { sim, main, post, stoppedAfter: main.endedAt - at };
}

async function stepsOf(): Promise<number> {
  const sim = world();
  const main = await sim.main(INPUTS);
  expect(main.runner.outputs.outcome).toBe("created");
  return sim.clock.steps;
}

/** All problems of one story; a test that shows them all at once tells more than the first. */
function problemsOf({ sim, main, post, stoppedAfter }: Story, way: Way, cleanup: Cleanup) {
  checkMain(sim, main);
  checkPost(sim, post);
  const problems: string[] = [];
  const expected = (ok: boolean, what: string) => {
    if (!ok) problems.push(what);
  };
  if (way === "cancel") {
    const { outcome, error_code } = main.runner.outputs;
    expected(outcome === "cancelled", `outcome ${outcome}`);
    expected(error_code === "", `error_code ${error_code}`);
    expected(stoppedAfter <= 2 * SECOND, `stopped after ${stoppedAfter} ms`);
  } else {
    expected(stoppedAfter === 0, `killed, but went on for ${stoppedAfter} ms`);
  }
  expected(post.exitCode === 0, `post: exit code ${post.exitCode}`);
  const log = textsOf(post).join("\n");
  for (const cvm of sim.cvms()) {
    const { vmUuid, origin, deleted, removing, deletes, scheduledDeleteAt } = cvm;
    const ours = origin === "replica";
    const gone = deleted && deletes > 0;
    const untouched = deletes === 0 && !removing;
    if (!ours || cleanup === "never") expected(untouched, `${origin} ${vmUuid} was touched`);
    else expected(gone, `${vmUuid} is left`);
    if (ours) expected(log.includes(vmUuid), `post does not name ${vmUuid}`);
    if (ours && cleanup === "never") {
      expected(scheduledDeleteAt !== null, `${vmUuid} has no ttl`);
      expected(
        log.includes(`${vmUuid}) still exists`) && log.includes(vmUuid.replaceAll("-", "")),
        `post does not say that ${vmUuid} still exists, with a link`,
      );
    }
  }
  return problems;
}

describe.each(["cancel", "kill"] as const)("%s at every step", (way) => {
  it.each(CLEANUPS)("cleanup: %s", async (cleanup) => {
    const steps = await stepsOf();
    expect(steps).toBeGreaterThan(40);
    const problems: string[] = [];
    for (let step = 0; step < steps; step++) {
      const story = await stopped(step, way, cleanup);
      problems.push(...problemsOf(story, way, cleanup).map((text) => `step ${step}: ${text}`));
    }
    expect(problems).toEqual([]);
  });
});

describe("a create request that never did anything", () => {
  const lost = { route: "create", kind: "hang", when: "before" } as const;

  it.each([
    ["cancel", 100],
    ["cancel", 20 * SECOND],
    ["kill", 100],
    ["kill", 20 * SECOND],
    ["kill", 50 * SECOND],
  ] as const)("(%s after %s ms) is looked for by post, and is no alarm", async (way, after) => {
    const sim = new Simulation();
    sim.fault(lost);
    const process = sim.start({ cleanup: "always" });
    sim.after(after, () => process[way]());
    const main = await process.finished;
    const post = await sim.post(main);
    checkMain(sim, main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(0);
    expect(textsOf(post).join("\n")).toMatch(/did not show up.*https:\/\/cloud\.phala\.com/);
    // The whole window, counted from when it was sent, but never less than a third of it.
    const window = Math.max(30 * SECOND - main.tookMs, 10 * SECOND);
    expect(post.tookMs).toBeGreaterThanOrEqual(window);
    expect(post.tookMs).toBeLessThan(window + 4 * SECOND);
    expect(sim.requests.filter(({ route }) => route === "delete")).toEqual([]);
  });

  it("may still do its work after the kill: found by post, and deleted", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "late", afterMs: 15 * SECOND });
    const process = sim.start({ cleanup: "on_failure", exclusive: "true" });
    sim.after(SECOND, () => process.kill());
    const post = await sim.post(await process.finished);
    checkPost(sim, post);
    expect(post.exitCode).toBe(0);
    expect(textsOf(post, "warning").join()).toContain(sim.replica(0).vmUuid);
    expect(sim.replicas().map(({ deleted }) => deleted)).toEqual([true]);
  });
});

describe("a cancel while the answer to the POST is under way", () => {
  /** Cancels a second after the step began, while the create request waits for its answer. */
  async function cancelled(sim: Simulation) {
    const process = sim.start();
    sim.after(SECOND, () => process.cancel());
    const main = await process.finished;
    checkMain(sim, main);
    expect(main.runner.outputs.outcome).toBe("cancelled");
    return main;
  }

  it("stops within two seconds where none comes", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "hang", when: "after" });
    const main = await cancelled(sim);
    expect(main.tookMs).toBeLessThanOrEqual(3 * SECOND);
    expect(main.runner.outputs.vm_uuid).toBe("");
    expect(textsOf(main, "error").join()).toMatch(/post step looks for its replica/);
  });

  it("takes one that comes within a second, so that its replica is known", async () => {
    const sim = new Simulation();
    sim.fault({ route: "create", kind: "delay", ms: 1_900, when: "after" });
    const main = await cancelled(sim);
    expect(main.tookMs).toBeLessThanOrEqual(3 * SECOND);
    expect(main.runner.outputs.vm_uuid).toBe(sim.replica(0).vmUuid);
    expect(textsOf(main, "error").join()).toContain(sim.replica(0).vmUuid);
  });
});
