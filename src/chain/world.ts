/** How what we do and see changes what `nextTransaction` knows. Pure. */
import type { Look } from "./contract.ts";
import type { Own, Send, View, World } from "./next-transaction.ts";
import type { SavedTransaction, What } from "./trouble.ts";

/** A world that nothing is known of. @param now ms since the epoch */
export function newWorld(now: number, limits: World["limits"]): World {
  return { now, view: null, own: [], limits };
}

/** What of a look matters to the plan. */
export type Seen = Pick<Look, "latest" | "pending" | "deviceAllowed" | "composeHashAllowed"> & {
  readonly barred: boolean;
};

export function afterLook(world: World, seen: Seen): World {
  const { now } = world;
  const missing: What[] = [];
  if (!seen.deviceAllowed) missing.push("device");
  if (!seen.composeHashAllowed) missing.push("compose-hash");
  const since = (held: boolean, before: number | null | undefined) =>
    held ? (before ?? now) : null;
  const view: View = {
    at: now,
    missing,
    latest: seen.latest,
    pending: seen.pending,
    pendingSince: since(seen.pending > seen.latest, world.view?.pendingSince),
    completeSince: since(missing.length === 0, world.view?.completeSince),
    barred: seen.barred,
  };
  const own = world.own.map((one) => {
    const passed = seen.latest > one.nonce && missing.includes(one.what);
    return { ...one, passedAt: since(passed, one.passedAt) };
  });
  return { ...world, view, own };
}

/** Signed and saved, but not sent yet. */
export function afterSigning(world: World, saved: SavedTransaction): World {
  const own: Own = {
    ...saved,
    signedAt: world.now,
    sends: [],
    receipt: "none",
    askedAt: null,
    minedAt: null,
    passedAt: null,
  };
  return { ...world, own: [...world.own, own] };
}

export function afterSending(world: World, transaction: string, send: Send): World {
  return changed(world, transaction, (own) => ({ ...own, sends: [...own.sends, send] }));
}

export function afterReceipt(world: World, transaction: string, receipt: Own["receipt"]): World {
  return changed(world, transaction, (own) => ({
    ...own,
    receipt,
    askedAt: world.now,
    minedAt: receipt === "none" ? null : (own.minedAt ?? world.now),
  }));
}

function changed(world: World, transaction: string, change: (own: Own) => Own): World {
  const own = world.own.map((one) => (one.transaction === transaction ? change(one) : one));
  return { ...world, own };
}
