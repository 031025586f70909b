/**
 * In simulated time a run can be killed between any two things that happen: at each such moment of a run of
 * three replicas post must know of every replica that exists, and so must a post that follows a killed post.
 */
import { describe, expect, it } from "@jest/globals";
import type { Fault } from "../../../../simulator/core.ts";
import {
  type Result,
  Simulation,
  type SimulationOptions,
} from "../../../support/simulated/simulation.ts";
import { checkEnding, existing, logOf, namedIn, postsOf } from "../../../support/simulated-runs.ts";

interface Story {
  readonly name: string;
  readonly world?: SimulationOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly faults?: readonly Fault[];
}

const lost = (nth: number, kind: "before" | "after"): Fault => ({
  route: "create",
  nth,
  kind: "drop",
  when: kind,
});

const STORIES: readonly Story[] = [
  { name: "all goes well" },
  { name: "it waits until all run", world: { bootMs: 5_000 }, inputs: { wait: "true" } },
  { name: "all three answers are lost", faults: [1, 2, 3].map((nth) => lost(nth, "after")) },
  {
    name: "the first was never made, the second answer is lost",
    faults: [lost(1, "before"), lost(2, "after")],
  },
  {
    name: "refused once each",
    faults: [1, 3, 5].map((nth) => ({
      route: "create",
      nth,
      kind: "status",
      when: "before",
      status: 429,
      headers: { "retry-after": "3" },
    })),
  },
  { name: "the API tells no UUIDs", world: { nullUuid: true } },
  {
    name: "the list is late, and the second answer is lost",
    world: { listLagMs: 4_000 },
    faults: [lost(2, "after")],
  },
  {
    name: "the second is made only after its request has timed out",
    inputs: { request_timeout: "5s" },
    faults: [{ route: "create", nth: 2, kind: "late", afterMs: 9_000 }],
  },
];

describe("main is killed at each moment of a run of three replicas", () => {
  it.each(STORIES)(
    "$name",
    async (story) => {
      const steps = (await played(story, null)).steps;
      expect(steps).toBeGreaterThanOrEqual(8);
      const problems: string[] = [];
      for (let step = 0; step < steps; step++) {
        const { sim, main } = await played(story, step);
        checkEnding(sim, main);
        const post = await sim.post(main);
        checkEnding(sim, post);
        if (!agrees(sim, post)) problems.push(`killed at step ${step}: ${logOf(post)}`);
      }
      expect(problems).toEqual([]);
    },
    60_000,
  );
});

describe("post is killed as well, at each of its moments", () => {
  it("a later post knows just as much", async () => {
    const story = { name: "", faults: [lost(2, "after")] };
    // Main dies while its second answer is lost: the search is left to post.
    const dead = await killedInSearch(story);
    const before = dead.sim.clock.steps;
    await dead.sim.post(dead.main);
    const steps = dead.sim.clock.steps - before;
    expect(steps).toBeGreaterThan(3);
    for (let step = 0; step < steps; step++) {
      const { sim, main } = await killedInSearch(story);
      const first = sim.startPost(main);
      sim.clock.beforeStep(sim.clock.steps + step, () => first.kill());
      await first.finished;
      const second = await sim.post(main);
      expect(second.exitCode).toBe(0);
      expect(namedIn(second)).toEqual(existing(sim));
    }
  }, 60_000);
});

async function killedInSearch(story: Story): Promise<{ sim: Simulation; main: Result }> {
  const { sim, running } = begun(story);
  let looks = 0;
  sim.on("before-work", "list", () => {
    if (++looks === 2) running.kill();
  });
  return { sim, main: await running.finished };
}

function begun({ world, inputs, faults }: Story) {
  const sim = new Simulation({ bootMs: 60_000, ...world });
  for (const fault of faults ?? []) sim.fault(fault);
  return { sim, running: sim.start({ count: "3", wait: "false", ...inputs }) };
}

/** Plays the story, with main killed before this step of the simulated clock; null: to its end. */
async function played(story: Story, step: number | null) {
  const { sim, running } = begun(story);
  if (step !== null) sim.clock.beforeStep(step, () => running.kill());
  const main = await running.finished;
  return { sim, main, steps: sim.clock.steps };
}

/** Post named what exists and nothing else, went well, and sent no create request of its own. */
function agrees(sim: Simulation, post: Result): boolean {
  const posts = postsOf(sim).length;
  const worked = postsOf(sim).filter((request) => request.worked).length;
  return (
    post.exitCode === 0 &&
    JSON.stringify(namedIn(post)) === JSON.stringify(existing(sim)) &&
    worked === existing(sim).length &&
    posts <= 6
  );
}
