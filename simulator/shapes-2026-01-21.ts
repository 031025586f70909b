import { deviceIds, nodeById } from "./nodes.ts";
import { cvmKmsInfo, kmsType } from "./shapes-kms.ts";
import { HOURLY_USD, SIZE } from "./shapes-vm.ts";
import type { Cvm } from "./types.ts";
import { endpointsOf, gatewayDomain, isoTime, spelled } from "./urls.ts";
import { hasHashedIds, type Version } from "./version.ts";
import type { World } from "./world.ts";

/** A node as it is embedded in answers (OpenAPI `NodeRef`). */
export function nodeRef(world: World, nodeId: number): Record<string, unknown> | null {
  const node = nodeById(world.nodes, nodeId);
  if (node === undefined) return null;
  return {
    object_type: "node",
    id: node.id,
    node_id: node.id + 1000,
    name: node.name,
    region: node.region,
    device_id: node.listedDeviceId,
    device_ids: deviceIds(node),
    ppid: null,
    status: "ONLINE",
    version: "v0.5.9",
  };
}

/** At one version the sources disagree about the id; from 2026-05-22 on they don't (API facts, section 14). */
function rowId(world: World, cvm: Cvm, version: Version): string | number {
  const asNumber = world.settings.rowIdStyle === "number" && !hasHashedIds(version);
  return asNumber ? cvm.id : cvm.hashId;
}

/** A CVM in a list (OpenAPI `CVMInfo` of 2026-01-21). Boot errors are not told here. */
export function cvmInfo(world: World, cvm: Cvm, version: Version): Record<string, unknown> {
  const view = world.view(cvm);
  const node = nodeById(world.nodes, cvm.nodeId);
  const image = node?.images[0] ?? null;
  const began = view.removing ? view.deletionStartedAt : (view.operation?.at ?? cvm.createdAt);
  return {
    id: rowId(world, cvm, version),
    name: cvm.name,
    app_id: cvm.appId,
    vm_uuid: cvm.vmUuid,
    instance_id: view.instanceId,
    resource: {
      instance_type: SIZE.instanceType,
      vcpu: SIZE.vcpu,
      memory_in_gb: SIZE.memory / 1024,
      disk_in_gb: SIZE.disk,
      gpus: 0,
      compute_billing_price: String(HOURLY_USD),
      billing_period: "hourly",
    },
    node_info: nodeRef(world, cvm.nodeId),
    os: {
      name: image,
      version: image?.replace("dstack-", "") ?? null,
      is_dev: false,
      os_image_hash: null,
    },
    kms_type: kmsType(world),
    kms_info: cvmKmsInfo(world, cvm.appId),
    status: spelled(world, view.status),
    in_progress: view.inProgress,
    progress: view.inProgress
      ? {
          target: view.target,
          started_at: isoTime(world, began ?? cvm.createdAt),
          correlation_id: view.operation?.id ?? `op-${cvm.id}`,
        }
      : null,
    compose_hash: cvm.composeHash,
    docker_compose_hash: null,
    pre_launch_script_hash: null,
    gateway: { base_domain: gatewayDomain(world), cname: null },
    logs: { serial: null, stdout: null, stderr: null, container_log_base: null },
    services: [],
    endpoints: endpointsOf(world, cvm),
    public_logs: false,
    public_sysinfo: false,
    public_tcbinfo: true,
    gateway_enabled: true,
    secure_time: false,
    storage_fs: "zfs",
    workspace: { object_type: "workspace", ...world.workspace, avatar_url: null },
    creator: {
      object_type: "user",
      id: world.user.hashId,
      username: world.user.username,
      avatar_url: null,
    },
    created_at: isoTime(world, cvm.createdAt - world.settings.createdAtBehindMs),
    deleted_at:
      view.gone && view.deletionStartedAt !== null ? isoTime(world, view.deletionStartedAt) : null,
    listed: false,
    project_type: null,
  };
}

/** A CVM alone (OpenAPI `CVMInfoDetail`): the same with its compose file. */
export function cvmDetail(world: World, cvm: Cvm, version: Version): Record<string, unknown> {
  return {
    ...cvmInfo(world, cvm, version),
    compose_file: {
      name: cvm.name,
      manifest_version: 2,
      runner: "docker-compose",
      docker_compose_file: cvm.composeFile,
      allowed_envs: cvm.allowedEnvs ?? world.settings.allowedEnvs,
      features: ["kms", "tproxy-net"],
    },
  };
}
