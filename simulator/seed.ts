import type { Chain } from "./chain.ts";
import type { Node } from "./nodes.ts";
import type { Settings } from "./options.ts";
import { type Random, randomHex } from "./random.ts";
import type { Cvm, NewCvm } from "./types.ts";

const DAY = 86_400_000;

/** What is needed of a world to fill it. */
export interface Ground {
  readonly settings: Settings;
  readonly random: Random;
  readonly nodes: readonly Node[];
  readonly chain: Chain;
  readonly cvms: readonly Cvm[];
  readonly appId: string;
  readonly otherAppId: string;
  readonly foreignAppId: string;
  now(): number;
  add(fresh: NewCvm): Cvm;
}

/** The CVMs that are there from the start. */
export interface Seeds {
  readonly source: Cvm;
  readonly other: Cvm;
  readonly foreign: Cvm;
}

/**
 * Puts the app, another one of the workspace and one of somebody else into a world, and on its chain.
 *
 * @throws if no instance of the app would be live
 */
export function seed(world: Ground): Seeds {
  const source = seedApp(world);
  const nodeId = home(world).id;
  const lone = { origin: "seed", nodeId, createdAt: world.now() - DAY } as const;
  const hash = (): string => randomHex(world.random, 64);
  const { otherAppId, foreignAppId } = world;
  const other = world.add({ ...lone, appId: otherAppId, composeHash: hash(), name: "other-app" });
  const foreign = world.add({
    ...lone,
    appId: foreignAppId,
    composeHash: hash(),
    foreign: true,
    name: "foreign-app",
  });
  seedChain(world);
  return { source, other, foreign };
}

function home(world: Ground): Node {
  return world.nodes[0] as Node;
}

function seedApp(world: Ground): Cvm {
  const { liveInstances, stoppedInstances, deadInstances, differingHashes, existingPlans } =
    world.settings;
  const shared = randomHex(world.random, 64);
  const statuses = [
    ...Array<undefined>(liveInstances).fill(undefined),
    ...Array<string>(stoppedInstances).fill("stopped"),
    ...deadInstances,
  ];
  const made = statuses.map((status, index) => {
    const plan = existingPlans[index];
    const composeHash = index > 0 && differingHashes ? randomHex(world.random, 64) : shared;
    return world.add({
      origin: "seed",
      appId: world.appId,
      nodeId: home(world).id,
      composeHash,
      createdAt: world.now() - DAY + index * 60_000,
      name: index === 0 ? "web" : `web-seed${index}`,
      ...(status === undefined ? {} : { status }),
      ...(plan === undefined ? {} : { plan }),
    });
  });
  const [source] = made;
  if (liveInstances < 1 || source === undefined) {
    throw new Error("liveInstances must be at least 1");
  }
  return source;
}

function seedChain(world: Ground): void {
  const { chainHashes, chainDevices } = world.settings;
  const at = world.now() - DAY;
  if (chainHashes === "live") {
    for (const cvm of world.cvms) {
      if (cvm.appId === world.appId) world.chain.register({ composeHash: cvm.composeHash, at });
    }
  }
  const devices = chainDevices === "all" ? world.nodes : [home(world)];
  if (chainDevices === "none") return;
  for (const node of devices) world.chain.register({ deviceId: node.deviceId, at });
}
