/**
 * Create is killed at thirty moments between the first look and the answers to three named ones, post follows, and
 * the same step runs again: one CVM a name. Each moment is one of a request that the simulator holds in its hand, so it
 * is always the same one; what was sent is worked on, as on a server.
 */
import { describe, expect, it } from "@jest/globals";
import type { Fault } from "../../../../simulator/core.ts";
import type { Simulator, SimulatorOptions } from "../../../../simulator/index.ts";
import type { Moment } from "../../../../simulator/record.ts";
import { again } from "../../../support/again.ts";
import { runPost, runStep, type StepOptions } from "../../../support/either.ts";
import { killedAt } from "../../../support/processes.ts";
import { SLOW, worldOf } from "../../../support/worlds.ts";
import { type Entry, NAMED, namesOf } from "./support.ts";

const THREE = ["web-eu-1", "web-eu-2", "web-eu-3"];

interface Story {
  readonly name: string;
  readonly world?: SimulatorOptions;
  readonly fault?: Fault;
  /** The requests with which main dies: route, and which of that route, from 1. */
  readonly requests: readonly (readonly [route: string, nth: number])[];
  readonly moments: readonly Moment[];
}

const EACH = ["before-work", "after-work", "answered"] as const;
const UNANSWERED = ["before-work", "after-work"] as const;
const ASKING = [1, 2, 3].map((nth) => ["instances", nth] as const);

const STORIES: readonly Story[] = [
  { name: "all goes well", requests: [["list", 1], ...ASKING], moments: EACH },
  { name: "the list lags", world: { listLagMs: 1_000 }, requests: ASKING, moments: UNANSWERED },
  {
    name: "the first answer is lost, and looked for",
    fault: { route: "instances", nth: 1, kind: "drop", when: "after" },
    requests: [2, 3].map((nth) => ["list", nth]),
    moments: UNANSWERED,
  },
  {
    name: "the second answer is lost, and looked for",
    fault: { route: "instances", nth: 2, kind: "drop", when: "after" },
    requests: [["list", 2]],
    moments: EACH,
  },
  {
    name: "the second is refused late, and looked for",
    fault: { route: "instances", nth: 2, kind: "status", when: "after", status: 400 },
    requests: [["list", 2]],
    moments: UNANSWERED,
  },
  {
    name: "the answer tells neither name nor UUID, and is looked for",
    world: { instanceAnswer: "partial", nullUuid: true },
    requests: [["list", 2]],
    moments: EACH,
  },
];

function stepOn(sim: Simulator, inputs: Readonly<Record<string, string>> = {}): StepOptions {
  const usual = { app_id: sim.appId, poll_interval: "0.2s", name: THREE.join(), ...NAMED };
  return { api: sim, inputs: { ...usual, ...inputs }, timeoutMs: SLOW };
}

async function check(sim: Simulator, moment: Moment, route: string, nth: number): Promise<void> {
  const killed = await killedAt(sim, stepOn(sim), { moment, route, nth });
  const post = await runPost(killed, { timeoutMs: SLOW });
  expect([post.exitCode, post.signal]).toEqual([0, null]);
  // Nothing that is billed is lost from sight.
  for (const { vmUuid } of sim.replicas()) expect(post.stdout).toContain(vmUuid);

  const second = await runStep(stepOn(sim, { wait: "false" }));
  expect([second.exitCode, second.outputs.error_code]).toEqual([0, ""]);
  // Deleted ones would be among them: none was ever made twice.
  const made = sim.replicas();
  expect(namesOf(made)).toEqual(THREE);
  expect(made.filter(({ deleted }) => deleted)).toEqual([]);
  const told = JSON.parse(second.outputs.replicas ?? "[]") as Entry[];
  const uuidOf = (name: string) => made.find((one) => one.name === name)?.vmUuid;
  expect(told.map(({ vm_uuid }) => vm_uuid)).toEqual(THREE.map(uuidOf));
}

const MOMENTS = STORIES.flatMap((story) =>
  story.moments.flatMap((moment) =>
    story.requests.map(([route, nth]) => ({
      name: `${story.name}: ${moment} of ${route} ${nth}`,
      story,
      moment,
      route,
      nth,
    })),
  ),
);

describe("named ones, killed at thirty moments, then run again: one CVM a name", () => {
  it("thirty they are", () => {
    expect(new Set(MOMENTS.map(({ name }) => name)).size).toBe(30);
  });

  // All at once: where a request may have left, post sits out its settle window.
  it.concurrent.each(MOMENTS)(
    "$name",
    ({ name, story, moment, route, nth }) => {
      const play = async (sim: Simulator) => {
        if (story.fault !== undefined) sim.fault(story.fault);
        await check(sim, moment, route, nth);
      };
      return again(name, () => worldOf(name)(story.world ?? {}, play));
    },
    SLOW,
  );
});
