/** Short stories that break no rule until they are tampered with: a check that can't fail proves nothing. */
import { expect } from "@jest/globals";
import { check } from "./check.ts";
import { type Performance, play } from "./play.ts";
import { PLAIN_GITHUB, PLAIN_WISH, type Run, type Story, type Wish } from "./story.ts";

/** A plain run, or one with this wish. */
export function story(wish: Partial<Wish>, more: Partial<Story> = {}): Story {
  const run: Run = {
    wish: { ...PLAIN_WISH, ...wish },
    gapMs: 0,
    end: null,
    postGapMs: 0,
    killedPosts: [],
  };
  return {
    seed: 1,
    world: { bootMs: 5_000 },
    fates: [],
    latencyMs: 10,
    faults: [],
    outages: [],
    strangers: [],
    github: PLAIN_GITHUB,
    approval: "none",
    runs: [run],
    ...more,
  };
}

/** Plays a story that is in order, tampers with what was played, and tells which rules it breaks then. */
export async function rulesBroken(
  tamper: (show: Performance) => void,
  wish: Partial<Wish> = {},
  more: Partial<Story> = {},
) {
  const show = await play(story(wish, more));
  expect(check(show)).toEqual([]);
  tamper(show);
  return check(show).map(({ rule }) => rule);
}

export function mainOf({ runs }: Performance) {
  const main = runs[0]?.main;
  if (main === undefined) throw new Error("no run was played");
  return main;
}
