/** Draws what becomes of each replica, and what strangers do meanwhile. */
import type { Dice } from "./dice.ts";
import { type Health, nodeIdOf, type ReplicaPlan, type StrangerAct, type Wish } from "./story.ts";

export function drawFates(dice: Dice, count: number): ReplicaPlan[] {
  return Array.from({ length: count }, () => (dice.chance(0.6) ? {} : drawFate(dice)));
}

function drawFate(dice: Dice): ReplicaPlan {
  const atMs = dice.pick([0, 1_000, 8_000, 30_000, 100_000]);
  switch (dice.whole(0, 14)) {
    case 0:
      return { bootMs: dice.pick([0, 1_000, 45_000, 900_000]) };
    case 1:
      return {
        steps: [
          { atMs, status: dice.pick(["error", "exited", "Stopped", "failed"]), inProgress: false },
        ],
      };
    case 2:
      return { steps: [{ atMs, status: "starting", bootError: "no route to the registry" }] };
    case 3:
      return {
        steps: [
          { atMs, bootError: "hiccup" },
          { atMs: atMs + dice.pick([500, 2_500, 20_000]), bootError: null },
        ],
      };
    case 4:
      return { removedAfterMs: dice.pick([300, 2_000, 20_000, 120_000]) };
    case 5:
      return { deleteStuck: true };
    case 6:
      return { deleteFails: dice.pick([1, 2, 5, 30]) };
    case 7:
      return { endpointsLagMs: dice.pick([500, 10_000, 25_000, 50_000, 400_000]) };
    case 8:
      return { steps: [{ atMs, status: "rebalancing", inProgress: true }] };
    case 9:
      return { endpointsNever: true };
    case 10:
    case 11:
      return drawAddress(dice);
    case 12:
    case 13:
      return {
        busyMs: dice.pick([400, 6_000, 20_000, 50_000, 100_000, 900_000]),
        busyStatus: dice.pick([400, 409, 423]),
      };
    default:
      return { health: drawHealth(dice) };
  }
}

/** Replicas of another revision or on another node than was asked for. */
export function drawUnlike(dice: Dice, fates: readonly ReplicaPlan[]): ReplicaPlan[] {
  return fates.map((fate) => {
    if (dice.chance(0.4)) return fate;
    return dice.chance(0.5)
      ? { ...fate, madeWithHash: "b2".repeat(32) }
      : { ...fate, madeOnNode: dice.pick([26, 31]) };
  });
}

/** How the CVMs are reached that are there at the start: some have no instance id in their row, or no URL. */
export function drawExisting(dice: Dice): ReplicaPlan[] {
  return [0, 1, 2].map(() => {
    if (dice.chance(0.4)) return {};
    const { endpointsLagMs: _, ...plan } = drawAddress(dice);
    return dice.chance(0.2) ? { endpointsNever: true } : plan;
  });
}

/** Its row has no instance id, although it runs. */
function drawAddress(dice: Dice): ReplicaPlan {
  return {
    instanceIdNull: true,
    instanceUrlNone: dice.chance(0.4),
    backfill: dice.pick(["updates", "skips", "skips"]),
    attestationEvent: dice.chance(0.7),
    ...(dice.chance(0.2) ? { endpointsLagMs: dice.pick([3_000, 30_000]) } : {}),
  };
}

function drawHealth(dice: Dice): Health {
  return dice.pick<Health>([
    { kind: "status", status: 503 },
    { kind: "flap", statuses: [200, 500] },
    { kind: "flap", statuses: [502, 502, 200, 200] },
    { kind: "app-only" },
    { kind: "hang" },
    { kind: "drop" },
    { kind: "ok-after", okAfterMs: 15_000 },
    { kind: "ok-after", okAfterMs: 70_000 },
    { kind: "answer", status: 302, headers: { location: "https://elsewhere.invalid/" }, body: "" },
  ]);
}

export function drawStrangers(dice: Dice, wish: Wish): StrangerAct[] {
  return [drawStranger(dice, wish), ...dice.several(3, () => drawStranger(dice, wish))];
}

function drawStranger(dice: Dice, wish: Wish): StrangerAct {
  const [first = "26"] = wish.nodes;
  const asked = nodeIdOf(first);
  const nodeId = dice.chance(0.7) && (asked === 26 || asked === 31) ? asked : dice.pick([26, 31]);
  const otherHash = dice.chance(0.15);
  return {
    when: dice.chance(0.5)
      ? {
          moment: dice.pick(["before-work", "after-work"]),
          // Between the first look and the first answer is where it hurts.
          route: dice.pick(["create", "create", "create", "list", "commit", "batch", "delete"]),
          nth: dice.pick([1, 1, 2, 3]),
        }
      : { ms: dice.pick([0, 1, 900, 2_500, 6_000, 31_000, 62_000]) },
    act: dice.chance(0.75)
      ? { kind: "create", nodeId, otherHash }
      : { kind: "delete", whose: dice.pick(["stranger", "replica", "seed"]) },
  };
}
