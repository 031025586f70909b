import { json } from "./errors.ts";
import type { FaultPlan } from "./faults.ts";
import { chainOrderFrom, cvmOrderFrom, faultFrom, nodeOrderFrom, strangerFrom } from "./given.ts";
import { nodeById } from "./nodes.ts";
import { type GatewayRequest, type RecordedRequest, summaries, summaryOf } from "./record.ts";
import { addStranger } from "./stranger.ts";
import type { ApiAnswer } from "./types.ts";
import type { World } from "./world.ts";

/** What the control routes need of a server. */
export interface Controlled {
  readonly world: World;
  readonly requests: readonly RecordedRequest[];
  readonly gatewayRequests: readonly GatewayRequest[];
  readonly faults: FaultPlan;
}

/**
 * Control routes below `/_sim/` for drivers in another process. They are no part of the API and need
 * no key: the server listens on the loopback only.
 */
export function control(server: Controlled, method: string, path: string, body: string): ApiAnswer {
  try {
    return route(server, `${method} ${path.replace(/\?.*$/, "")}`, body);
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function jsonOf(body: string): unknown {
  return body === "" ? {} : JSON.parse(body);
}

function route(server: Controlled, wanted: string, body: string): ApiAnswer {
  const { world } = server;
  switch (wanted) {
    case "GET /_sim/requests":
      return json(200, server.requests);
    case "GET /_sim/gateway":
      return json(200, server.gatewayRequests);
    case "GET /_sim/cvms":
      return json(200, summaries(world));
    case "POST /_sim/faults": {
      const value = jsonOf(body);
      const faults = (Array.isArray(value) ? value : [value]).map(faultFrom);
      for (const fault of faults) server.faults.add(fault);
      return json(200, { added: faults.length });
    }
    case "DELETE /_sim/faults":
      server.faults.clear();
      return json(200, { cleared: true });
    case "POST /_sim/chain":
      return json(200, { transaction_hash: changeChain(world, jsonOf(body)) });
    case "POST /_sim/strangers":
      return json(200, summaryOf(world, addStranger(world, strangerFrom(jsonOf(body)))));
    default:
      return oneCvm(world, wanted, body);
  }
}

function changeChain(world: World, body: unknown): string {
  const { nodeId, allowAnyDevice, ...change } = chainOrderFrom(body);
  const node = nodeId === undefined ? undefined : nodeById(world.nodes, nodeId);
  if (nodeId !== undefined && node === undefined) throw new Error(`there is no node ${nodeId}`);
  if (allowAnyDevice !== undefined) world.chain.allowAnyDevice = allowAnyDevice;
  return world.chain.register({
    ...(node === undefined ? {} : { deviceId: node.deviceId }),
    ...change,
  });
}

function oneNode(world: World, wanted: string, body: string): ApiAnswer {
  const id = /^POST \/_sim\/nodes\/(\d+)$/.exec(wanted)?.[1];
  const node = id === undefined ? undefined : nodeById(world.nodes, Number(id));
  if (node === undefined) return json(404, { error: "no such control route, CVM or node" });
  Object.assign(node, nodeOrderFrom(jsonOf(body)));
  return json(200, node);
}

function oneCvm(world: World, wanted: string, body: string): ApiAnswer {
  const [, method, uuid, action] =
    /^(GET|POST|DELETE) \/_sim\/cvms\/([0-9a-f-]+)(\/env)?$/.exec(wanted) ?? [];
  const cvm = uuid === undefined ? undefined : world.find(uuid);
  if (cvm === undefined) return oneNode(world, wanted, body);
  if (action !== undefined) {
    const sealed = cvm.encryptedEnv;
    return json(200, { plaintext: sealed === null ? null : world.kms.open(cvm.appId, sealed) });
  }
  if (method === "DELETE") world.remove(cvm);
  if (method === "POST") {
    const { remove, ...update } = cvmOrderFrom(jsonOf(body));
    if (Object.keys(update).length > 0) world.update(cvm, update);
    if (remove === true) world.remove(cvm);
  }
  return json(200, summaryOf(world, cvm));
}
