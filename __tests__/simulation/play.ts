/** Plays a story: every run's main and post in simulated time, with all that happens around them. */
import { summaries } from "../../simulator/core.ts";
import type { Edges } from "../../src/action/edges.ts";
// Loaded now, since a module that loads while time is simulated would make a story differ from its replay.
import "../../src/envs/seal.ts";
import "../../src/envs/signature.ts";
import "@actions/github";
import { seededRandom } from "../../simulator/core.ts";
import { run } from "../../src/commands/create.ts";
import { runPost } from "../../src/commands/post.ts";
import { SimulatedProcess } from "../support/simulated/process.ts";
import { MemoryRunner } from "../support/simulated/runner.ts";
import { Simulation } from "../support/simulated/simulation.ts";
import { GITHUB_TOKEN, githubRoute, RUNNER_ENV, SimulatedGithub } from "./github.ts";
import { inputsOf } from "./inputs.ts";
import { invite, register } from "./others.ts";
import type { End, Moment, Run, Story, Wish } from "./story.ts";
import { type Exchange, recorded, Weather } from "./wire.ts";

/** One process of the action and all that it did. Times in ms since the epoch. */
export interface Played {
  readonly kind: "main" | "post";
  readonly startedAt: number;
  readonly endedAt: number;
  /** Null: killed. */
  readonly exitCode: 0 | 1 | null;
  readonly cancelledAt: number | null;
  readonly runner: MemoryRunner;
  readonly exchanges: readonly Exchange[];
  /** Those with GitHub. */
  readonly github: readonly Exchange[];
  /** Waits still open at its end. */
  readonly leftOpen: number;
}

export interface PlayedRun {
  readonly wish: Wish;
  readonly main: Played;
  /** Those that were killed first, then one that came through. */
  readonly posts: readonly Played[];
  /** What the app looked like when the last post had ended. */
  readonly after: ReadonlyMap<string, { readonly gone: boolean; readonly removing: boolean }>;
}

export interface Performance {
  readonly story: Story;
  readonly sim: Simulation;
  readonly github: SimulatedGithub;
  readonly runs: readonly PlayedRun[];
}

/** @throws where the simulation itself is at fault, or the action hangs */
export async function play(story: Story): Promise<Performance> {
  const { seed, world, fates, latencyMs } = story;
  const sim = new Simulation({ ...world, seed, replicaPlans: fates, latencyMs });
  rememberKeys(sim);
  for (const fault of story.faults) sim.fault(fault);
  for (const act of story.strangers) invite(sim, act);
  const github = new SimulatedGithub(sim.clock, story.github);
  const stage = { sim, github, weather: new Weather(story.outages), random: chanceAt(sim, seed) };
  const runs: PlayedRun[] = [];
  let commitToken = "";
  for (const planned of story.runs) {
    if (planned.wish.kind === "commit" && commitToken === "") break;
    await sim.pass(planned.gapMs + 1);
    const [played, ...others] = await Promise.all([
      playRun(stage, planned, commitToken),
      ...(planned.beside === undefined ? [] : [playBeside(stage, planned.beside)]),
    ]);
    runs.push(played, ...others);
    if (planned.wish.kind === "prepare") {
      commitToken = played.main.runner.outputs.commit_token ?? "";
      register(sim, story.approval);
    }
  }
  return { story, sim, github, runs };
}

interface Stage {
  readonly sim: Simulation;
  readonly github: SimulatedGithub;
  readonly weather: Weather;
  readonly random: () => number;
}

/** Each run of the two drives the same clock, which nobody can tell from a single one. */
async function playBeside(stage: Stage, planned: Run): Promise<PlayedRun> {
  await stage.sim.pass(planned.gapMs + 1);
  return playRun(stage, planned, "");
}

async function playRun(stage: Stage, planned: Run, commitToken: string): Promise<PlayedRun> {
  const { sim } = stage;
  const { wish } = planned;
  const given = { composeHash: sim.world.source.composeHash, commitToken };
  const inputs = {
    api_key: sim.apiKey,
    api_url: sim.apiUrl,
    app_id: sim.world.appId,
    vm_uuid: sim.world.source.vmUuid,
    github_token: GITHUB_TOKEN,
    ...inputsOf(wish, given),
  };
  const named = Object.entries(inputs).map(([name, value]) => [
    `INPUT_${name.toUpperCase()}`,
    value,
  ]);
  const env = { ...RUNNER_ENV, ...Object.fromEntries(named) };
  const main = await perform(stage, "main", env, {}, planned.end);
  const posts: Played[] = [];
  for (const moment of [...planned.killedPosts, null]) {
    await sim.pass(planned.postGapMs + 1);
    const end: End | null = moment === null ? null : { how: "kill", at: moment };
    posts.push(await perform(stage, "post", env, main.runner.saved, end));
  }
  const after = new Map(
    summaries(sim.world).map(({ vmUuid, deleted, removing }) => [
      vmUuid,
      { gone: deleted, removing },
    ]),
  );
  return { wish, main, posts, after };
}

async function perform(
  { sim, github, weather, random }: Stage,
  kind: Played["kind"],
  env: Readonly<Record<string, string>>,
  state: Readonly<Record<string, string>>,
  end: End | null,
): Promise<Played> {
  const { clock, server } = sim;
  const runner = new MemoryRunner(() => clock.now(), state);
  const exchanges: Exchange[] = [];
  const told: Exchange[] = [];
  const startedAt = clock.now();
  let cancelledAt: number | null = null;
  let process: SimulatedProcess | null = null;
  let over = false;
  const strike = () => {
    if (over || end === null) return false;
    over = true;
    if (end.how === "kill") process?.kill();
    else {
      cancelledAt = clock.now();
      process?.cancel();
    }
    return end.how === "kill";
  };
  const strikes = sendCounter(end?.at ?? null, strike);
  // What runs on in the moment of the kill is none of the dead process's doing.
  const onSend = (route: string) => (over && end?.how === "kill") || strikes(route);
  const program = (edges: Edges) => {
    const transport = recorded(edges.transport, {
      sim,
      weather,
      exchanges,
      github: told,
      saved: () => runner.saved,
      clock: edges.clock,
      onSend,
    });
    return (kind === "main" ? run : runPost)({ ...edges, transport });
  };
  if (end !== null && "step" in end.at) clock.beforeStep(clock.steps + end.at.step, strike);
  process = new SimulatedProcess({
    clock,
    server: {
      serve: (request) => (githubRoute(request) === null ? server : github).serve(request),
    },
    runner,
    random,
    env,
    // The process must exist before its first request can kill it.
    program: async (edges) => {
      await Promise.resolve();
      return program(edges);
    },
  });
  const { exitCode, endedAt, leftOpen } = await process.finished;
  over = true;
  return {
    kind,
    startedAt,
    endedAt,
    exitCode,
    cancelledAt,
    runner,
    exchanges,
    github: told,
    leftOpen,
  };
}

/** By the time alone, so that what goes on beside a run changes nothing in it. */
function chanceAt({ clock }: Simulation, seed: number): () => number {
  return () => seededRandom(Math.imul(clock.now() % 2 ** 31, 0x9e3779b1) + seed)();
}

function sendCounter(at: Moment | null, strike: () => boolean): (route: string) => boolean {
  let seen = 0;
  return (route) => {
    if (at === null || "step" in at || at.route !== route) return false;
    seen += 1;
    return seen === at.nth && strike();
  };
}

/** The same keys are asked for with every row of every list, and curves take their time. */
function rememberKeys({ world: { kms } }: Simulation): void {
  const derive = kms.envKey.bind(kms);
  const known = new Map<string, string>();
  kms.envKey = (appId) => {
    const key = known.get(appId) ?? derive(appId);
    known.set(appId, key);
    return key;
  };
}
