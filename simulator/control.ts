import { json } from "./errors.ts";
import { chainOrderFrom, cvmOrderFrom, faultFrom, strangerFrom } from "./given.ts";
import { nodeById } from "./nodes.ts";
import { type CvmSummary, summaries } from "./record.ts";
import type { SimServer } from "./server.ts";
import type { ApiAnswer, Cvm, NewCvm } from "./types.ts";
import type { World } from "./world.ts";

/** What somebody else may put into an app. Everything has a default. */
export type Stranger = Partial<
  Pick<NewCvm, "appId" | "nodeId" | "composeHash" | "name" | "status" | "plan" | "createdAt">
>;

/** Somebody else creates a CVM, by default a replica of the source in the same app. */
export function addStranger(world: World, stranger: Stranger): Cvm {
  return world.add({
    appId: world.appId,
    nodeId: world.source.nodeId,
    composeHash: world.source.composeHash,
    ...stranger,
    origin: "stranger",
  });
}

/** The summary of one CVM. */
export function summaryOf(world: World, cvm: Cvm): CvmSummary {
  const found = summaries(world).find((item) => item.vmUuid === cvm.vmUuid);
  if (found === undefined) throw new Error(`no CVM ${cvm.vmUuid} in this workspace`);
  return found;
}

/**
 * Control routes below `/_sim/` for drivers in another process. They are no part of the API and need
 * no key: the server listens on the loopback only.
 */
export function control(server: SimServer, method: string, path: string, body: string): ApiAnswer {
  try {
    return route(server, `${method} ${path.replace(/\?.*$/, "")}`, body);
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function jsonOf(body: string): unknown {
  return body === "" ? {} : JSON.parse(body);
}

function route(server: SimServer, wanted: string, body: string): ApiAnswer {
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

function oneCvm(world: World, wanted: string, body: string): ApiAnswer {
  const [, method, uuid, action] =
    /^(GET|POST|DELETE) \/_sim\/cvms\/([0-9a-f-]+)(\/env)?$/.exec(wanted) ?? [];
  const cvm = uuid === undefined ? undefined : world.find(uuid);
  if (cvm === undefined) return json(404, { error: "no such control route or CVM" });
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
