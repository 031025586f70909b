/** All campaigns that `script/simulate` plays: of create's main and post, and those with worlds of their own. */
import {
  breaks as breaksInChains,
  explain as explainChain,
} from "../commands/create/chain/drawn.ts";
import { playSeed as playNames } from "../commands/create/names/campaign.ts";
import { playSeed as playDelete } from "../commands/delete/campaign.ts";
import { playSeed as playRollout } from "../commands/rollout/campaign.ts";
import { shortestOfSeed } from "../commands/rollout/campaign-shrink.ts";
import { breaks as breaksAmongLiars, explain as explainLiars } from "../commands/verify/liars.ts";
import { campaign, explain, type Failure } from "./campaign.ts";

export interface Campaign {
  /** Plays `count` seeds from `from` on. */
  readonly play: (from: number, count: number) => Promise<readonly Failure[]>;
  /** What there is to say of one seed. */
  readonly explain: (seed: number) => Promise<string>;
}

export const CAMPAIGNS: Readonly<Record<string, Campaign>> = {
  create: { play: campaign, explain },
  names: seedBySeed("names", playNames),
  delete: seedBySeed("delete", async (seed) => {
    const { broken, story } = await playDelete(seed);
    return { problems: broken, story };
  }),
  rollout: seedBySeed("rollout", async (seed) => {
    const { broken, story } = await playRollout(seed);
    return { problems: broken, story: broken.length === 0 ? story : () => shortestOfSeed(seed) };
  }),
  liars: seedBySeed("liars", async (seed) => {
    return { problems: await breaksAmongLiars(seed), story: () => explainLiars(seed) };
  }),
  chains: seedBySeed("chains", async (seed) => {
    return { problems: await breaksInChains(seed), story: () => explainChain(seed) };
  }),
};

interface Told {
  readonly problems: readonly string[];
  readonly story: () => string | Promise<string>;
}

/** @param tells plays a seed's story: what broke a rule, and what happened */
function seedBySeed(rule: string, tells: (seed: number) => Promise<Told>): Campaign {
  const play = async (from: number, count: number) => {
    const failures: Failure[] = [];
    for (let seed = from; seed < from + count; seed++) {
      const violations = (await tells(seed)).problems.map((what) => ({ run: 0, rule, what }));
      if (violations.length > 0) failures.push({ seed, violations });
    }
    return failures;
  };
  const tell = async (seed: number) => {
    const { problems, story } = await tells(seed);
    return [await story(), "", ...(problems.length === 0 ? ["No rule is broken."] : problems)].join(
      "\n",
    );
  };
  return { play, explain: tell };
}
