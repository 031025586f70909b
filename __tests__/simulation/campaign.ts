/** Many seeds, one after another, and the report on one that fails. */
import type { Violation } from "./check.ts";
import { drawStory } from "./draw.ts";
import { play } from "./play.ts";
import { judge, shrink } from "./shrink.ts";
import { tellPlay, tellStory, tellViolations } from "./tell.ts";

export interface Failure {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

/**
 * Plays `count` seeds from `from` on; ends early after `most` that fail.
 *
 * @param seen takes what the checks had to go by
 */
export async function campaign(
  from: number,
  count: number,
  most = Number.POSITIVE_INFINITY,
  seen?: Set<string>,
): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (let seed = from; seed < from + count && failures.length < most; seed++) {
    const violations = await judge(drawStory(seed), seen);
    if (violations.length > 0) failures.push({ seed, violations });
  }
  return failures;
}

/** A seed's whole story, and for one that fails the shortest that still does. */
export async function explain(seed: number): Promise<string> {
  const story = drawStory(seed);
  const violations = await judge(story);
  if (violations.length === 0) {
    return `${tellStory(story)}\n\n${tellPlay(await play(story))}\n\nNo rule is broken.`;
  }
  const short = await shrink(story);
  const left = await judge(short);
  const told = left.some(({ rule }) => rule === "end") ? "" : tellPlay(await play(short));
  return [
    `Seed ${seed} breaks:\n${tellViolations(violations)}`,
    `The shortest story that still does:\n${tellStory(short)}`,
    told,
    `It breaks:\n${tellViolations(left)}`,
  ].join("\n\n");
}
