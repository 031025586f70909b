/** What a rollout knows of its instances, and what one more event makes of it. Pure. */

/**
 * What this run did with an instance.
 *
 * - `untouched`: nothing. `sent`: its update is asked for, or under way. `done`: it serves after it.
 * - `failed`: its update was refused, or it did not come to serve.
 * - `overtaken`: somebody else updated it after us: it is left.
 * - `unfit`: on the revision without us, and does not come to serve.
 * - `back-…`: the same of going back.
 */
export type Ours =
  | "untouched"
  | "sent"
  | "done"
  | "failed"
  | "overtaken"
  | "unfit"
  | "back-sent"
  | "back-done"
  | "back-failed";

/** One instance that was selected. */
export interface Member {
  readonly key: string;
  /** Whether its row tells the wanted revision. */
  readonly revision: "old" | "new";
  /** Running, nothing in progress, and healthy as far as that is asked. */
  readonly serves: boolean;
  /** An operation is in progress, ours or somebody else's. */
  readonly busy: boolean;
  readonly ours: Ours;
  /** Ms since the epoch; null: the API does not tell. */
  readonly createdAt: number | null;
  /** To be updated although it is on the revision: its environment is to be replaced. */
  readonly force: boolean;
  /** This run brought it from another revision, so there is one to go back to. */
  readonly returns: boolean;
  /** Stopped on purpose: it neither serves nor is missed. */
  readonly parked: boolean;
  /** Deleted meanwhile. */
  readonly gone: boolean;
}

export interface RolloutWorld {
  readonly members: readonly Member[];
  /** So many of them may be away at a time; at least 1. */
  readonly maxUnavailable: number;
  readonly onFailure: "stop" | "rollback";
  /** The revision has to be registered on chain before anything can go on. */
  readonly approval: boolean;
  readonly cancelled: boolean;
  /** The time for all is over. */
  readonly outOfTime: boolean;
}

/** What a look shows of an instance, or what came of what was asked for. */
export type Change = { readonly key: string } & Partial<Omit<Member, "key">>;

/** The world with one member changed. */
export function changed(world: RolloutWorld, { key, ...change }: Change): RolloutWorld {
  const members = world.members.map((one) => (one.key === key ? { ...one, ...change } : one));
  return { ...world, members };
}

/** An update of ours is asked for or under way, forth or back. */
export function isMoving({ ours }: Pick<Member, "ours">): boolean {
  return ours === "sent" || ours === "back-sent";
}

/** Whether users miss it now. */
export function isAway(member: Member): boolean {
  if (member.gone || (member.parked && !isMoving(member))) return false;
  return member.busy || isMoving(member) || !member.serves;
}
