/** Whole rollouts as a person reads them: what is there, what is planned, what came of it, round by round. */
import { seededRandom } from "../../simulator/core.ts";
import { nextStep, type Step } from "../../src/fleet/plan/next-step.ts";
import {
  type Change,
  changed,
  isMoving,
  type Member,
  type RolloutWorld,
} from "../../src/fleet/plan/rollout-world.ts";
import { carriedOut, check, checkEnd } from "./rollout-worlds.ts";

export interface Scenario {
  /** A sentence; also the file's name. */
  readonly name: string;
  readonly world: RolloutWorld;
  /** What comes of an instance whose update, or way back, is under way; else it comes to serve. */
  readonly fates?: Readonly<Record<string, Partial<Member>>>;
  readonly backFates?: Readonly<Record<string, Partial<Member>>>;
  /** What somebody else does, by round: it befalls that instance after the round's plan was carried out. */
  readonly others?: Readonly<Record<number, Change>>;
  /** In this round the step is killed; the next one begins anew with what is there. */
  readonly killedIn?: number;
  /** In this round the time is over, or the step is cancelled. */
  readonly outOfTimeIn?: number;
  readonly cancelledIn?: number;
  /** Chooses which of several under way is done first; without it, the first. */
  readonly seed?: number;
}

const MOST_ROUNDS = 60;

/** @throws where a plan breaks a rule, or the rollout does not end */
export function transcriptOf(scenario: Scenario): string {
  const random = scenario.seed === undefined ? () => 0 : seededRandom(scenario.seed);
  const lines = [`# ${scenario.name}`, "", sizes(scenario.world)];
  let { world } = scenario;
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    if (round === scenario.outOfTimeIn) world = { ...world, outOfTime: true };
    if (round === scenario.cancelledIn) world = { ...world, cancelled: true };
    lines.push("", `## Round ${round}`, "", table(world));
    const planned: string[] = [];
    let step = nextStep(world);
    for (; step.do !== "look" && step.do !== "end"; step = nextStep(world)) {
      check(world, step);
      planned.push(words(step));
      world = carriedOut(world, step);
    }
    if (step.do === "end") {
      checkEnd(world, step.end);
      lines.push("", `Planned: ${[...planned, `the end: ${step.end}`].join(", ")}.`, "");
      return lines.join("\n");
    }
    lines.push("", `Planned: ${planned.length === 0 ? "to look again" : planned.join(", ")}.`);
    const came: string[] = [];
    const other = scenario.others?.[round];
    if (other !== undefined) {
      world = changed(world, other);
      came.push(`somebody else: ${told(other)}`);
    }
    if (round === scenario.killedIn) {
      world = { ...world, members: world.members.map(anew) };
      came.push("the step is killed, and run again");
    } else {
      const end = endOf(world, scenario, random);
      if (end !== null) {
        world = changed(world, end);
        came.push(told(end));
      }
    }
    lines.push(`What came of it: ${came.length === 0 ? "nothing yet" : came.join("; ")}.`);
  }
  throw new Error(`${scenario.name}: does not end`);
}

/** One of those under way comes to its end. */
function endOf(
  world: RolloutWorld,
  { fates = {}, backFates = {} }: Scenario,
  random: () => number,
): Change | null {
  const waiting = world.members.filter(
    (one) => isMoving(one) || (one.ours === "untouched" && isOnItsWay(one)),
  );
  const one = waiting[Math.floor(random() * waiting.length)];
  if (one === undefined) return null;
  const { key, ours } = one;
  if (ours === "back-sent") {
    const fate = backFates[key] ?? { ours: "back-done", serves: true };
    return { key, busy: false, revision: "old", ...fate };
  }
  if (ours === "sent") {
    const fate = fates[key] ?? { ours: "done", serves: true };
    return { key, busy: false, revision: "new", ...fate };
  }
  if (one.busy) return { key, busy: false, serves: true, ...fates[key] };
  return { key, ...(fates[key] ?? { serves: true }) };
}

function isOnItsWay({ busy, revision, serves, force }: Member): boolean {
  return busy || (revision === "new" && !serves && !force);
}

/** What the next run finds of one: the revision is there at once, the guest is not. */
function anew(one: Member): Member {
  const revision = one.ours === "sent" ? "new" : one.revision;
  return { ...one, revision, ours: "untouched", returns: false };
}

function words(step: Step): string {
  if (step.do === "redeploy") return `update ${step.key}`;
  return step.do === "roll-back" ? `bring ${step.key} back` : step.do;
}

function told({ key, ...change }: Change): string {
  const parts = Object.entries(change).map(([name, value]) =>
    typeof value === "boolean" ? `${value ? "" : "not "}${name}` : `${name} ${value}`,
  );
  return `${key} (${parts.join(", ")})`;
}

function sizes({ members, maxUnavailable, onFailure }: RolloutWorld): string {
  return `${members.length} instances, ${maxUnavailable} at a time, on failure: ${onFailure}.`;
}

function table({ members }: RolloutWorld): string {
  const rows = members.map((one) => {
    const state = one.gone ? "gone" : one.busy ? "busy" : one.serves ? "serves" : "does not serve";
    return `| ${one.key} | ${one.revision} | ${state} | ${one.ours} |`;
  });
  return ["| instance | revision | state | ours |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}
