/** Makes a failing story shorter: takes one thing after another away while the same rule is still broken. */
import { check, type Violation } from "./check.ts";
import { play } from "./play.ts";
import { PLAIN_WISH, type Run, type Story, type Wish } from "./story.ts";
import { unaffected } from "./twin.ts";

/**
 * What a story breaks. A simulation that does not come to its end counts as well.
 *
 * @param seen takes what the checks had to go by
 */
export async function judge(story: Story, seen?: Set<string>): Promise<readonly Violation[]> {
  try {
    const show = await play(story);
    return [...check(show, seen), ...(await unaffected(show))];
  } catch (error) {
    return [{ rule: "end", run: 0, what: error instanceof Error ? error.message : String(error) }];
  }
}

/** Plays are cheap, but not free. */
const MOST_PLAYS = 2_000;

/**
 * @param broken what a story breaks; by default what the checks see
 * @returns the shortest story found that still breaks one of the rules that `story` breaks
 */
export function shrink(
  story: Story,
  broken: (story: Story) => Promise<readonly Pick<Violation, "rule">[]> = judge,
): Promise<Story> {
  return shortestOf(story, candidates, broken);
}

/**
 * The same for stories of any kind.
 *
 * @param shorter every story that is one thing shorter, the big things first
 */
export async function shortestOf<T>(
  story: T,
  shorter: (story: T) => Iterable<T>,
  broken: (story: T) => Promise<readonly Pick<Violation, "rule">[]>,
): Promise<T> {
  const rules = new Set((await broken(story)).map(({ rule }) => rule));
  let shortest = story;
  let plays = 0;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of shorter(shortest)) {
      if (++plays > MOST_PLAYS) return shortest;
      if (!(await broken(candidate)).some(({ rule }) => rules.has(rule))) continue;
      shortest = candidate;
      found = true;
      break;
    }
  }
  return shortest;
}

/** Every story that is one thing shorter, the big things first. */
function* candidates(story: Story): Generator<Story> {
  const { runs, faults, outages, strangers, github, fates, world } = story;
  for (const rest of without(runs)) if (rest.length > 0) yield { ...story, runs: rest };
  for (const rest of without(faults)) yield { ...story, faults: rest };
  for (const rest of without(outages)) yield { ...story, outages: rest };
  for (const rest of without(strangers)) yield { ...story, strangers: rest };
  for (const rest of without(github.faults))
    yield { ...story, github: { ...github, faults: rest } };
  if (github.renamed) yield { ...story, github: { ...github, renamed: false } };
  yield* runsOf(story);
  for (const [index, fate] of fates.entries()) {
    if (Object.keys(fate).length > 0) yield { ...story, fates: fates.with(index, {}) };
  }
  for (const name of Object.keys(world).filter((key) => key !== "nodes")) {
    const { [name]: _, ...rest } = world as Record<string, unknown>;
    yield { ...story, world: rest };
  }
  if (story.latencyMs !== 10) yield { ...story, latencyMs: 10 };
  for (const [index, fault] of faults.entries()) {
    const plain = { ...fault, nth: 1, times: 1 };
    if (JSON.stringify(plain) !== JSON.stringify(fault)) {
      yield { ...story, faults: faults.with(index, plain) };
    }
  }
}

function* runsOf(story: Story): Generator<Story> {
  for (const [index, run] of story.runs.entries()) {
    for (const shorter of shorterRuns(run)) {
      yield { ...story, runs: story.runs.with(index, shorter) };
    }
  }
}

function* shorterRuns(run: Run): Generator<Run> {
  const { beside, ...alone } = run;
  if (beside !== undefined) {
    yield alone;
    yield beside;
    for (const shorter of shorterRuns(beside)) yield { ...run, beside: shorter };
  }
  if (run.end !== null) yield { ...run, end: null };
  if (run.killedPosts.length > 0) yield { ...run, killedPosts: [] };
  if (run.gapMs > 0) yield { ...run, gapMs: 0 };
  if (run.postGapMs > 0) yield { ...run, postGapMs: 0 };
  for (const wish of wishesOf(run.wish)) yield { ...run, wish };
}

function* wishesOf(wish: Wish): Generator<Wish> {
  for (const name of Object.keys(PLAIN_WISH) as (keyof Wish)[]) {
    if (
      name === "kind" ||
      name === "wait" ||
      JSON.stringify(wish[name]) === JSON.stringify(PLAIN_WISH[name])
    )
      continue;
    yield { ...wish, [name]: PLAIN_WISH[name] };
  }
  if (wish.wait) yield { ...wish, wait: false, health: false };
  if ((wish.count ?? 0) > 1) yield { ...wish, count: (wish.count ?? 0) - 1 };
  for (const nodes of without(wish.nodes)) yield { ...wish, nodes };
}

/** All that lack one of these. */
export function without<T>(items: readonly T[]): T[][] {
  return items.map((_, index) => items.toSpliced(index, 1)).reverse();
}
