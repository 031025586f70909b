/** What a rollout does next. Pure: the command carries it out, looks, and asks again. */
import { isAway, isMoving, type Member, type RolloutWorld } from "./rollout-world.ts";

/**
 * - `done`: all that there was to do. `stopped`: something failed, what is untouched stays so.
 * - `out-of-time`, `cancelled`, `approval`: as they say; what is under way stays so in the first two.
 * - `rolled-back`: what this run changed has its revision back. `back-failed`: not all of it has.
 */
export type End =
  | "done"
  | "stopped"
  | "out-of-time"
  | "cancelled"
  | "approval"
  | "rolled-back"
  | "back-failed";

export type Step =
  | { readonly do: "redeploy" | "roll-back"; readonly key: string }
  /** Nothing to send now: wait, look again. */
  | { readonly do: "look" }
  | { readonly do: "end"; readonly end: End };

const LOOK: Step = { do: "look" };

/**
 * The next step.
 *
 * Those that don't serve come first, then the oldest. One that serves is taken away only where fewer than
 * `maxUnavailable` of the others are away, for whatever reason; one that does not serve can't be missed, so
 * that only those count which are under way or don't serve on the revision yet. A sick old one therefore never
 * blocks itself, nor the other sick ones for good.
 */
export function nextStep(world: RolloutWorld): Step {
  if (world.cancelled) return end("cancelled");
  const members = world.members.filter(({ gone }) => !gone);
  const moving = members.some(isMoving);
  const failed = world.members.some(isFailure);
  const [next] = toUpdate(members);
  const waits = members.some(isWaitedFor);
  if (!failed && !moving && next === undefined && !waits) return end("done");
  if (failed || world.outOfTime) {
    if (world.onFailure === "rollback") return stepBack(world, members);
    if (world.outOfTime) return end(failed && !moving ? "stopped" : "out-of-time");
    return moving ? LOOK : end("stopped");
  }
  if (world.approval) return moving ? LOOK : end("approval");
  if (next === undefined || !hasRoom(world, members, next)) return LOOK;
  return { do: "redeploy", key: next.key };
}

/** In the order in which they are to be brought along; busy ones are not, until they are no more. */
export function toUpdate(members: readonly Member[]): readonly Member[] {
  return members.filter((one) => wantsUpdate(one) && !one.busy).sort(sickThen(oldestFirst));
}

/** Whether it is still to be updated by this run. */
function wantsUpdate({ ours, revision, force, gone }: Member): boolean {
  return !gone && ours === "untouched" && (revision === "old" || force);
}

/** Going back: first what is under way has to end, since it can't be turned round in the middle. */
function stepBack(world: RolloutWorld, members: readonly Member[]): Step {
  if (members.some(({ ours }) => ours === "sent")) return LOOK;
  const [next] = members.filter(isToGoBack).sort(sickThen((a, b) => oldestFirst(b, a)));
  if (next !== undefined && hasRoom(world, members, next)) {
    return { do: "roll-back", key: next.key };
  }
  if (members.some(isMoving)) return LOOK;
  // Where others are away for good, one that serves the new revision is better than none that serves.
  if (next !== undefined || world.members.some(({ ours }) => ours === "back-failed")) {
    return end("back-failed");
  }
  const went = members.some(({ ours }) => ours === "back-done");
  if (went) return end("rolled-back");
  return end(world.members.some(isFailure) ? "stopped" : "out-of-time");
}

function isToGoBack({ ours, returns }: Member): boolean {
  return returns && (ours === "done" || ours === "failed");
}

function hasRoom(world: RolloutWorld, members: readonly Member[], next: Member): boolean {
  const others = members.filter(({ key }) => key !== next.key);
  const back = next.ours !== "untouched";
  const missed = isMissed(next)
    ? others.filter(isAway)
    : others.filter(back ? isMoving : isInTheWay);
  return missed.length < world.maxUnavailable;
}

/**
 * Whether a further request may go out for one that was chosen before: its answer was lost, or its environment
 * comes after its revision. Somebody else may have taken another one away since.
 *
 * @param serves by the last look
 */
export function maySend(world: RolloutWorld, key: string, serves: boolean): boolean {
  if (!serves) return true;
  const others = world.members.filter((one) => !one.gone && one.key !== key);
  return others.filter(isAway).length < world.maxUnavailable;
}

function isMissed(member: Member): boolean {
  return !member.parked && member.serves && !member.busy;
}

/** On its way, or on the revision and not there yet. */
function isInTheWay(member: Member): boolean {
  if (member.parked && !isMoving(member)) return false;
  if (member.busy || isMoving(member)) return true;
  return !member.serves && member.revision === "new" && !wantsUpdate(member);
}

/** Nothing is to be sent for it, but whether all is well is not known yet. */
function isWaitedFor(member: Member): boolean {
  const { ours, revision, busy, serves, parked } = member;
  // Somebody else's hand on what we have brought along, or a crash: whether it serves is not known before that ends.
  if (ours === "done") return busy || !(serves || parked);
  if (ours !== "untouched") return false;
  return busy || (revision === "new" && !serves && !parked) || wantsUpdate(member);
}

function isFailure({ ours, gone }: Member): boolean {
  if (ours === "failed" || ours === "back-failed" || ours === "back-sent") return true;
  return ours === "back-done" || (ours === "unfit" && !gone);
}

type Order = (a: Member, b: Member) => number;

function sickThen(order: Order): Order {
  return (a, b) => Number(a.serves) - Number(b.serves) || order(a, b);
}

/** One without a date counts as the oldest. Of the same age: by key, so that a plan is the same each time. */
function oldestFirst(a: Member, b: Member): number {
  const age = (a.createdAt ?? 0) - (b.createdAt ?? 0);
  return age === 0 ? (a.key < b.key ? -1 : 1) : age;
}

function end(how: End): Step {
  return { do: "end", end: how };
}
