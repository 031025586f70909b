import { COMPOSE_FILE } from "./machine.ts";
import type { ReplicaPlan } from "./plans.ts";
import { type Random, randomHex, randomLower, randomText, randomUuid } from "./random.ts";
import type { Cvm, NewCvm } from "./types.ts";

/** The name that the server gives where none was asked for (API facts, section 1.1). */
function serversName(random: Random, copyOf: string): string {
  return `${copyOf}-rep-${randomLower(random, 5)}`;
}

interface Birth extends Pick<Cvm, "id" | "createdAt"> {
  readonly plan: ReplicaPlan & { bootMs: number };
}

/**
 * The record of a CVM that comes into the world.
 *
 * @param id its number
 * @param createdAt epoch ms
 */
export function recordOf(random: Random, fresh: NewCvm, { id, createdAt, plan }: Birth): Cvm {
  const composeHash = plan.madeWithHash ?? fresh.composeHash;
  return {
    id,
    hashId: `cvm_${randomText(random, 8)}`,
    vmUuid: randomUuid(random),
    appId: fresh.appId,
    foreign: fresh.foreign ?? false,
    name: fresh.name ?? serversName(random, fresh.copyOf ?? "web"),
    nodeId: plan.madeOnNode ?? fresh.nodeId,
    composeHash,
    booted: [{ at: createdAt, composeHash }],
    composeFile: fresh.composeFile ?? COMPOSE_FILE,
    allowedEnvs: null,
    operations: [],
    origin: fresh.origin,
    createdAt,
    requestIndex: fresh.requestIndex ?? null,
    futureInstanceId: randomHex(random, 40),
    encryptedEnv: fresh.encryptedEnv ?? null,
    plan,
    changes: fresh.status === undefined ? [] : [{ at: createdAt, status: fresh.status }],
    health: plan.health ?? { kind: "ok" },
    healthAsked: 0,
    deleteRequestedAt: null,
    deleteStuck: plan.deleteStuck ?? false,
    deleteFailsLeft: plan.deleteFails ?? 0,
    deletes: 0,
    vanishedAt: null,
    scheduledDeleteAt: null,
    backfilledAt: null,
  };
}
