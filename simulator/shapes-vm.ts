import { nodeById } from "./nodes.ts";
import type { Cvm } from "./types.ts";
import { appUrl, isoTime, spelled } from "./urls.ts";
import { hasHashedIds, type Version } from "./version.ts";
import type { World } from "./world.ts";

/** Size of every simulated CVM: vCPUs, memory in MB, disk in GB. */
export const SIZE = { vcpu: 2, memory: 4096, disk: 40, instanceType: "tdx.medium" } as const;

/** The app's compose file; part of answers, so it must never reach a client's log. */
export const COMPOSE_FILE =
  "services:\n  web:\n    image: example/web:1\n    ports:\n      - 8080:8080\n";

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
    docker_compose_file: COMPOSE_FILE,
    features: ["kms", "tproxy-net"],
    created_at: isoTime(world, cvm.createdAt),
    encrypted_env_pubkey: world.settings.onChain ? null : world.kms.envKey(cvm.appId),
  };
}
