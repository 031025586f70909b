import { bareHex } from "./chain.ts";
import { coded, plain } from "./errors.ts";
import { type Node, nodeById, SOURCE_IMAGE } from "./nodes.ts";
import { randomUuid } from "./random.ts";
import type { Cvm, Token } from "./types.ts";
import type { World } from "./world.ts";

/** A replica that was asked for, checked and ready to be made. */
export interface Order {
  readonly source: Cvm;
  readonly node: Node;
  readonly composeHash: string;
  readonly encryptedEnv: string | null;
}

/** The fields of OpenAPI's `ReplicateRequest`, types already checked. */
export interface Wish {
  readonly nodeId: number | null;
  readonly teepodId: number | null;
  readonly composeHash: string | null;
  readonly encryptedEnv: string | null;
}

/**
 * Turns a request into an order, or refuses it as the API does. Statuses that the facts leave open
 * are 400.
 */
export function orderFor(world: World, source: Cvm, wish: Wish): Order {
  if (wish.encryptedEnv !== null) checkEnv(wish.encryptedEnv);
  const composeHash = hashFor(world, source, wish.composeHash);
  // Which of the two wins is not known; a client that sends both can't rely on either.
  const wanted = wish.teepodId ?? wish.nodeId;
  const node = wanted === null ? placed(world, source) : nodeById(world.nodes, wanted);
  if (node === undefined) {
    throw coded(400, "ERR-01-001", `Node ${wanted} not found`, {
      details: [{ field: "node_id", value: wanted, message: "unknown node" }],
      suggestions: ["Use GET /teepods/available to list the nodes"],
    });
  }
  checkNode(world, node);
  return { source, node, composeHash, encryptedEnv: wish.encryptedEnv };
}

function checkEnv(hex: string): void {
  // `0x` in front is not known to be accepted (API facts, section 11), so it is not.
  if (!/^([0-9a-f]{2})+$/i.test(hex)) throw plain(400, "encrypted_env is not valid hex");
}

function hashFor(world: World, source: Cvm, wanted: string | null): string {
  const live = world.liveOf(source.appId);
  if (wanted === null || wanted === "") {
    if (live.length <= 1) return source.composeHash;
    throw coded(400, "ERR-03-009", "The app has several live instances: compose_hash is required", {
      details: [{ field: "live_instances", value: live.length, message: null }],
      suggestions: ["Send compose_hash"],
    });
  }
  const hash = bareHex(wanted);
  if (!/^[0-9a-f]{64}$/.test(hash)) throw plain(400, "compose_hash is not 64 hex digits");
  const known = world.cvms.some((cvm) => cvm.appId === source.appId && cvm.composeHash === hash);
  if (!known) {
    throw coded(400, "ERR-02-008", "compose_hash is not a revision of this app", {
      details: [{ field: "compose_hash", value: wanted, message: "unknown revision" }],
    });
  }
  return hash;
}

/** The node of a replica that names none: the sources disagree, so it is an option of the world. */
function placed(world: World, source: Cvm): Node {
  const home = nodeById(world.nodes, source.nodeId);
  if (world.settings.placement === "source" && home !== undefined) return home;
  const usable = world.nodes.filter((node) => !node.forbidden && world.freeSlots(node) > 0);
  const elsewhere = usable.filter((node) => node.id !== source.nodeId);
  const choice = elsewhere.length > 0 ? elsewhere : usable;
  const node = choice[Math.floor(world.random() * choice.length)];
  if (node === undefined) throw coded(400, "ERR-02-002", "No node has room for this CVM");
  return node;
}

function checkNode(world: World, node: Node): void {
  const about = { details: [{ field: "node_id", value: node.id, message: node.name }] };
  if (node.forbidden) throw coded(400, "ERR-02-012", "No access to this node", about);
  if (world.freeSlots(node) <= 0) {
    throw coded(400, "ERR-02-005", `Node ${node.name} has no free CVM slots`, {
      ...about,
      suggestions: ["Choose another node"],
    });
  }
  if (!node.images.includes(SOURCE_IMAGE)) {
    throw coded(400, "ERR-03-006", `Image ${SOURCE_IMAGE} is not on node ${node.name}`, about);
  }
}

/** Makes the replica: from here on it exists and is billed. */
export function carryOut(world: World, order: Order, requestIndex: number | null): Cvm {
  return world.add({
    origin: "replica",
    appId: order.source.appId,
    nodeId: order.node.id,
    composeHash: order.composeHash,
    encryptedEnv: order.encryptedEnv,
    requestIndex,
  });
}

/**
 * Whether a create has to stop for on-chain approval.
 *
 * Prepare-only on an app without on-chain KMS has no effect: a real replica is made (assumed by
 * analogy with the deploy route, API facts, section 1.3).
 */
export function needsApproval(world: World, order: Order, prepareOnly: boolean): boolean {
  if (!world.settings.onChain) return false;
  const allowed = world.chain.allowance(order.composeHash, order.node.deviceId).is_allowed;
  return prepareOnly || world.settings.always465 || !allowed;
}

/** Hands out a token for an order; by default it voids the older ones of the same source. */
export function prepare(world: World, order: Order): Token {
  if (!world.settings.keepOldTokens) {
    for (const old of world.tokens.values()) {
      if (old.sourceUuid === order.source.vmUuid) old.superseded = true;
    }
  }
  const token: Token = {
    token: randomUuid(world.random),
    sourceUuid: order.source.vmUuid,
    composeHash: order.composeHash,
    nodeId: order.node.id,
    encryptedEnv: order.encryptedEnv,
    createdAt: world.now(),
    used: false,
    superseded: false,
  };
  world.tokens.set(token.token, token);
  return token;
}
