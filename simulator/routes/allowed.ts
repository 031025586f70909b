import { bareHex } from "../chain.ts";
import { json, plain } from "../errors.ts";
import { appById, cvmById } from "../lookup.ts";
import { nodeById } from "../nodes.ts";
import type { Context, Route } from "../route.ts";
import { CHAIN_ID } from "../shapes-kms.ts";
import { vmId } from "../shapes-vm.ts";
import type { ApiAnswer, Cvm } from "../types.ts";
import { Fields, readBody } from "../validate.ts";
import type { World } from "../world.ts";

function allowanceShape(
  world: World,
  appId: string,
  composeHash: string,
  deviceId: string,
  error: string | null,
): Record<string, unknown> {
  const status = world.chain.allowance(composeHash, deviceId, world.settings.allowedLagMs);
  return {
    app_contract_address: `0x${appId}`,
    compose_hash: bareHex(composeHash),
    device_id: bareHex(deviceId),
    compose_hash_allowed: error === null && status.compose_hash_allowed,
    allow_any_device: world.chain.allowAnyDevice,
    device_id_allowed: error === null ? status.device_id_allowed : null,
    is_allowed: error === null && status.is_allowed,
    error,
  };
}

/** The check itself never fails with a 4xx: its trouble comes as `error` in a 200 (API facts, 7). */
function appAllowed(context: Context): ApiAnswer {
  const { world } = context;
  const fields = new Fields(readBody(context.body, context.headers["content-type"], false));
  const composeHash = fields.text("compose_hash", true) ?? "";
  const nodeId = fields.integer("node_id");
  const given = fields.text("device_id");
  fields.integer("chain_id");
  fields.done();
  const appId = appById(world, context.params.app_id ?? "");
  const deviceId = given ?? (nodeId === null ? null : nodeById(world.nodes, nodeId)?.deviceId);
  const error = !world.settings.onChain
    ? "The app has no on-chain KMS"
    : deviceId === undefined
      ? "Node not found"
      : null;
  return json(200, allowanceShape(world, appId, composeHash, deviceId ?? "", error));
}

function cvmShape(world: World, cvm: Cvm): Record<string, unknown> {
  const deviceId = nodeById(world.nodes, cvm.nodeId)?.deviceId ?? "";
  return allowanceShape(world, cvm.appId, cvm.composeHash, deviceId, null);
}

function batchAllowed(context: Context): ApiAnswer {
  const { world } = context;
  const appId = appById(world, context.params.app_id ?? "");
  const cvms = world.settings.onChain ? world.liveOf(appId) : [];
  const results = cvms.map((cvm) => ({
    cvm_id: vmId(world, cvm, context.version),
    ...cvmShape(world, cvm),
  }));
  const allowed = cvms.filter((cvm) => cvmShape(world, cvm).is_allowed === true).length;
  return json(200, {
    is_onchain: world.settings.onChain,
    results,
    total: results.length,
    allowed_count: allowed,
    denied_count: results.length - allowed,
    error_count: 0,
    skipped_cvm_ids: [],
  });
}

function deviceAllowlist(context: Context): ApiAnswer {
  const { world } = context;
  const appId = appById(world, context.params.app_id ?? "");
  // The official document has no other answer for an app that is not on chain.
  if (!world.settings.onChain) throw plain(404, "App does not use an on-chain KMS");
  const lag = world.settings.allowedLagMs;
  return json(200, {
    is_onchain_kms: true,
    allow_any_device: world.chain.allowAnyDevice,
    chain_id: CHAIN_ID,
    app_contract_address: `0x${appId}`,
    devices: world.nodes.map((node) => {
      const allowed = world.chain.allowance("", node.deviceId, lag).device_id_allowed;
      const here = world.liveOf(appId).filter((cvm) => cvm.nodeId === node.id);
      return {
        device_id: node.deviceId,
        node_name: node.name,
        cvm_ids: here.map((cvm) => vmId(world, cvm, context.version)),
        allowed_onchain: allowed,
        status: allowed ? "allowed" : "missing",
      };
    }),
  });
}

/** What the app's contract says about hashes and devices. */
export const allowedRoutes: readonly Route[] = [
  { name: "is-allowed", method: "POST", path: "/apps/{app_id}/is-allowed", run: appAllowed },
  {
    name: "batch-is-allowed",
    method: "POST",
    path: "/apps/{app_id}/cvms/is-allowed",
    run: batchAllowed,
  },
  {
    name: "cvm-is-allowed",
    method: "POST",
    path: "/cvms/{cvm_id}/is-allowed",
    run: (context) => {
      const cvm = cvmById(context.world, context.params.cvm_id ?? "");
      return json(200, cvmShape(context.world, cvm));
    },
  },
  {
    name: "device-allowlist",
    method: "GET",
    path: "/apps/{app_id}/device-allowlist",
    run: deviceAllowlist,
  },
];
