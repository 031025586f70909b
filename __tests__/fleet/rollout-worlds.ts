/** All that may befall a rollout, for the walk through every world and for the transcripts. */
import { nextStep, type Step } from "../../src/fleet/plan/next-step.ts";
import {
  type Change,
  changed,
  isAway,
  isMoving,
  type Member,
  type RolloutWorld,
} from "../../src/fleet/plan/rollout-world.ts";

export const member = (key: string, over: Partial<Member> = {}): Member => ({
  key,
  revision: "old",
  serves: true,
  busy: false,
  ours: "untouched",
  createdAt: key.charCodeAt(0),
  force: false,
  returns: false,
  parked: false,
  gone: false,
  ...over,
});

export const worldOf = (
  members: readonly Member[],
  over: Partial<RolloutWorld> = {},
): RolloutWorld => ({
  members,
  maxUnavailable: 1,
  onFailure: "stop",
  approval: false,
  cancelled: false,
  outOfTime: false,
  ...over,
});

/** The world once a step was carried out. */
export function carriedOut(world: RolloutWorld, step: Step): RolloutWorld {
  if (step.do === "redeploy") {
    const returns = find(world, step.key).revision === "old";
    return changed(world, { key: step.key, ours: "sent", serves: false, returns });
  }
  if (step.do === "roll-back") {
    return changed(world, { key: step.key, ours: "back-sent", serves: false, returns: false });
  }
  return world;
}

export function find({ members }: RolloutWorld, key: string): Member {
  const found = members.find((one) => one.key === key);
  if (found === undefined) throw new Error(`no member ${key}`);
  return found;
}

/** What may come of one member while it is looked at. Each is news: nothing here goes on for ever. */
export function eventsOf(one: Member): readonly Change[] {
  const { key, ours, busy, revision, serves } = one;
  if (ours === "sent") {
    const settled = { key, busy: false } as const;
    return [
      { ...settled, ours: "done", revision: "new", serves: true },
      { ...settled, ours: "failed", revision: "new", serves: false },
      // Refused for certain: it is as it was.
      { ...settled, ours: "failed", revision: "old", serves: true, returns: false },
      { key, ours: "failed", revision: "new", serves: false, busy: true },
      { ...settled, ours: "overtaken", revision: "old", serves: true },
      { ...settled, ours: "failed", gone: true },
    ];
  }
  if (ours === "back-sent") {
    return [
      { key, ours: "back-done", revision: "old", serves: true, busy: false },
      { key, ours: "back-failed", revision: "old", serves: false, busy: false },
      { key, ours: "back-failed", revision: "new", serves: false, busy: true },
    ];
  }
  if (busy && ours === "untouched") {
    return [
      { key, busy: false, revision: "new", serves: true },
      { key, busy: false, revision: "old", serves: true },
      { key, busy: false, revision: "new", serves: false },
    ];
  }
  if (busy && ours === "done") return [{ key, busy: false, serves: true }];
  if (ours === "untouched" && revision === "new" && !serves && !one.force) {
    return [
      { key, serves: true },
      { key, ours: "unfit" },
    ];
  }
  return [];
}

/** A touch of the planner that no plan may hold. @throws with what is wrong */
export function check(world: RolloutWorld, step: Step): void {
  if (step.do !== "redeploy" && step.do !== "roll-back") return;
  const one = find(world, step.key);
  const back = step.do === "roll-back";
  if (one.gone) throw new Error("touches what is gone");
  if (world.cancelled) throw new Error("touches after the cancel");
  if (back ? !one.returns || !["done", "failed"].includes(one.ours) : one.ours !== "untouched") {
    throw new Error(`${step.do}: is touched again`);
  }
  if (!back && one.busy) throw new Error("touches what somebody else updates");
  if (!back && one.revision === "new" && !one.force) throw new Error("updates what is on it");
  if (back && world.onFailure !== "rollback") throw new Error("goes back unasked");
  if (!back && (world.outOfTime || world.approval)) throw new Error("touches after the end");
  const failed = world.members.some(
    ({ ours, gone }) => ours === "failed" || (ours === "unfit" && !gone),
  );
  if (!back && failed) throw new Error("touches another after a failure");
  const others = world.members.filter(({ key }) => key !== one.key);
  const missed = one.serves && !one.busy && !one.parked;
  const away = others.filter(missed ? isAway : isMoving).length;
  if (away >= world.maxUnavailable) throw new Error(`too few serve because of us (${away} away)`);
}

/** What holds where it ends. @throws with what is wrong */
export function checkEnd(world: RolloutWorld, end: string): void {
  const there = world.members.filter(({ gone }) => !gone);
  const bad = world.members.some(
    ({ ours }) => ["failed", "unfit"].includes(ours) || ours.startsWith("back-"),
  );
  if (end === "done") {
    const missing = there.filter(
      ({ ours, revision, force, serves, parked }) =>
        ours !== "done" &&
        ours !== "overtaken" &&
        (revision === "old" || force || (!serves && !parked)),
    );
    if (missing.length > 0) throw new Error("ends as done with something left");
    return;
  }
  if (end === "cancelled" && !world.cancelled) throw new Error("cancelled by nobody");
  if (end === "approval" && !world.approval) throw new Error("asks for no approval");
  if (end === "out-of-time" && !world.outOfTime) throw new Error("is not out of time");
  const reason = bad || world.outOfTime;
  if (["stopped", "rolled-back", "back-failed"].includes(end) && !reason) {
    throw new Error(`${end} without a reason`);
  }
  if (end === "rolled-back" && there.some(({ ours, returns }) => ours === "done" && returns)) {
    throw new Error("says that all went back");
  }
}

/** All worlds that may come next; none: it stands still. */
export function* successors(world: RolloutWorld, step: Step): Generator<RolloutWorld> {
  if (step.do === "redeploy" || step.do === "roll-back") {
    yield carriedOut(world, step);
    if (!world.cancelled) yield { ...carriedOut(world, step), cancelled: true };
    return;
  }
  if (step.do === "end") return;
  for (const one of world.members) for (const event of eventsOf(one)) yield changed(world, event);
}

/** What may befall the run itself at a look. */
export function* blows(world: RolloutWorld): Generator<RolloutWorld> {
  if (!world.outOfTime) yield { ...world, outOfTime: true };
  if (!world.cancelled) yield { ...world, cancelled: true };
  const done = world.members.find(({ ours, busy }) => ours === "done" && !busy);
  if (done !== undefined) yield changed(world, { key: done.key, busy: true, serves: false });
  const sent = world.members.find(({ ours }) => ours === "sent");
  if (sent !== undefined && !world.approval) {
    yield {
      ...changed(world, { key: sent.key, ours: "untouched", serves: true, returns: false }),
      approval: true,
    };
  }
}

export { nextStep };
