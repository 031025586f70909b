import { json } from "./errors.ts";
import { faultFrom } from "./faults.ts";
import { type CvmSummary, summaries } from "./record.ts";
import type { SimServer } from "./server.ts";
import type { ApiAnswer, Cvm, CvmUpdate, NewCvm } from "./types.ts";
import type { World } from "./world.ts";

type Json = Record<string, unknown>;

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

function objectOf(body: string): Json {
  const value: unknown = body === "" ? {} : JSON.parse(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("the body must be a JSON object");
  }
  return value as Json;
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
      const value: unknown = JSON.parse(body);
      const faults = (Array.isArray(value) ? value : [value]).map(faultFrom);
      for (const fault of faults) server.faults.add(fault);
      return json(200, { added: faults.length });
    }
    case "DELETE /_sim/faults":
      server.faults.clear();
      return json(200, { cleared: true });
    case "POST /_sim/chain":
      return json(200, { transaction_hash: changeChain(world, objectOf(body)) });
    case "POST /_sim/strangers":
      return json(200, summaryOf(world, addStranger(world, objectOf(body) as Stranger)));
    default:
      return oneCvm(world, wanted, body);
  }
}

function changeChain(world: World, change: Json): string {
  const text = (name: string): Json =>
    typeof change[name] === "string" ? { [name]: change[name] } : {};
  if (typeof change.allowAnyDevice === "boolean") {
    world.chain.allowAnyDevice = change.allowAnyDevice;
  }
  const node = world.nodes.find((item) => item.id === change.nodeId);
  return world.chain.register({
    ...(node === undefined ? {} : { deviceId: node.deviceId }),
    ...text("composeHash"),
    ...text("deviceId"),
    ...text("outcome"),
    ...(typeof change.missing === "number" ? { missing: change.missing } : {}),
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
    const { remove, ...update } = objectOf(body);
    if (Object.keys(update).length > 0) world.update(cvm, update as CvmUpdate);
    if (remove === true) world.remove(cvm);
  }
  return json(200, summaryOf(world, cvm));
}
