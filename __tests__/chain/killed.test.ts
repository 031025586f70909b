/** Killed or cancelled at every moment between the first look and the end, then run again, with no memory. */
import { describe, expect, it } from "@jest/globals";
import type { ChainFault } from "../../simulator/evm/faults.ts";
import { ChainWorld, OWNER, type Setting } from "./support.ts";

const SEND = "eth_sendRawTransaction";

/** Worlds whose first run is ended at each of its moments, or at each second, third …: they have hundreds. */
const WORLDS: readonly (readonly [string, number, Setting, readonly ChainFault[]])[] = [
  ["an honest node", 1, {}, []],
  ["a node that knows nothing of what is pending", 1, { nodes: [{ tellsPending: false }] }, []],
  ["a node that lags", 3, { nodes: [{ lag: 1 }, {}] }, []],
  ["lost answers", 3, {}, [{ method: SEND, times: 2, kind: "drop", when: "after" }]],
  ["sends that never arrive", 4, {}, [{ method: SEND, times: 2, kind: "drop", when: "before" }]],
  ["sends that arrive late", 3, {}, [{ method: SEND, kind: "late", afterMs: 9_000 }]],
];

function make([, , setting, faults]: (typeof WORLDS)[number]): ChainWorld {
  const world = new ChainWorld(setting);
  for (const fault of faults) world.fault(fault);
  return world;
}

/** How many moments the first run has, and how it ends without harm. */
async function moments(row: (typeof WORLDS)[number]): Promise<number> {
  const world = make(row);
  await world.run();
  return world.clock.steps;
}

function expectBoth(world: ChainWorld): void {
  const whats = world.registered().map(({ what }) => what);
  expect(whats).toEqual(["device", "compose-hash"]);
  world.check();
}

describe.each(WORLDS)("with %s", (...row) => {
  it("killed at its moments, the next run registers what is missing, once", async () => {
    const steps = await moments(row);
    expect(steps).toBeGreaterThan(30);
    for (let step = 0; step < steps; step += row[1]) {
      const world = make(row);
      const first = world.start();
      world.clock.beforeStep(step, () => first.kill());
      expect(await world.clock.drive(first.finished)).toBeNull();
      expect(await world.run()).toMatchObject({ end: "allowed" });
      expectBoth(world);
      await world.pass(60_000);
      expectBoth(world);
    }
  });

  it("cancelled at its moments, it ends at once, and the next run does the rest", async () => {
    const steps = await moments(row);
    for (let step = 0; step < steps; step += 3 * row[1]) {
      const world = make(row);
      const first = world.start();
      let cancelledAt = 0;
      world.clock.beforeStep(step, () => {
        cancelledAt = world.clock.now();
        first.cancel();
      });
      expect(await world.clock.drive(first.finished)).toMatchObject({ end: "cancelled" });
      expect(world.clock.now()).toBe(cancelledAt);
      expect(await world.run()).toMatchObject({ end: "allowed" });
      expectBoth(world);
    }
  });
});

describe("cancelled with the last answer before a signature", () => {
  it("nothing is signed", async () => {
    const world = new ChainWorld();
    const run = world.start();
    world.answered = (request) => {
      if (request.includes("eth_getBalance")) run.cancel();
    };
    expect(await world.clock.drive(run.finished)).toEqual({ end: "cancelled", sent: [] });
    expect(world.saved).toEqual([]);
    expect(world.count(SEND)).toBe(0);
  });
});

describe("two runs at once", () => {
  it.each<[string, Setting]>([
    ["that see one another's", {}],
    ["that don't", { nodes: [{ tellsPending: false }] }],
  ])("%s: each registration once", async (_name, setting) => {
    for (const apartMs of [0, 30, 100, 150, 200, 400, 2_000, 3_000, 3_300]) {
      const world = new ChainWorld(setting);
      const first = world.start();
      const second = world.clock.sleep(apartMs + 1).then(() => world.start().finished);
      const ends = await world.clock.drive(Promise.all([first.finished, second]));
      expect(ends).toMatchObject([{ end: "allowed" }, { end: "allowed" }]);
      expectBoth(world);
    }
  });
});

describe("what can't be saved", () => {
  it("does not leave", async () => {
    const world = new ChainWorld();
    world.saved.push = () => {
      throw new Error("no room");
    };
    await expect(world.run()).rejects.toThrow("no room");
    expect(world.left).toEqual([]);
    expect(world.chain.pendingNonce(OWNER, world.chain.head())).toBe(7);
  });
});

describe("what a killed run left", () => {
  it.each<[string, (at: number) => boolean]>([
    ["in the pool, for a while", (at) => at % 60_000 === 0],
    ["in a block", () => true],
  ])("%s, is waited for", async (_name, includes) => {
    const world = new ChainWorld();
    world.chain.includes = (_transaction, at) => includes(at);
    const first = world.start();
    world.after(1_500, () => first.kill());
    await world.clock.drive(first.finished);
    expect(world.saved).toHaveLength(1);
    expect(await world.run()).toMatchObject({ end: "allowed" });
    expectBoth(world);
    expect(world.saved).toHaveLength(2);
  });
});
