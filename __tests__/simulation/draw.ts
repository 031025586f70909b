/** Draws a story from a seed: inputs, the app's state, fates, faults, strangers, ends and re-runs. */
import type { Fault, WorldOptions } from "../../simulator/core.ts";
import { Dice } from "./dice.ts";
import { withCrowd } from "./draw-crowd.ts";
import { drawFaults, drawOutages } from "./draw-faults.ts";
import { withDeployments } from "./draw-github.ts";
import { withNames } from "./draw-names.ts";
import { drawExisting, drawFates, drawStrangers, drawUnlike } from "./draw-world.ts";
import {
  type End,
  type Moment,
  NODES,
  PLAIN_GITHUB,
  PLAIN_WISH,
  type Run,
  type Story,
  type Wish,
} from "./story.ts";

export function drawStory(seed: number): Story {
  const dice = new Dice(seed);
  const approving = dice.chance(0.1);
  const wish = drawWish(dice, approving);
  const runs = approving ? approvalRuns(dice, wish) : plainRuns(dice, wish);
  const world = drawWorld(dice, approving);
  const asked = Math.max(wish.count ?? 1, wish.nodes.length, wish.instances ?? 1);
  const story: Story = {
    seed,
    world,
    fates: drawFates(dice, asked * runs.length),
    latencyMs: dice.pick([10, 10, 10, 1, 150, 1_500]),
    // A story without any is needed too: it shows that success has no annotation.
    faults: dice.chance(0.12) ? [] : drawFaults(dice),
    outages: dice.chance(0.1) ? drawOutages(dice) : [],
    strangers: dice.chance(0.4) ? drawStrangers(dice, wish) : [],
    github: PLAIN_GITHUB,
    approval: dice.pick(["all", "all", "hash", "none"]),
    runs,
  };
  const lost = dice.chance(0.04) ? allLost(dice, story) : story;
  if (dice.chance(0.03)) return unlike(dice, story);
  const busy = !approving && dice.chance(0.12) ? withAnotherJob(dice, lost) : lost;
  const recorded = dice.chance(0.12) ? withDeployments(dice, busy) : busy;
  if (dice.chance(0.01)) return withCrowd(dice, recorded);
  // Last, so that all else is drawn as it was before there were names.
  return dice.chance(0.15) && isNameable(wish) ? withNames(dice, recorded) : recorded;
}

function isNameable({ kind }: Wish): boolean {
  return kind === "create" || kind === "prepare" || kind === "dry-run";
}

/** Every answer is lost and the list is late: what main can't find is left to post. */
function allLost(dice: Dice, story: Story): Story {
  const lost: Fault = {
    route: "create",
    kind: "drop",
    when: dice.pick(["before", "after"]),
    nth: dice.pick([1, 1, 2]),
    times: dice.pick([1, 2, "always"]),
  };
  const other: Fault = { route: "create", kind: "drop", when: "before", times: "always" };
  const listLagMs = dice.pick([20_000, 31_000, 40_000, 64_000]);
  return { ...story, world: { ...story.world, listLagMs }, faults: [lost, other] };
}

/**
 * The API makes other replicas than it was asked for, and says that all is well. No answer is lost, and
 * each tells a UUID: nobody could tell such a one from a stranger's.
 */
function unlike(dice: Dice, story: Story): Story {
  const paying = ({ route }: { readonly route: string }) => ["create", "commit"].includes(route);
  return {
    ...story,
    world: { ...story.world, nullUuid: false },
    fates: drawUnlike(dice, story.fates),
    faults: story.faults.filter((fault) => !paying(fault)),
    outages: story.outages.filter((outage) => !paying(outage)),
    runs: story.runs.map((run) => ({ ...run, end: null })),
  };
}

/** A second job of ours in the same app, at the same time as the first. */
function withAnotherJob(dice: Dice, story: Story): Story {
  const [first, ...later] = story.runs;
  if (first === undefined) return story;
  const drawn = drawWish(dice, false);
  const scale = dice.chance(0.5);
  const wish: Wish = {
    ...drawn,
    kind: "create",
    // Two jobs at once can't keep that promise.
    exclusive: false,
    // Without it, whoever comes second is refused.
    giveHash: dice.chance(0.7),
    count: null,
    instances: scale ? dice.whole(2, 6) : null,
    nodes: dice.chance(0.5) ? first.wish.nodes.slice(0, 1) : drawn.nodes.slice(0, 1),
  };
  // What hurts comes between one job's first look and its last.
  const gapMs = dice.pick([0, 3, 12, 25, 45, 300, 1_000, 4_000, 15_000, 32_000]);
  const beside = { ...drawRun(dice, wish), gapMs };
  const fates = [...story.fates, ...drawFates(dice, wish.instances ?? 1)];
  const given = {
    ...first.wish,
    exclusive: false,
    giveHash: first.wish.giveHash || dice.chance(0.5),
  };
  return { ...story, fates, runs: [{ ...first, wish: given, beside }, ...later] };
}

function drawWorld(dice: Dice, approving: boolean): WorldOptions {
  const onChain = approving ? dice.chance(0.9) : dice.chance(0.15);
  return {
    nodes: NODES,
    bootMs: dice.pick([0, 200, 5_000, 20_000, 75_000, 240_000]),
    onChain,
    liveInstances: dice.pick([1, 1, 1, 2, 3, 4]),
    stoppedInstances: dice.pick([0, 0, 0, 1, 2]),
    ...some(dice, 0.12, { deadInstances: dice.pick([["error"], ["exited"], ["error", "exited"]]) }),
    ...some(dice, 0.05, { differingHashes: true }),
    ...some(dice, 0.1, { listLagMs: dice.pick([500, 3_000, 12_000, 40_000]) }),
    ...some(dice, 0.3, { clockSkewMs: dice.pick([-700_000, -4_000, 3_500, 90_000, 700_000]) }),
    ...some(dice, 0.2, { createdAtForm: dice.pick(["millis", "naive"]) }),
    ...some(dice, 0.2, { idStyle: "string" }),
    ...some(dice, 0.2, { titleCase: true }),
    ...some(dice, 0.06, { nullUuid: true }),
    ...some(dice, 0.15, { listDeleted: true }),
    ...some(dice, 0.3, { errorForm: "detail" }),
    ...some(dice, 0.3, { placement: "source" }),
    ...some(dice, 0.4, { removeMs: dice.pick([2_000, 15_000, 40_000, 200_000]) }),
    ...some(dice, 0.4, { deleteAgain: dice.pick([204, 404]) }),
    ...some(dice, 0.1, { existingPlans: drawExisting(dice) }),
    ...some(dice, 0.5, { gatewayForm: "host" }),
    ...some(dice, 0.3, { gatewayInRow: false }),
    // What was sick before the run began is none of its failures.
    ...some(dice, 0.12, { existingPlans: [{}, { steps: [{ atMs: 0, status: "starting" }] }] }),
    ...some(dice, 0.3, { bootFailureStatus: dice.pick(["error", "exited"]) }),
    ...(onChain ? drawChain(dice, approving) : {}),
  };
}

function drawChain(dice: Dice, approving: boolean): WorldOptions {
  return {
    ...some(dice, approving ? 0.1 : 0.5, { always465: true }),
    chainDevices: dice.pick(["source", "all", "all", "none"]),
    ...some(dice, 0.2, { allowAnyDevice: true }),
    ...some(dice, 0.25, { form465: dice.pick(["detail", "flat", "flat-detail", "string"]) }),
    ...some(dice, 0.05, { omitToken: true }),
    ...some(dice, 0.3, { keepOldTokens: true }),
    ...some(dice, 0.3, { commitNotAllowed: 468 }),
    ...some(dice, 0.2, { commitNeedsHash: true }),
    ...some(dice, 0.2, { k256InCvm: true }),
  };
}

function some<T extends WorldOptions>(dice: Dice, probability: number, options: T): Partial<T> {
  return dice.chance(probability) ? options : {};
}

function drawWish(dice: Dice, approving: boolean): Wish {
  const wait = dice.chance(0.75);
  const common = {
    ...PLAIN_WISH,
    giveHash: dice.chance(0.15),
    env: dice.chance(0.08) ? dice.pick(["blob", "blob", "pairs"] as const) : "none",
    cleanup: dice.pick([null, "never", "on_failure", "on_failure", "always", "always"] as const),
    exclusive: dice.chance(0.5),
    ttlMs: dice.chance(0.25) ? dice.pick([60_000, 90_000, 600_000, 3_600_000]) : null,
    wait,
    waitTimeoutMs: wait ? dice.pick([null, 1_000, 30_000, 90_000, 180_000, 600_000]) : null,
    pollMs: wait ? dice.pick([null, 1_000, 5_000, 7_500, 20_000, 45_000]) : null,
    requestTimeoutMs: dice.pick([null, null, 5_000, 20_000, 120_000]),
    health: wait && dice.chance(0.35),
  } satisfies Wish;
  if (approving) return { ...common, kind: "prepare", nodes: someNodes(dice, 1) };
  const kind = dice.chance(0.04) ? dice.pick(["dry-run", "bad-input"] as const) : "create";
  const scale = dice.chance(0.3);
  const nodes = dice.chance(0.5) ? someNodes(dice, 3) : [];
  return {
    ...common,
    kind,
    nodes,
    instances: scale ? dice.whole(1, 6) : null,
    count: !scale && dice.chance(0.6) ? dice.pick([1, 2, 3, 3, 4, 8]) : null,
  };
}

function someNodes(dice: Dice, most: number): string[] {
  const node = () =>
    dice.pick(["26", "31", "26", "31", "sim-prod9", "SIM-PROD5", "12", "sim-closed", "no-such"]);
  // Mostly nodes that take replicas: a story that ends at once tells little.
  const good = () => dice.pick(["26", "31", "sim-prod9", "Sim-Prod5"]);
  return Array.from({ length: dice.whole(1, most) }, dice.chance(0.93) ? good : node);
}

function plainRuns(dice: Dice, wish: Wish): Run[] {
  const again = wish.instances === null ? dice.chance(0.15) : dice.chance(0.7);
  const count = again ? dice.pick([2, 2, 3]) : 1;
  return Array.from({ length: count }, () => drawRun(dice, wish));
}

/** Prepare, then commit, sometimes twice with the same token. */
function approvalRuns(dice: Dice, wish: Wish): Run[] {
  const commit: Wish = { ...wish, kind: "commit", nodes: [], env: "none", count: null };
  const commits = dice.pick([1, 1, 2]);
  return [
    drawRun(dice, wish),
    ...Array.from({ length: commits }, () =>
      drawRun(dice, { ...commit, giveHash: dice.chance(0.7) }),
    ),
  ];
}

function drawRun(dice: Dice, wish: Wish): Run {
  return {
    wish,
    gapMs: dice.pick([0, 1_000, 1_000, 30_000, 3_600_000]),
    end: dice.chance(0.3) ? drawEnd(dice) : null,
    postGapMs: dice.pick([0, 100, 3_000, 60_000]),
    killedPosts: dice.chance(0.08) ? [drawMoment(dice)] : [],
  };
}

function drawEnd(dice: Dice): End {
  return { how: dice.pick(["cancel", "kill", "kill"]), at: drawMoment(dice) };
}

function drawMoment(dice: Dice): Moment {
  if (dice.chance(0.3)) {
    const route = dice.pick([
      "create",
      "create",
      "list",
      "batch",
      "scheduled-delete",
      "commit",
      "delete",
    ]);
    return { route, nth: dice.pick([1, 1, 2, 3, 5]) };
  }
  return { step: dice.whole(0, dice.pick([6, 15, 40, 120])) };
}
