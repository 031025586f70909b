import { nodeById } from "./nodes.ts";
import { DEPLOYER, kmsInfo } from "./shapes-kms.ts";
import { COMPOSE_FILE, SIZE } from "./shapes-vm.ts";
import type { Cvm } from "./types.ts";
import { appUrl, endpointsOf, gatewayDomain, isoTime, spelled, uptimeText } from "./urls.ts";
import type { World } from "./world.ts";

function nodeShape(world: World, cvm: Cvm): Record<string, unknown> | null {
  const node = nodeById(world.nodes, cvm.nodeId);
  return node === undefined
    ? null
    : { id: node.id, name: node.name, region_identifier: node.region };
}

function contracts(world: World, cvm: Cvm): Record<string, unknown> {
  const { onChain } = world.settings;
  return {
    kms_info: kmsInfo(world),
    contract_address: onChain ? `0x${cvm.appId}` : null,
    deployer_address: onChain ? DEPLOYER : null,
  };
}

/** A CVM in a list (OpenAPI `HostedCvm`): nested in `hosted`, whose `id` is the UUID without dashes. */
export function hostedCvm(world: World, cvm: Cvm): Record<string, unknown> {
  const view = world.view(cvm);
  const status = spelled(world, view.status);
  return {
    hosted: {
      id: cvm.vmUuid.replaceAll("-", ""),
      name: cvm.name,
      status,
      uptime: view.runningSince === null ? "never" : uptimeText(world.now() - view.runningSince),
      app_url: view.reachable ? appUrl(world, cvm) : null,
      app_id: cvm.appId,
      instance_id: view.instanceId,
      configuration: {
        name: cvm.name,
        image: nodeById(world.nodes, cvm.nodeId)?.images[0] ?? "",
        compose_file: {
          name: cvm.name,
          docker_compose_file: COMPOSE_FILE,
          allowed_envs: world.settings.allowedEnvs,
        },
        vcpu: SIZE.vcpu,
        memory: SIZE.memory,
        disk_size: SIZE.disk,
      },
      exited_at: null,
      boot_progress: view.bootProgress,
      boot_error: view.bootError,
      shutdown_progress: view.shutdownProgress,
      image_version: null,
      events: [],
    },
    name: cvm.name,
    managed_user: { id: world.user.id, username: world.user.username },
    node: nodeShape(world, cvm),
    listed: false,
    status,
    in_progress: view.inProgress,
    dapp_dashboard_url: null,
    syslog_endpoint: null,
    allow_upgrade: false,
    project_id: null,
    project_type: null,
    billing_period: "hourly",
    ...contracts(world, cvm),
    vcpu: SIZE.vcpu,
    memory: SIZE.memory,
    disk_size: SIZE.disk,
    gateway_domain: gatewayDomain(world),
    public_urls: endpointsOf(world, cvm),
  };
}

/** A CVM alone (OpenAPI `CvmBasicInfo`): flat, with a numeric id and the KMS's slug. */
export function basicInfo(world: World, cvm: Cvm): Record<string, unknown> {
  const view = world.view(cvm);
  return {
    id: cvm.id,
    teepod_id: cvm.nodeId,
    teepod: nodeShape(world, cvm),
    name: cvm.name,
    status: spelled(world, view.status),
    in_progress: view.inProgress,
    app_id: cvm.appId,
    vm_uuid: cvm.vmUuid,
    instance_id: view.instanceId,
    vcpu: SIZE.vcpu,
    memory: SIZE.memory,
    disk_size: SIZE.disk,
    base_image: nodeById(world.nodes, cvm.nodeId)?.images[0] ?? null,
    encrypted_env_pubkey: world.settings.onChain ? null : world.kms.envKey(cvm.appId),
    listed: false,
    project_id: null,
    project_type: null,
    instance_type: SIZE.instanceType,
    public_sysinfo: false,
    public_logs: false,
    dapp_dashboard_url: null,
    syslog_endpoint: null,
    ...contracts(world, cvm),
    scheduled_delete_at:
      cvm.scheduledDeleteAt === null ? null : isoTime(world, cvm.scheduledDeleteAt),
    public_urls: endpointsOf(world, cvm),
    gateway_domain: gatewayDomain(world),
  };
}
