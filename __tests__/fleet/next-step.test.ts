/** Every world of up to three instances is walked through to its last state, whatever befalls them. */
import { describe, expect, it } from "@jest/globals";
import { maySend, nextStep } from "../../src/fleet/plan/next-step.ts";
import { leavesNone, numberOf, previousHash, roundsOf } from "../../src/fleet/plan/rollout-size.ts";
import type { Member, RolloutWorld } from "../../src/fleet/plan/rollout-world.ts";
import { blows, check, checkEnd, member, successors, worldOf } from "./rollout-worlds.ts";

const KINDS: readonly Partial<Member>[] = [
  {},
  { serves: false },
  { busy: true, serves: false },
  { revision: "new" },
  { revision: "new", serves: false },
  { revision: "new", force: true },
  { revision: "new", force: true, serves: false },
  { parked: true, serves: false },
];

/** Every bag of so many kinds: the order of keys makes the age, so each order is its own world. */
function* bags(count: number): Generator<readonly Member[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (const rest of bags(count - 1)) {
    for (const kind of KINDS) yield [...rest, member("abcd"[count - 1] ?? "", kind)];
  }
}

const FOUR: readonly [string, number, number][] = [
  ["four instances, one at a time", 4, 1],
  ["four instances, two at a time", 4, 2],
];

interface Walk {
  readonly states: number;
  readonly ends: Readonly<Record<string, number>>;
}

function explore(first: Iterable<RolloutWorld>): Walk {
  const known = new Set<string>();
  const open: RolloutWorld[] = [...first];
  const ends: Record<string, number> = {};
  for (let world = open.pop(); world !== undefined; world = open.pop()) {
    const step = nextStep(world);
    check(world, step);
    if (step.do === "end") {
      checkEnd(world, step.end);
      ends[step.end] = (ends[step.end] ?? 0) + 1;
      continue;
    }
    const next = [...successors(world, step)];
    if (next.length === 0) throw new Error(`stands still: ${JSON.stringify(world)}`);
    for (const one of [...next, ...(step.do === "look" ? blows(world) : [])]) {
      const id = JSON.stringify(one);
      if (known.has(id)) continue;
      known.add(id);
      open.push(one);
    }
  }
  return { states: known.size, ends };
}

describe("all worlds", () => {
  it.each([
    ["one instance", 1, 1],
    ["two instances, one at a time", 2, 1],
    ["two instances, both at a time", 2, 2],
    ["three instances, one at a time", 3, 1],
    ["three instances, two at a time", 3, 2],
    // Takes minutes: EXPLORE=4 script/test __tests__/fleet/next-step
    ...(process.env.EXPLORE === "4" ? FOUR : []),
  ])("%s", (what, count, maxUnavailable) => {
    for (const onFailure of ["stop", "rollback"] as const) {
      const worlds = [...bags(count)].map((members) =>
        worldOf(members, { maxUnavailable, onFailure }),
      );
      const { states, ends } = explore(worlds);
      if (process.env.EXPLORE) process.stdout.write(`${what}, ${onFailure}: ${states} worlds\n`);
      expect(states).toBeGreaterThan(30);
      const always = ["done", "stopped", "out-of-time", "cancelled", "approval"];
      const back = onFailure === "rollback" ? ["rolled-back", "back-failed"] : [];
      expect(Object.keys(ends).sort()).toEqual([...always, ...back].sort());
    }
  });
});

describe("the order", () => {
  const changed = { revision: "new", ours: "done", returns: true } as const;
  const three = (over: readonly Partial<Member>[]) =>
    over.map((one, index) => member("abc"[index] ?? "", { createdAt: index * 1_000, ...one }));
  const rollback = { maxUnavailable: 1, onFailure: "rollback" } as const;

  it("of going back is the newest first, behind what does not serve", () => {
    const world = (last: Partial<Member>) => {
      const failed = { revision: "new", ours: "failed", serves: true, returns: true } as const;
      return nextStep(worldOf(three([changed, failed, { ...changed, ...last }]), rollback));
    };
    expect(world({})).toEqual({ do: "roll-back", key: "c" });
    expect(world({ returns: false })).toEqual({ do: "roll-back", key: "b" });
  });

  it("of going on is the oldest first, behind what does not serve", () => {
    const next = (over: readonly Partial<Member>[]) =>
      nextStep(worldOf(three(over), { maxUnavailable: 1, onFailure: "stop" }));
    expect(next([{}, {}, {}])).toEqual({ do: "redeploy", key: "a" });
    expect(next([{}, {}, { serves: false }])).toEqual({ do: "redeploy", key: "c" });
  });
});

describe("a further request for one that was chosen", () => {
  const world = (over: Partial<Member>) =>
    worldOf([member("a", { ours: "sent" }), member("b", over)], {
      maxUnavailable: 1,
      onFailure: "stop",
    });

  it("waits where somebody took another one away meanwhile, unless it does not serve itself", () => {
    expect(maySend(world({}), "a", true)).toBe(true);
    expect(maySend(world({ serves: false, busy: true }), "a", true)).toBe(false);
    expect(maySend(world({ serves: false, busy: true }), "a", false)).toBe(true);
    expect(maySend(world({ serves: false, gone: true }), "a", true)).toBe(true);
  });
});

describe("the numbers", () => {
  it.each([
    [{ kind: "number", number: 3 } as const, 10, 3],
    [{ kind: "percent", percent: 20 } as const, 50, 10],
    [{ kind: "percent", percent: 20 } as const, 9, 1],
    [{ kind: "percent", percent: 10 } as const, 3, 1],
  ])("%j of %d are %d", (share, count, expected) => {
    expect(numberOf(share, count)).toBe(expected);
  });

  it("takes as many rounds as there are lots, one at the least", () => {
    expect([roundsOf(5, 2), roundsOf(4, 2), roundsOf(0, 1)]).toEqual([3, 2, 1]);
  });

  it("knows a plan that leaves none serving", () => {
    expect(leavesNone(1, 1, 0)).toBe(true);
    expect(leavesNone(2, 1, 0)).toBe(false);
    expect(leavesNone(1, 1, 1)).toBe(false);
    expect(leavesNone(0, 1, 0)).toBe(false);
  });
});

describe("the revision before", () => {
  const had = (composeHash: string, over = {}) => ({
    composeHash,
    earlier: null,
    isSource: false,
    ...over,
  });

  it("is the one that most had; the source counts with its own rows", () => {
    expect(previousHash([had("a"), had("b"), had("b")], "w")).toBe("b");
    const source = had("w", { isSource: true, earlier: "a" });
    expect(previousHash([source, had("b"), had("a")], "w")).toBe("a");
    expect(previousHash([source], "w")).toBe("a");
  });

  it("is the wanted one where all had that, and nothing where nobody knows", () => {
    expect(previousHash([had("w"), had("w")], "w")).toBe("w");
    expect(previousHash([], "w")).toBeNull();
  });
});
