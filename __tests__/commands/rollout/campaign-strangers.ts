/** Others at work on the app while a rollout of the campaign runs. */
import type { Dice } from "./campaign-story.ts";
import { NEW } from "./stage.ts";

export const THIRD = "3333".repeat(16);

/** What somebody else does. */
export interface Stranger {
  readonly atMs: number;
  /** `deploys`: to the source. All else is done to one of the others. */
  readonly what: "comes" | "redeploys" | "restarts" | "deletes" | "stops" | "starts" | "deploys";
  /** Which of those that are there by then. */
  readonly pick: number;
  readonly revision: string;
}

/** Whatever they do, at any time of the step. */
export function strangersOf(dice: Dice): readonly Stranger[] {
  const strangers: Stranger[] = [];
  for (let n = dice.from(1, 3); n > 0; n--) {
    const what = deedOf(dice.below(10));
    const pick = dice.below(100);
    const revision = dice.one([NEW, THIRD]);
    strangers.push({ atMs: dice.from(1, 900) * 1_000, what, pick, revision });
  }
  return strangers;
}

/** Somebody stops one, and mostly starts it again. */
export function switchesOf(dice: Dice): readonly Stranger[] {
  if (!dice.chance(0.3)) return [];
  const atMs = dice.from(1, 600) * 1_000;
  const pick = dice.below(100);
  const stops = { atMs, what: "stops", pick, revision: NEW } as const;
  const againMs = atMs + dice.from(1, 400) * 1_000;
  return dice.chance(0.7) ? [stops, { ...stops, atMs: againMs, what: "starts" }] : [stops];
}

/** Somebody deploys the next revision to the source. */
export function newerOf(dice: Dice): readonly Stranger[] {
  if (!dice.chance(0.1)) return [];
  return [{ atMs: dice.from(1, 600) * 1_000, what: "deploys", pick: 0, revision: THIRD }];
}

function deedOf(number: number): Stranger["what"] {
  if (number === 0) return "comes";
  return number < 6 ? "redeploys" : number < 8 ? "restarts" : "deletes";
}
