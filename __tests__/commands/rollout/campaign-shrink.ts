/** Makes a story of the campaign shorter that breaks a rule. */
import { shortestOf, without } from "../../simulation/shrink.ts";
import { playStory, type Told } from "./campaign.ts";
import { draw, type Story } from "./campaign-story.ts";

/** What a step can do without. */
const SPARE_INPUTS = [
  "health_expect",
  "health_for",
  "wait_timeout",
  "approval_timeout",
  "verify",
  "envs",
] as const;

/** Of these a world is drawn, or the inputs mean nothing without them. */
const KEPT: readonly string[] = [
  "seed",
  "liveInstances",
  "existingPlans",
  "updatePlans",
  "versions",
  "allowedEnvs",
];

/** The shortest story that breaks a rule which that of the seed breaks, and what it breaks. */
export async function shortestOfSeed(seed: number): Promise<string> {
  const story = await shortest(draw(seed), playStory);
  const { broken, story: tell } = await playStory(story);
  return ["The shortest story that still breaks it:", tell(), "", ...broken].join("\n");
}

/** @param play what there is to say of a story */
export function shortest(
  story: Story,
  play: (story: Story) => Promise<Pick<Told, "broken">>,
): Promise<Story> {
  return shortestOf(story, shorter, async (one) =>
    (await play(one)).broken.map((what) => ({ rule: ruleOf(what) })),
  );
}

/** Which run, which instance and how many are no part of the rule. */
function ruleOf(what: string): string {
  return what.replace(/^run \d+: /, "").replace(/[0-9a-f]{8}(?:-[0-9a-f]+)+|\d+/g, "#");
}

/** Every story that is one thing shorter, the big things first. */
export function* shorter(story: Story): Generator<Story> {
  const { blows, faults, strangers, lies, slips, inputs } = story;
  // The last run is always one of its own.
  for (const rest of without(blows.slice(0, -1))) yield { ...story, blows: [...rest, null] };
  for (const rest of without(faults)) yield { ...story, faults: rest };
  for (const rest of without(strangers)) yield { ...story, strangers: rest };
  for (const rest of without(slips)) yield { ...story, slips: rest };
  for (const rest of without([...lies])) yield { ...story, lies: new Map(rest) };
  if (story.strange && strangers.length === 0) yield { ...story, strange: false };
  if (story.fresh !== null) yield { ...story, fresh: null };
  if (story.sick !== null) yield { ...story, sick: null };
  if (story.registersAtMs !== null) yield { ...story, registersAtMs: null };
  for (const name of SPARE_INPUTS) {
    const { [name]: spare, ...rest } = inputs;
    if (spare !== undefined) yield { ...story, inputs: rest };
  }
  yield* worldsOf(story);
}

function* worldsOf(story: Story): Generator<Story> {
  const { world } = story;
  const { liveInstances = 1, existingPlans = [], updatePlans = [] } = world;
  if (liveInstances > 2) yield { ...story, world: { ...world, liveInstances: liveInstances - 1 } };
  for (const [index, plan] of existingPlans.entries()) {
    const plans = existingPlans.with(index, {});
    if (!isPlain(plan)) yield { ...story, world: { ...world, existingPlans: plans } };
  }
  for (const [index, plan] of updatePlans.entries()) {
    const plans = updatePlans.with(index, {});
    if (!isPlain(plan)) yield { ...story, world: { ...world, updatePlans: plans } };
  }
  for (const name of Object.keys(world).filter((key) => !KEPT.includes(key))) {
    const { [name]: _, ...rest } = world as Record<string, unknown>;
    yield { ...story, world: rest };
  }
}

function isPlain(plan: object | null | undefined): boolean {
  return plan == null || Object.keys(plan).length === 0;
}
