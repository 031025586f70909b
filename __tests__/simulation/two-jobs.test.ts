/** Two of our own jobs in one app at the same time: what they may do to each other, and what the checks see. */
import { describe, expect, it } from "@jest/globals";
import { check } from "./check.ts";
import { type Performance, play } from "./play.ts";
import { PLAIN_WISH, type Run, type Story, type Wish } from "./story.ts";
import { story } from "./tampered.ts";

/** The second job begins so many ms after the first. */
function twoJobs(one: Partial<Wish>, two: Partial<Wish>, gapMs: number, more: Partial<Story> = {}) {
  const plain = story({ giveHash: true, ...one }, more);
  const [first] = plain.runs;
  if (first === undefined) throw new Error("a story without a run");
  // Without the hash, the API refuses who comes second: the app has several instances by then.
  const beside: Run = { ...first, wish: { ...PLAIN_WISH, giveHash: true, ...two }, gapMs };
  return { ...plain, runs: [{ ...first, beside }] };
}

async function playFairly(planned: Story): Promise<Performance> {
  const show = await play(planned);
  expect(check(show)).toEqual([]);
  return show;
}

function outcomes({ runs }: Performance) {
  return runs.map(({ main }) => main.runner.outputs.outcome);
}

function live({ sim: { world } }: Performance): number {
  return world.liveOf(world.appId).length;
}

describe("two jobs at once", () => {
  it("do not disturb each other", async () => {
    const show = await playFairly(twoJobs({ count: 2 }, { cleanup: "always" }, 5));
    expect(outcomes(show)).toEqual(["created", "created"]);
    expect(live(show)).toBe(3);
  });

  it("both count before either creates, and no more than that", async () => {
    const early = await playFairly(twoJobs({ instances: 3 }, { instances: 3 }, 1));
    expect(live(early)).toBe(5);
    const late = await playFairly(twoJobs({ instances: 3 }, { instances: 3 }, 200));
    expect(outcomes(late)).toEqual(["created", "unchanged"]);
    expect(live(late)).toBe(3);
  });

  it("can take the other's for their own only as anybody's: the one newcomer that fits", async () => {
    // The first job's request made nothing, and the other's replica is all that comes.
    const lost = { route: "create", kind: "drop", when: "before" } as const;
    const alike = { nodes: ["31"] };
    const show = await playFairly(twoJobs(alike, alike, 100, { faults: [lost] }));
    expect(show.runs[0]?.main.runner.outputs.replicas).toContain('"outcome":"adopted"');
    const elsewhere = await playFairly(twoJobs(alike, { nodes: ["26"] }, 100, { faults: [lost] }));
    expect(outcomes(elsewhere)).toEqual(["failed", "created"]);
  });
});

describe("the check of both sees", () => {
  async function broken(tamper: (show: Performance) => void) {
    const show = await playFairly(twoJobs({ wait: false }, { wait: false }, 3));
    tamper(show);
    return check(show).map(({ rule, what }) => `${rule}: ${what.replace(/^[-0-9a-f]{36} /, "")}`);
  }

  it("a replica that no run asked for", async () => {
    const what = await broken(({ sim }) => {
      const { nodeId, composeHash, appId } = sim.replica(0);
      sim.world.add({ origin: "replica", nodeId, composeHash, appId });
    });
    expect(what).toEqual(["once: was made by 0 runs"]);
  });

  it("a job that says of the other's replica that it created it", async () => {
    const what = await broken(({ runs }) => {
      const [one, two] = runs.map(({ main }) => main.runner.outputs);
      if (one !== undefined) one.replicas = two?.replicas ?? "";
    });
    expect(what).toContain("once: is said to be created by a run that did not make it");
  });
});
