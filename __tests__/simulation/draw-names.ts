/** Draws a story with names: its replicas are asked for on the route that takes one. */
import type { Fault, WorldOptions } from "../../simulator/core.ts";
import type { Dice } from "./dice.ts";
import type { Moment, Run, Story, Wish } from "./story.ts";

export const NAMES = ["web-eu-1", "web-eu-2", "web-eu-3", "web-eu-4", "web-eu-5"] as const;

/** Which fault, moment, outage or stranger it is that comes at a request for a replica. */
const PAYING: readonly string[] = ["create", "commit"];

/** The same story, each replica with a name. */
export function withNames(dice: Dice, story: Story): Story {
  const honoured = dice.chance(0.75);
  const approving = story.runs.some(({ wish }) => wish.kind === "prepare");
  const names = NAMES.slice(0, approving ? 1 : dice.whole(1, NAMES.length));
  const nodes = drawNodes(dice, names.length);
  const named = (run: Run): Run => ({
    ...run,
    wish: { ...run.wish, names, count: null, instances: null, nodes: nodesOf(run.wish, nodes) },
    end: run.end === null ? null : { ...run.end, at: momentOn(run.end.at) },
    killedPosts: run.killedPosts.map(momentOn),
    ...(run.beside === undefined ? {} : { beside: otherwise(named(run.beside)) }),
  });
  return {
    ...story,
    world: { ...story.world, ...drawNaming(dice, honoured) },
    faults: story.faults.filter((one) => !isHidden(one, story, honoured)).map(onRoute),
    outages: story.outages.map(onRoute),
    strangers: story.strangers.map((one) =>
      "ms" in one.when ? one : { ...one, when: onRoute(one.when) },
    ),
    runs: story.runs.map(named),
  };
}

/**
 * What two jobs that ask for the same names find is each other's, by all that anybody can tell
 * (the tests of names have that): this one has names of its own.
 */
function otherwise(run: Run): Run {
  const names = run.wish.names.map((name) => name.replace("web", "api"));
  return { ...run, wish: { ...run.wish, names } };
}

function drawNaming(dice: Dice, honoured: boolean): WorldOptions {
  return {
    instanceNames: honoured ? "honour" : "ignore",
    takenName: dice.pick(["code", "detail"]),
    foldNames: dice.chance(0.5),
    nameFreeWhileGoing: dice.chance(0.3),
    prepareKeepsName: dice.chance(0.7),
    instanceAnswer: dice.pick(["vm", "vm", "cvm", "partial"]),
    instancesNeedHash: dice.chance(0.7),
  };
}

/** None, one for all, one each, or alternatives, of which the node 12 is full. */
function drawNodes(dice: Dice, most: number): readonly string[] {
  const good = () => dice.pick(["26", "31", "sim-prod9", "Sim-Prod5"]);
  if (dice.chance(0.4)) return [];
  if (dice.chance(0.4)) return [dice.pick(["12 | 31", "12 | 26 | 31", "12 | any", "31 | 26"])];
  return Array.from({ length: dice.whole(1, most) }, good);
}

function nodesOf({ kind }: Wish, nodes: readonly string[]): readonly string[] {
  return kind === "commit" ? [] : nodes;
}

function momentOn(at: Moment): Moment {
  return "step" in at ? at : onRoute(at);
}

function onRoute<T extends { readonly route: string }>(one: T): T {
  return PAYING.includes(one.route) ? { ...one, route: "instances" } : one;
}

/** The API says no to what it did, and nothing that anybody could ask shows it then. */
function isHidden(fault: Fault, { world }: Story, honoured: boolean): boolean {
  const { route, kind } = fault;
  const lies = kind === "status" && "when" in fault && fault.when === "after" && fault.status < 500;
  return PAYING.includes(route) && lies && (!honoured || (world.listLagMs ?? 0) > 0);
}
