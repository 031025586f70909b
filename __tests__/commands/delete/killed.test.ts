/**
 * Delete is killed at thirty moments of a run that deletes three, post follows, and the same step runs
 * again: the same end as without a kill. Each moment is one of a request that the simulator holds in its hand, so it
 * is always the same one; what is asked of it goes on, as it does on a server.
 */
import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../../simulator/index.ts";
import type { Moment } from "../../../simulator/record.ts";
import { again } from "../../support/again.ts";
import { pass, runPost, runStep, type StepOptions } from "../../support/either.ts";
import { killedAt } from "../../support/processes.ts";
import { SLOW, worldOf } from "../../support/worlds.ts";
import { alone, namesLeft, sent, uuidOf } from "./support.ts";

const GO = ["web-seed3", "web-seed2", "web-seed1"];
const STAY = ["production", "web"];

/** The requests of a run: the look, what is read and deleted one by one, and two looks until all are gone. */
const REQUESTS: readonly (readonly [route: string, nth: number, what: string])[] = [
  ["list", 1, "the look"],
  ...GO.flatMap(
    (name, index) =>
      [
        ["cvm", index + 1, `${name} is read again`],
        ["delete", index + 1, `the deletion of ${name}`],
      ] as const,
  ),
  ["list", 2, "the first look whether they are gone"],
  ["list", 3, "the second look whether they are gone"],
  ["cvm", 4, "its own route is asked whether the first is gone"],
];

const MOMENTS: readonly (readonly [Moment, string])[] = [
  ["before-work", "on its way to the server"],
  ["after-work", "worked on, and not answered"],
  ["answered", "just answered"],
];

const WORLD = { liveInstances: 4, removeMs: 300 };

function stepOn(sim: Simulator): StepOptions {
  const inputs = { app_id: sim.appId, name: "web-*", poll_interval: "0.1s" };
  return { api: sim, command: "delete", inputs: alone(inputs), timeoutMs: SLOW };
}

/** Those whose names fit and that are another app's, and one of the app's whose name does not. */
function addBystanders(sim: Simulator): readonly string[] {
  const day = 86_400_000;
  const createdAt = sim.world.now() - day;
  const appId = sim.world.otherAppId;
  const others = [{ name: "production" }, { name: "web-seed9", appId }];
  return others.map((one) => sim.addStranger({ ...one, createdAt }).vmUuid);
}

/** What is wrong with the deletions of a run: each was meant, and read by its own route right before. */
function unlawful(sim: Simulator): readonly string[] {
  const meant = GO.map((name) => uuidOf(sim, name));
  const uuid = (path: string) => path.split("/").at(-1) ?? "";
  return sim.requests.flatMap(({ method, path }, index) => {
    if (method === "GET") return [];
    const before = sim.requests[index - 1];
    const lawful =
      method === "DELETE" &&
      meant.includes(uuid(path)) &&
      before?.route === "cvm" &&
      before.status === 200 &&
      uuid(before.path) === uuid(path);
    return lawful ? [] : [`${index}: ${method} ${path} after ${before?.route} ${before?.path}`];
  });
}

async function check(sim: Simulator, moment: Moment, route: string, nth: number): Promise<void> {
  const bystanders = addBystanders(sim);
  const killed = await killedAt(sim, stepOn(sim), { moment, route, nth });
  const asked = sent({ requests: sim.requests });
  const post = await runPost(killed, { timeoutMs: SLOW });
  expect([post.exitCode, post.signal]).toEqual([0, null]);
  // Post deletes nothing, and says what became of each whose deletion was asked for.
  expect(sent({ requests: sim.requests })).toEqual(asked);
  for (const uuid of asked) {
    const told = new RegExp(
      `${uuid}\\): (?:certainly gone|there still, its deletion was asked for)`,
    );
    expect(post.stdout).toMatch(told);
  }

  const second = await runStep(stepOn(sim));
  const { outcome = "", error_code } = second.outputs;
  expect([second.exitCode, error_code]).toEqual([0, ""]);
  expect(["deleted", "unchanged"]).toContain(outcome);
  // What was on its way out already is not waited for.
  for (let looks = 0; looks < 100 && namesLeft({ cloud: sim }).length > STAY.length; looks++) {
    await pass(sim, 20);
  }
  expect(namesLeft({ cloud: sim })).toEqual(STAY);
  // Each was asked for once in both runs together, and in their order.
  expect(sent({ requests: sim.requests })).toEqual(GO.map((name) => uuidOf(sim, name)));
  expect(unlawful(sim)).toEqual([]);
  const touched = sim.cvms().filter(({ vmUuid }) => bystanders.includes(vmUuid));
  expect(touched.map(({ deletes, deleted }) => [deletes, deleted])).toEqual([
    [0, false],
    [0, false],
  ]);
}

describe("killed at thirty moments, then run again: the same end", () => {
  it("thirty they are", () => {
    expect(new Set(REQUESTS.map(([route, nth]) => `${route} ${nth}`)).size).toBe(10);
    expect(MOMENTS).toHaveLength(3);
  });

  it.concurrent.each(MOMENTS)(
    "%s: each request of a run %s",
    async (moment, words) => {
      // One after another: the three tests run at once.
      for (const [route, nth, what] of REQUESTS) {
        const name = `${what}, ${words}`;
        const play = () => worldOf(name)(WORLD, (sim) => check(sim, moment, route, nth));
        await again(name, play).catch((error: unknown) => {
          throw new Error(`killed with ${name}: ${error instanceof Error ? error.message : error}`);
        });
      }
    },
    SLOW,
  );
});
