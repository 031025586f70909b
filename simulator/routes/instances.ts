import { createHash } from "node:crypto";
import { approvalNeeded } from "../approval.ts";
import { checkChain, checkHash, checkTransaction, usableToken } from "../commit.ts";
import {
  carryOut,
  checkEnv,
  hashFor,
  needsApproval,
  nodeFor,
  type Order,
  orderFor,
  prepare,
} from "../create.ts";
import { coded, json, plain } from "../errors.ts";
import { appById } from "../lookup.ts";
import { checkFree, isName } from "../names.ts";
import type { Context, Route } from "../route.ts";
import { cvmInfo } from "../shapes-2026-01-21.ts";
import { vmShape } from "../shapes-vm.ts";
import type { ApiAnswer, Cvm } from "../types.ts";
import { Fields, readBody } from "../validate.ts";
import type { World } from "../world.ts";

/** The fields of OpenAPI's `CreateAppInstanceRequest` and `name`, which all newer clients send. */
interface Wish {
  readonly name: string | null;
  readonly nodeId: number | null;
  readonly teepodId: number | null;
  readonly composeHash: string | null;
  readonly composeFile: string | null;
  readonly script: string | null;
  readonly encryptedEnv: string | null;
  readonly token: string | null;
  readonly transactionHash: string | null;
}

function wishOf(context: Context): Wish {
  const fields = new Fields(readBody(context.body, context.headers["content-type"], true));
  const honoured = context.world.settings.instanceNames === "honour";
  const wish = {
    // A server that does not know the field does not look at it either.
    name: honoured ? fields.text("name") : null,
    nodeId: fields.integer("node_id"),
    teepodId: fields.integer("teepod_id"),
    composeHash: fields.text("compose_hash"),
    composeFile: fields.text("docker_compose_file"),
    script: fields.text("pre_launch_script"),
    encryptedEnv: fields.text("encrypted_env"),
    token: fields.text("token"),
    transactionHash: fields.text("transaction_hash"),
  };
  if (wish.name !== null && !isName(wish.name)) fields.wrong("name", "Invalid CVM name");
  fields.done();
  return wish;
}

/** The instance that a new one is a copy of: the oldest that lives, else the oldest of any status. */
function templateOf(world: World, appId: string): Cvm {
  const there = world.cvms.filter((cvm) => cvm.appId === appId && !world.view(cvm).gone);
  const template = world.liveOf(appId)[0] ?? there[0];
  if (template === undefined) throw plain(400, "No template instance found for this app");
  return template;
}

/** A compose file of its own is a new revision of the app; how the API hashes it is its own affair. */
function newHash(template: Cvm, composeFile: string, script: string | null): string {
  return createHash("sha256")
    .update(JSON.stringify([template.appId, composeFile, script]))
    .digest("hex");
}

function ordered(world: World, template: Cvm, wish: Wish): Order {
  const { composeFile, script } = wish;
  if (composeFile === null && script === null) {
    const needed = world.settings.instancesNeedHash;
    const composeHash = hashFor(world, template, wish.composeHash, needed);
    return { ...orderFor(world, template, { ...wish, composeHash }), via: "instance" };
  }
  if (wish.composeHash !== null) {
    throw plain(400, "compose_hash and docker_compose_file exclude each other");
  }
  if (composeFile?.trim() === "") throw coded(400, "ERR-01-003", "Compose file is invalid");
  if (wish.encryptedEnv !== null) checkEnv(wish.encryptedEnv);
  return {
    via: "instance",
    source: template,
    node: nodeFor(world, template, wish),
    composeHash: newHash(template, composeFile ?? template.composeFile, script),
    composeFile: composeFile ?? template.composeFile,
    encryptedEnv: wish.encryptedEnv,
    name: null,
  };
}

/** The answer in the form that the world's options choose: clients expect different ones. */
function answer(context: Context, cvm: Cvm): ApiAnswer {
  const { world, version } = context;
  switch (world.settings.instanceAnswer) {
    case "vm":
      return json(200, vmShape(world, cvm, version));
    case "cvm":
      return json(200, cvmInfo(world, cvm, version));
    case "partial": {
      const { id, name, resource, status } = cvmInfo(world, cvm, version);
      return json(200, { id, name, resource, status });
    }
  }
}

function commit(context: Context, appId: string, wish: Wish): ApiAnswer {
  const { world } = context;
  const fits = (one: { via: string; appId: string }): boolean =>
    one.via === "instance" && one.appId === appId;
  const token = usableToken(world, wish.token ?? "", fits);
  checkHash(world, token, wish.composeHash ?? "");
  checkChain(world, token);
  checkTransaction(world, wish.transactionHash ?? "");
  const source = world.find(token.sourceUuid);
  if (source === undefined) throw plain(400, "No template instance found for this app");
  const name = wish.name ?? (world.settings.prepareKeepsName ? token.name : null);
  if (name !== null) checkFree(world, name);
  const node = nodeFor(world, source, { nodeId: token.nodeId, teepodId: null });
  token.used = true;
  const { composeHash, composeFile, encryptedEnv } = token;
  const order = { via: token.via, source, node, composeHash, composeFile, encryptedEnv, name };
  return answer(context, carryOut(world, order, context.index));
}

function create(context: Context): ApiAnswer {
  const { world } = context;
  const wish = wishOf(context);
  const appId = appById(world, context.params.app_id ?? "");
  if (wish.token !== null && wish.token !== "") return commit(context, appId, wish);
  const template = templateOf(world, appId);
  if (wish.name !== null) checkFree(world, wish.name);
  const order = { ...ordered(world, template, wish), name: wish.name };
  if (context.overlaps && world.settings.refuseConcurrent) {
    throw coded(400, "ERR-02-009", "Incompatible configuration");
  }
  const prepareOnly = context.headers["x-prepare-only"] === "true";
  if (needsApproval(world, order, prepareOnly)) throw approvalNeeded(world, prepare(world, order));
  return answer(context, carryOut(world, order, context.index));
}

/** Instances that a client may name; both phases on one route (API facts, section 12). */
export const instancesRoutes: readonly Route[] = [
  { name: "instances", method: "POST", path: "/apps/{app_id}/instances", run: create },
];
