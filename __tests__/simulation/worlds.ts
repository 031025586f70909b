/** The worlds that `script/simulate` plays by their seeds. */
import type { Failure } from "./campaign.ts";

export interface SeededWorld {
  /** Plays `count` seeds from `from` on. @returns those that broke a rule */
  readonly campaign: (from: number, count: number) => Promise<readonly Failure[]>;
  /** What happens by a seed, in words. */
  readonly explain: (seed: number) => Promise<string>;
}

/** One whose rules name themselves in what they say. */
interface Plain {
  readonly breaks: (seed: number) => Promise<readonly string[]>;
  readonly explain: (seed: number) => Promise<string>;
}

const WORLDS: Readonly<Record<string, () => Promise<SeededWorld>>> = {
  disasters: () => import("./campaign.ts"),
  liars: async () => seeded("liars", await import("../verify/liars.ts")),
  chains: async () => seeded("chains", await import("../chain/drawn.ts")),
};

export const WORLD_NAMES: readonly string[] = Object.keys(WORLDS);

/** @throws for another name */
export async function worldNamed(name: string): Promise<SeededWorld> {
  const load = Object.hasOwn(WORLDS, name) ? WORLDS[name] : undefined;
  if (load === undefined) throw new Error(`worlds are ${WORLD_NAMES.join(", ")}, not ${name}`);
  return load();
}

function seeded(rule: string, { breaks, explain }: Plain): SeededWorld {
  const campaign = async (from: number, count: number) => {
    const failures: Failure[] = [];
    for (let seed = from; seed < from + count; seed++) {
      const violations = (await breaks(seed)).map((what) => ({ rule, run: 0, what }));
      if (violations.length > 0) failures.push({ seed, violations });
    }
    return failures;
  };
  return { campaign, explain };
}
