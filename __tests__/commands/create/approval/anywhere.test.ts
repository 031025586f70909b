/**
 * Prepare and commit are stopped at every single moment of their lives, in simulated time: a token makes
 * one replica at most, none gets lost, and nobody else's is touched.
 */
import { describe, expect, it } from "@jest/globals";
import type { Fault } from "../../../../simulator/index.ts";
import {
  ALL_REGISTERED,
  BOUND_MS,
  commit,
  commitInputs,
  left,
  ON_CHAIN,
  prepare,
  replicas,
} from "../../../support/jobs.ts";
import { SimulatedCloud } from "../../../support/simulated-cloud.ts";

type Way = "cancel" | "kill";
const WAYS: readonly Way[] = ["cancel", "kill"];

/** Steps of the clock that a job takes. */
async function stepsOf(arrange: () => Promise<Started>): Promise<readonly [number, number]> {
  const { sim, start } = await arrange();
  const from = sim.clock.steps;
  await start().finished;
  return [from, sim.clock.steps];
}

interface Started {
  readonly sim: SimulatedCloud;
  readonly start: () => ReturnType<SimulatedCloud["start"]>;
}

/** Runs the job once for each of its steps, stopped there, then its post; collects what is wrong. */
async function everywhere(
  way: Way,
  arrange: () => Promise<Started>,
  check: (sim: SimulatedCloud, post: number | null) => Promise<string[]>,
): Promise<string[]> {
  const [from, to] = await stepsOf(arrange);
  expect(to - from).toBeGreaterThan(10);
  const problems: string[] = [];
  for (let step = from; step < to; step++) {
    const { sim, start } = await arrange();
    const process = start();
    sim.clock.beforeStep(step, () => process[way]());
    const main = await process.finished;
    left(sim, main);
    const post = await sim.post(main);
    left(sim, post);
    problems.push(...(await check(sim, post.exitCode)).map((text) => `step ${step}: ${text}`));
  }
  return problems;
}

/** A newcomer of somebody else that could be taken for ours, made right after the given request. */
function strangerAfter(sim: SimulatedCloud, route: string): void {
  const off = sim.on("after-work", route, () => {
    off();
    sim.addStranger({ composeHash: sim.composeHash });
  });
}

function touched(sim: SimulatedCloud): string[] {
  return sim
    .cvms()
    .filter(({ origin, deletes, deleted }) => origin !== "replica" && (deleted || deletes > 0))
    .map(({ name, origin }) => `${origin} ${name} was touched`);
}

describe.each(WAYS)("a prepare, %s at every step", (way) => {
  it(
    "leaves nothing, touches nobody's, and can be done again",
    async () => {
      const arrange = async () => {
        const sim = new SimulatedCloud(ON_CHAIN);
        strangerAfter(sim, "create");
        const envs = "TOKEN=seed_0123456789";
        return { sim, start: () => sim.start({ prepare_only: "true", envs, cleanup: "always" }) };
      };
      const problems = await everywhere(way, arrange, async (sim, post) => {
        const again = await prepare(sim, { compose_hash: sim.composeHash });
        return [
          ...touched(sim),
          ...(replicas(sim).length > 0 ? ["a replica was made"] : []),
          ...(post === 0 ? [] : [`post: exit code ${post}`]),
          ...(again.outputs.outcome === "pending_approval" ? [] : ["not prepared again"]),
        ];
      });
      expect(problems).toEqual([]);
    },
    BOUND_MS,
  );
});

const LOST: readonly [string, Fault | null][] = [
  ["that is answered", null],
  ["whose answer is lost", { route: "commit", kind: "drop", when: "after" }],
  ["that is lost", { route: "commit", kind: "drop", when: "before" }],
];

describe.each(WAYS)("a commit, %s at every step,", (way) => {
  it.each(LOST)(
    "%s: one replica at the most, and post deletes it",
    async (_name, fault) => {
      const arrange = async () => {
        const sim = new SimulatedCloud({ ...ALL_REGISTERED, bootMs: 6000 });
        const prepared = await prepare(sim);
        sim.addStranger({ composeHash: sim.composeHash });
        if (fault !== null) sim.fault(fault);
        const inputs = { ...commitInputs(sim, prepared), cleanup: "always", exclusive: "true" };
        return { sim, start: () => sim.start(inputs) };
      };
      const problems = await everywhere(way, arrange, async (sim, post) => [
        ...touched(sim),
        ...(sim.replicas().length > 1 ? [`${sim.replicas().length} replicas were made`] : []),
        ...(replicas(sim).length > 0 ? [`${replicas(sim).length} left`] : []),
        ...(post === 0 ? [] : [`post: exit code ${post}`]),
      ]);
      expect(problems).toEqual([]);
    },
    BOUND_MS,
  );

  it(
    "then tried again with the same token: one replica in the end, whoever made it",
    async () => {
      let token = await prepare(new SimulatedCloud({ ...ALL_REGISTERED, bootMs: 6000 }));
      const arrange = async () => {
        const sim = new SimulatedCloud({ ...ALL_REGISTERED, bootMs: 6000 });
        token = await prepare(sim);
        return { sim, start: () => sim.start(commitInputs(sim, token)) };
      };
      const problems = await everywhere(way, arrange, async (sim) => {
        const before = replicas(sim).length;
        const { outputs } = await commit(sim, token);
        const expected = before === 0 ? "created" : "failed";
        return [
          ...(replicas(sim).length === 1 ? [] : [`${replicas(sim).length} replicas`]),
          ...(outputs.outcome === expected ? [] : [`${outputs.outcome} instead of ${expected}`]),
        ];
      });
      expect(problems).toEqual([]);
    },
    BOUND_MS,
  );
});
