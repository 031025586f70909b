/** Draws what is too much for one annotation: many replicas of which nothing becomes, and each has its reason. */
import type { Dice } from "./dice.ts";
import type { Story } from "./story.ts";

/** Far more reasons than 4,096 characters hold. */
const MANY = 24;

export function withCrowd(dice: Dice, story: Story): Story {
  const [first] = story.runs;
  if (first === undefined) return story;
  const fates = Array.from({ length: MANY }, (_, index) => ({
    steps: [
      { atMs: 1_000, status: "error", bootError: `container ${index} ${"exited ".repeat(20)}` },
    ],
  }));
  // Half of them can't be deleted either, which is too much for post's annotation.
  const stuck = dice.chance(0.5);
  const wish = { ...first.wish, kind: "create", count: MANY, instances: null, nodes: [] } as const;
  const { beside: _none, ...alone } = first;
  return {
    ...story,
    fates,
    faults: stuck
      ? [{ route: "delete", kind: "status", when: "before", status: 403, times: "always" }]
      : [],
    outages: [],
    strangers: [],
    runs: [
      {
        ...alone,
        end: null,
        wish: { ...wish, cleanup: stuck ? "always" : "never", wait: true, waitTimeoutMs: 90_000 },
      },
    ],
  };
}
