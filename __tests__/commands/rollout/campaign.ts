/**
 * Stories of rollouts in simulated time, drawn from a seed: kills and cancels, lost answers, locks, queues, lists
 * that lie, instances that don't come back, strangers that update, restart and delete meanwhile, approvals; then
 * the same step again, until it has had a run of its own.
 */
import { linesOf } from "../../support/simulated/lines.ts";
import type { Result } from "../../support/simulated/simulation.ts";
import { draw, MINUTE_MS, type Story } from "./campaign-story.ts";
import { Watch } from "./campaign-watch.ts";
import { type Plan, stage } from "./campaign-world.ts";
import { type Entry, NEW } from "./stage.ts";

export interface Told {
  /** What does not hold; empty: all is well. */
  readonly broken: readonly string[];
  /** One a run; `killed` where it could not say. */
  readonly outcomes: readonly string[];
  readonly updates: number;
  /** All that was drawn, sent and said, in order. */
  readonly story: () => string;
}

export function playSeed(seed: number): Promise<Told> {
  return playStory(draw(seed));
}

export async function playStory(story: Story): Promise<Told> {
  const plan = await stage(story);
  const { sim } = plan;
  const results: Result[] = [];
  const watch = new Watch(plan);
  const outcomes: string[] = [];
  for (const [run, blow] of plan.blows.entries()) {
    watch.begin(run);
    const from = sim.requests.length;
    const running = sim.start(plan.inputs, "rollout");
    const off = sim.on("after-work", "*", ({ request }) => {
      if (blow === null || request.index < from + blow.request) return;
      if (blow.how === "kill") running.kill();
      else running.cancel();
    });
    const main = await running.finished;
    off();
    outcomes.push(main.runner.outputs.outcome ?? "killed");
    const until = sim.requests.length;
    const post = await sim.post(main);
    results.push(main, post);
    if (post.exitCode !== 0) watch.broken.push(`run ${run}: post was red`);
    if (sim.requests.slice(until).some(({ method }) => method !== "GET")) {
      watch.broken.push(`run ${run}: post wrote`);
    }
    if (main.exitCode !== null) judge(plan, watch, main, run);
    // A killed job is run again by a person, minutes later.
    await sim.pass(MINUTE_MS);
  }
  watch.broken.push(...twice(plan, watch));
  const drawn = JSON.stringify({ ...story, lies: [...story.lies] });
  const told = () => [drawn, ...linesOf(sim, results)].join("\n");
  return { broken: watch.broken, outcomes, updates: watch.asked.length, story: told };
}

/** Over all runs: none is updated twice, but where somebody else's hand or a lie made it so. */
function twice({ sim, rollback, strange, envs, selected }: Plan, watch: Watch): string[] {
  if (rollback || strange || envs || watch.lied) return [];
  return selected.flatMap((uuid) => {
    const done = sim.world.find(uuid)?.operations.filter((one) => one.requestIndex !== null) ?? [];
    return done.length > 1 ? [`${uuid} was updated ${done.length} times`] : [];
  });
}

const GREEN = ["rolled_out", "unchanged"];

/** Whether what is told is true. */
function judge(plan: Plan, watch: Watch, main: Result, run: number): void {
  const { exitCode, runner, leftOpen } = main;
  const { outcome = "", error_code: code = "", replicas = "[]" } = runner.outputs;
  const tell = (what: string) => watch.broken.push(`run ${run}: ${outcome}: ${what}`);
  const errors = runner.entries.filter(({ kind }) => kind === "error").length;
  if (GREEN.includes(outcome) !== (exitCode === 0)) tell(`exit code ${exitCode}`);
  if (errors !== exitCode) tell(`${errors} errors`);
  if ((code === "") !== (exitCode === 0 || outcome === "cancelled")) tell(`code ${code}`);
  if (leftOpen > 0 && exitCode === 0) tell(`${leftOpen} left open`);
  const entries = JSON.parse(replicas) as Entry[];
  const asked = watch.asked.filter((one) => one.run === run);
  for (const entry of entries) {
    const wrong = wrongIn(entry, plan, watch, run);
    if (wrong !== null) tell(`${entry.vm_uuid} is told to be ${entry.outcome}, and ${wrong}`);
  }
  const there = entries.filter(({ vm_uuid }) => isThere(plan, vm_uuid));
  const count = (word: string) => there.filter((one) => one.outcome === word).length;
  if (GREEN.includes(outcome) && count("updated") + count("unchanged") < there.length) {
    tell("not all are on it");
  }
  if (outcome === "unchanged" && asked.some((one) => isAccepted(plan, one)))
    tell("something was updated");
  if (outcome === "partial" && !entries.some((one) => one.outcome === "updated"))
    tell("none was updated");
  if (outcome === "rolled_back" && !plan.envs && count("updated") > 0)
    tell("one was left on the revision");
  if (outcome === "timeout" && code !== "TIMEOUT") tell(`code ${code}`);
  if (outcome === "pending_approval" && code !== "ERR-01-005") tell(`code ${code}`);
}

/** In truth, whatever was answered. */
function isAccepted({ sim }: Plan, { request, target }: Watch["asked"][number]): boolean {
  const operations = sim.world.find(target)?.operations ?? [];
  return operations.some(({ requestIndex }) => requestIndex === request.index);
}

function isThere({ sim }: Plan, uuid: string): boolean {
  const cvm = sim.world.find(uuid);
  return cvm !== undefined && !sim.world.view(cvm).gone;
}

/** Somebody has deleted it, or is about to. */
function isGoing({ sim }: Plan, uuid: string): boolean {
  const cvm = sim.world.find(uuid);
  return cvm === undefined || sim.world.view(cvm).removing || sim.world.view(cvm).gone;
}

/** What of an entry is not so; null: it is. By the moment of the last list that was read. */
function wrongIn(entry: Entry, plan: Plan, watch: Watch, run: number): string | null {
  const asked = watch.asked.filter((one) => one.run === run && one.target === entry.vm_uuid);
  const now = watch.truth.get(entry.vm_uuid);
  if (now === undefined) return "was never there";
  const meddled = plan.strange || watch.lied;
  if (entry.status === "deleted" && !isGoing(plan, entry.vm_uuid))
    return "is there, though its status says deleted";
  switch (entry.outcome) {
    case "updated":
      if (meddled) return null;
      if (now.hash !== NEW) return `has ${now.hash.slice(0, 4)}`;
      return now.serves ? null : "does not serve";
    case "unchanged":
      if (asked.some((one) => isAccepted(plan, one))) return "was updated";
      return now.hash === NEW || meddled ? null : `has ${now.hash.slice(0, 4)}`;
    case "untouched":
      return asked.some((one) => isAccepted(plan, one)) ? "was updated" : null;
    case "rolled_back":
      if (meddled) return null;
      if (now.hash !== entry.from) return `has ${now.hash.slice(0, 4)}`;
      return now.serves ? null : "does not serve";
    default:
      return null;
  }
}
