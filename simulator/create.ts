import { bareHex } from "./chain.ts";
import { coded, plain } from "./errors.ts";
import { type Node, nodeById, SOURCE_IMAGE } from "./nodes.ts";
import { randomUuid } from "./random.ts";
import type { Cvm, Token } from "./types.ts";
import type { World } from "./world.ts";

/** A replica that was asked for, checked and ready to be made. */
export interface Order {
  readonly via: Token["via"];
  /** What it is a copy of: the source, or the instance that is the template. */
  readonly source: Cvm;
  readonly node: Node;
  readonly composeHash: string;
  readonly composeFile: string;
  readonly encryptedEnv: string | null;
  /** Null: the server names it. */
  readonly name: string | null;
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
  checkRoom(world);
  const composeHash = hashFor(world, source, wish.composeHash);
  const node = nodeFor(world, source, wish);
  const composeFile = world.revisions.fileOf(source.appId, composeHash) ?? source.composeFile;
  const { encryptedEnv } = wish;
  return { via: "replica", source, node, composeHash, composeFile, encryptedEnv, name: null };
}

/** Most CVMs of the workspace: a refusal of the whole run rather than of one node. */
function checkRoom(world: World): void {
  const { maxCvms } = world.settings;
  const there = world.cvms.filter((cvm) => !cvm.foreign && !world.view(cvm).gone).length;
  if (maxCvms === null || there < maxCvms) return;
  throw coded(400, "ERR-04-002", "The workspace has reached its maximum number of CVMs");
}

/**
 * The node that a wish names, or the one that the platform chooses.
 *
 * @throws Refusal where it is unknown, full, forbidden or without the image
 */
export function nodeFor(world: World, source: Cvm, wish: Pick<Wish, "nodeId" | "teepodId">): Node {
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
  return node;
}

/** @throws Refusal for what is no hex */
export function checkEnv(hex: string): void {
  // `0x` in front is not known to be accepted (API facts, section 11), so it is not.
  if (!/^([0-9a-f]{2})+$/i.test(hex)) throw plain(400, "encrypted_env is not valid hex");
}

/**
 * The revision that a wish names; where it names none, the source's.
 *
 * @param needed whether several live instances make it a must
 * @throws Refusal where it is missing, malformed or no revision of the app
 */
export function hashFor(world: World, source: Cvm, wanted: string | null, needed = true): string {
  const live = world.liveOf(source.appId);
  if (wanted === null || wanted === "") {
    if (!needed || live.length <= 1) return source.composeHash;
    throw coded(400, "ERR-03-009", "The app has several live instances: compose_hash is required", {
      details: [{ field: "live_instances", value: live.length, message: null }],
      suggestions: ["Send compose_hash"],
    });
  }
  const hash = bareHex(wanted);
  if (!/^[0-9a-f]{64}$/.test(hash)) throw plain(400, "compose_hash is not 64 hex digits");
  if (!world.revisions.knows(source.appId, hash)) {
    throw coded(400, "ERR-02-008", "compose_hash is not a revision of this app", {
      details: [{ field: "compose_hash", value: wanted, message: "unknown revision" }],
    });
  }
  return hash;
}

/** The node of a replica that names none: any with room and a fitting image, or by option the source's. */
function placed(world: World, source: Cvm): Node {
  const home = nodeById(world.nodes, source.nodeId);
  if (world.settings.placement === "source" && home !== undefined) return home;
  const usable = world.nodes.filter(
    (node) => !node.forbidden && world.freeSlots(node) > 0 && node.images.includes(SOURCE_IMAGE),
  );
  const elsewhere = usable.filter((node) => node.id !== source.nodeId);
  const choice = elsewhere.length > 0 ? elsewhere : usable;
  const node = choice[Math.floor(world.random() * choice.length)];
  if (node === undefined) throw coded(400, "ERR-02-002", "No node has room for this CVM");
  return node;
}

const LACKS: Readonly<Record<Node["fullCode"], string>> = {
  "ERR-02-003": "has not enough vCPUs",
  "ERR-02-004": "has not enough memory",
  "ERR-02-005": "has no free CVM slots",
};

function checkNode(world: World, node: Node): void {
  const about = { details: [{ field: "node_id", value: node.id, message: node.name }] };
  if (node.forbidden) throw coded(400, "ERR-02-012", "No access to this node", about);
  if (world.freeSlots(node) <= 0) {
    throw coded(400, node.fullCode, `Node ${node.name} ${LACKS[node.fullCode]}`, {
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
    composeFile: order.composeFile,
    encryptedEnv: order.encryptedEnv,
    ...(order.name === null ? { copyOf: order.source.name } : { name: order.name }),
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

/** Hands out a token for an order; by default it voids the older ones of the same source and route. */
export function prepare(world: World, order: Order): Token {
  if (!world.settings.keepOldTokens) {
    for (const old of world.tokens.values()) {
      const same = old.sourceUuid === order.source.vmUuid && old.via === order.via;
      if (same) old.superseded = true;
    }
  }
  const token: Token = {
    token: randomUuid(world.random),
    via: order.via,
    appId: order.source.appId,
    name: order.name,
    composeFile: order.composeFile,
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
