import { createHash } from "node:crypto";
import { badToken } from "../approval.ts";
import { bareHex } from "../chain.ts";
import { checkEnv } from "../create.ts";
import { json } from "../errors.ts";
import { cvmById } from "../lookup.ts";
import type { Context, Route } from "../route.ts";
import type { ApiAnswer, Cvm } from "../types.ts";
import { accepted, checkApproved, refuseBusy } from "../update.ts";
import { Fields, readBody } from "../validate.ts";
import type { World } from "../world.ts";

function allowedOf(world: World, cvm: Cvm): readonly string[] {
  return cvm.allowedEnvs ?? world.settings.allowedEnvs;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join("\n") === [...b].sort().join("\n");
}

/** The names are part of the compose file, so others mean another hash. */
function hashWith(cvm: Cvm, keys: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([cvm.appId, cvm.composeFile, [...keys].sort()]))
    .digest("hex");
}

/** Replaces the whole environment and restarts the CVM (API facts, section 18). */
function update(context: Context): ApiAnswer {
  const { world } = context;
  const fields = new Fields(readBody(context.body, context.headers["content-type"], false));
  const encryptedEnv = fields.text("encrypted_env", true) ?? "";
  const keys = fields.textsOrNull("env_keys");
  const givenHash = fields.text("compose_hash");
  const transactionHash = fields.text("transaction_hash") ?? "";
  fields.done();
  const cvm = cvmById(world, context.params.cvm_id ?? "");
  checkEnv(encryptedEnv);
  refuseBusy(world, cvm);
  const changed = keys !== null && !sameSet(keys, allowedOf(world, cvm));
  const composeHash = changed ? hashWith(cvm, keys) : cvm.composeHash;
  if (givenHash !== null && bareHex(givenHash) !== composeHash) {
    throw badToken("compose_hash does not match");
  }
  if (changed) checkApproved(world, cvm, composeHash, transactionHash);
  const operation = world.operate(cvm, "update", "update_envs", {
    encryptedEnv,
    composeHash,
    ...(changed ? { allowedEnvs: keys } : {}),
    requestIndex: context.index,
  });
  return json(202, { ...accepted(operation), allowed_envs_changed: changed });
}

export const envRoutes: readonly Route[] = [
  { name: "envs", method: "PATCH", path: "/cvms/{cvm_id}/envs", run: update },
];
