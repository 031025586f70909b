/** The long campaign of the simulation: counts, times, and the story of a seed that fails. */

import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import type { Failure } from "../__tests__/simulation/campaign.ts";
import { CAMPAIGNS, type Campaign } from "../__tests__/simulation/campaigns.ts";

/** Small enough that a seed which fails ends the campaign soon. */
const CHUNK = 50;
const HELP = `Plays seeded disasters against the action's main and post step, in simulated time.

  script/simulate [--seeds 1000] [--from 0] [--jobs 2] [--most 5] [--of create]
  script/simulate --seed 4711     one seed: its whole story, the shortest one where it fails

  --seeds   how many seeds to play
  --from    the first of them
  --jobs    how many threads
  --of      which campaign: ${Object.keys(CAMPAIGNS).join(", ")}
  --most    stop after this many seeds that fail
  --brief   only name the seeds and the rules, without the shortest story`;

interface Chunk {
  readonly of: string;
  readonly from: number;
  readonly count: number;
}

async function main(): Promise<void> {
  const number = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      seeds: number,
      from: number,
      seed: number,
      jobs: number,
      most: number,
      of: number,
      help: { type: "boolean" },
      brief: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const { of = "create" } = values;
  const { explain } = campaignOf(of);
  if (values.seed !== undefined) {
    console.log(await explain(whole("seed", values.seed, 0)));
    return;
  }
  const seeds = whole("seeds", values.seeds, 1_000);
  const from = whole("from", values.from, 0);
  const begun = performance.now();
  const failures = await everyChunk(
    { of, from, count: seeds },
    whole("jobs", values.jobs, 2),
    whole("most", values.most, 5),
  );
  const seconds = (performance.now() - begun) / 1000;
  for (const { seed, violations } of failures) {
    for (const { rule, what } of violations) console.log(`seed ${seed}: ${rule}: ${what}`);
  }
  const [first] = failures;
  if (first !== undefined) {
    if (!values.brief) console.log(`\n${await explain(first.seed)}`);
    console.log(`\nReplay: script/simulate --of ${of} --seed ${first.seed}`);
    process.exitCode = 1;
    console.log(`${failures.length} seeds broke a rule, after ${seconds.toFixed(1)} s.`);
    return;
  }
  console.log(`${seeds} seeds from ${from} in ${seconds.toFixed(1)} s: no rule broken.`);
}

/** Ends the process where there is none of that name. */
function campaignOf(name: string): Campaign {
  const found = CAMPAIGNS[name];
  if (found !== undefined) return found;
  console.error(`--of is one of ${Object.keys(CAMPAIGNS).join(", ")}, not ${name}`);
  process.exit(2);
}

function whole(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(`--${name} is a whole number, not ${text}`);
  process.exit(2);
}

/** Deals the seeds to threads, a chunk at a time. */
async function everyChunk(all: Chunk, jobs: number, most: number): Promise<Failure[]> {
  const failures: Failure[] = [];
  const end = all.from + all.count;
  let next = all.from;
  let done = 0;
  const take = (): Chunk | null => {
    if (next >= end || failures.length >= most) return null;
    const chunk = { of: all.of, from: next, count: Math.min(CHUNK, end - next) };
    next += chunk.count;
    return chunk;
  };
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url));
      let chunk = take();
      const give = () => {
        if (chunk === null) void worker.terminate().then(() => resolve());
        else worker.postMessage(chunk);
      };
      worker.on("error", reject);
      worker.on("message", (found: Failure[]) => {
        failures.push(...found);
        // At once: a long campaign may be ended before it is through.
        for (const { seed, violations } of found) {
          console.error(`seed ${seed} breaks ${violations.map(({ rule }) => rule).join(", ")}`);
        }
        const before = done;
        done += chunk?.count ?? 0;
        if (Math.floor(done / 10_000) > Math.floor(before / 10_000)) {
          console.error(`${done} of ${all.count} seeds`);
        }
        chunk = take();
        give();
      });
      give();
    });
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, work));
  return failures.sort((a, b) => a.seed - b.seed);
}

if (isMainThread) {
  await main();
} else {
  parentPort?.on("message", async ({ of, from, count }: Chunk) => {
    parentPort?.postMessage(await campaignOf(of).play(from, count));
  });
}
