import { SIZE } from "./machine.ts";
import { nodeById } from "./nodes.ts";
import type { Cvm } from "./types.ts";
import { appUrl, isoTime, spelled } from "./urls.ts";
import { hasHashedIds, type Version } from "./version.ts";
import type { World } from "./world.ts";

export { COMPOSE_FILE, SIZE } from "./machine.ts";

/** What a CVM of that size costs an hour, in USD. */
export const HOURLY_USD = 0.058;

/** The id of a VM answer: a number or a hashed string, by version and option. */
export function vmId(world: World, cvm: Cvm, version: Version): number | string {
  const hashed = hasHashedIds(version) || world.settings.idStyle === "string";
  return hashed ? cvm.hashId : cvm.id;
}

/**
 * The `VM` of create, commit and scheduled delete (OpenAPI `VM`). Every key is there, nulls included.
 */
export function vmShape(world: World, cvm: Cvm, version: Version): Record<string, unknown> {
  const view = world.view(cvm);
  const node = nodeById(world.nodes, cvm.nodeId);
  return {
    id: vmId(world, cvm, version),
    name: cvm.name,
    status: spelled(world, view.status),
    teepod_id: cvm.nodeId,
    teepod: {
      id: cvm.nodeId,
      name: node?.name ?? "unknown",
      region_identifier: node?.region ?? null,
    },
    user_id: world.user.id,
    app_id: cvm.appId,
    vm_uuid: world.settings.nullUuid && cvm.origin === "replica" ? null : cvm.vmUuid,
    instance_id: view.instanceId,
    app_url: view.reachable ? appUrl(world, cvm) : null,
    base_image: node?.images[0] ?? null,
    vcpu: SIZE.vcpu,
    memory: SIZE.memory,
    disk_size: SIZE.disk,
    manifest_version: 2,
    version: "1.0.0",
    runner: "docker-compose",
    docker_compose_file: cvm.composeFile,
    features: ["kms", "tproxy-net"],
    created_at: isoTime(world, cvm.createdAt - world.settings.createdAtBehindMs),
    encrypted_env_pubkey: world.settings.onChain ? null : world.kms.envKey(cvm.appId),
  };
}
