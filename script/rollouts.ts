/** The long campaign of rollouts: `script/rollouts --seeds 100000`, or `--from N --seeds 1` for one. */
import { parseArgs } from "node:util";
import { playSeed } from "../__tests__/commands/rollout/campaign.ts";

const number = { type: "string" } as const;
const { values } = parseArgs({ options: { seeds: number, from: number } });
const seeds = Number(values.seeds ?? 1_000);
const from = Number(values.from ?? 1);
const begun = performance.now();
const outcomes = new Map<string, number>();
let [played, updates, broken] = [0, 0, 0];
for (let seed = from; seed < from + seeds; seed++) {
  const told = await playSeed(seed);
  played += 1;
  updates += told.updates;
  for (const word of told.outcomes) outcomes.set(word, (outcomes.get(word) ?? 0) + 1);
  if (played % 5_000 === 0) console.log(`${played} of ${seeds} seeds`);
  if (told.broken.length === 0) continue;
  broken += 1;
  console.log(`seed ${seed} (${told.outcomes.join(", ")}): ${told.broken.join("; ")}`);
  if (broken >= 10) break;
}
const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
const words = [...outcomes].map(([word, count]) => `${word} ${count}`).join(", ");
console.log(`${played} seeds in ${seconds} s, ${updates} requests that update; runs: ${words}`);
process.exitCode = broken === 0 ? 0 : 1;
