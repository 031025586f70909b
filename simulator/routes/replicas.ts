import { approvalNeeded } from "../approval.ts";
import { carryOut, needsApproval, orderFor, prepare, type Wish } from "../create.ts";
import { coded, json } from "../errors.ts";
import { appById, cvmById, sourceOf } from "../lookup.ts";
import type { Context, Route } from "../route.ts";
import { vmShape } from "../shapes-vm.ts";
import type { ApiAnswer, Cvm } from "../types.ts";
import { Fields, readBody } from "../validate.ts";

function wishOf(context: Context): Wish {
  const fields = new Fields(readBody(context.body, context.headers["content-type"], true));
  const wish = {
    nodeId: fields.integer("node_id"),
    teepodId: fields.integer("teepod_id"),
    composeHash: fields.text("compose_hash"),
    encryptedEnv: fields.text("encrypted_env"),
  };
  fields.done();
  return wish;
}

function replicate(context: Context, source: () => Cvm): ApiAnswer {
  const { world } = context;
  // The body's types are checked before anything is looked up, as FastAPI does.
  const wish = wishOf(context);
  const order = orderFor(world, source(), wish);
  if (context.overlaps && world.settings.refuseConcurrent) {
    throw coded(400, "ERR-02-009", "Incompatible configuration");
  }
  // `true` is the only value that any client is known to send; everything else has no effect, which
  // costs a client that relies on `1` or `True` a billed replica.
  const prepareOnly = context.headers["x-prepare-only"] === "true";
  if (needsApproval(world, order, prepareOnly)) throw approvalNeeded(world, prepare(world, order));
  const cvm = carryOut(world, order, context.index);
  return json(200, vmShape(world, cvm, context.version));
}

/** The two routes that create a replica. Both are recorded as `create`. */
export const replicaRoutes: readonly Route[] = [
  {
    name: "create",
    method: "POST",
    path: "/apps/{app_id}/cvms/{vm_uuid}/replicas",
    run: (context) =>
      replicate(context, () => {
        const appId = appById(context.world, context.params.app_id ?? "");
        return sourceOf(context.world, appId, context.params.vm_uuid ?? "");
      }),
  },
  {
    name: "create",
    method: "POST",
    path: "/cvms/{cvm_id}/replicas",
    run: (context) => replicate(context, () => cvmById(context.world, context.params.cvm_id ?? "")),
  },
];
