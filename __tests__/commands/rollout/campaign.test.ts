/** Whatever befalls a rollout: never too many away, nothing needless, and what it tells is true. */
import { describe, expect, it, jest } from "@jest/globals";
import { CAMPAIGNS } from "../../simulation/campaigns.ts";
import { playSeed, type Told } from "./campaign.ts";
import { shortest } from "./campaign-shrink.ts";
import { draw, type Story } from "./campaign-story.ts";

// All work and no waiting, but the machine may be busy.
jest.setTimeout(600_000);

/** More by hand: script/simulate --of rollout --seeds 100000 */
const SEEDS = Number(process.env.ROLLOUT_SEEDS ?? 80);
const FIRST = Number(process.env.ROLLOUT_FIRST ?? 1);

describe("a campaign of rollouts", () => {
  it(`breaks no rule in ${SEEDS} stories`, async () => {
    const told: Told[] = [];
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) told.push(await playSeed(seed));
    expect(told.filter(({ broken }) => broken.length > 0)).toEqual([]);
    // The stories are about something.
    const outcomes = new Set(told.flatMap((one) => one.outcomes));
    expect([...outcomes]).toEqual(
      expect.arrayContaining(["killed", "cancelled", "rolled_out", "partial", "rolled_back"]),
    );
    expect(told.reduce((sum, { updates }) => sum + updates, 0)).toBeGreaterThan(SEEDS);
  });
});

describe("a story of the campaign", () => {
  it("is told by the one door", async () => {
    const { rollout } = CAMPAIGNS;
    const told = await rollout?.explain(1);
    expect(told).toMatch(/^\{"world":/);
    expect(told).toContain(" = 200");
    expect(told?.split("\n").at(-1)).toBe("No rule is broken.");
  });

  it("that breaks a rule is made shorter", async () => {
    const seeds = Array.from({ length: 300 }, (_, index) => draw(index));
    const story = seeds.find(({ faults, strangers, blows, lies }) => {
      return faults.length > 1 && strangers.length > 1 && blows.length > 1 && lies.size > 0;
    });
    if (story === undefined) throw new Error("no such story");
    const [fault] = story.faults;
    // A rule that one of its faults breaks, where more than one instance is there.
    const play = async ({ faults, world }: Story) => {
      const breaks = faults.some((one) => one === fault) && (world.liveInstances ?? 0) > 1;
      return { broken: breaks ? ["run 2: it is 7 times wrong"] : [] };
    };
    const short = await shortest(story, play);
    const none = { strangers: [], strange: false, sick: null, registersAtMs: null, blows: [null] };
    expect(short).toMatchObject({ ...none, faults: [fault] });
    expect(short.lies.size).toBe(0);
    expect(short.world.liveInstances).toBe(2);
    expect(short.world.updatePlans?.every((plan) => Object.keys(plan ?? {}).length === 0)).toBe(
      true,
    );
  });
});
