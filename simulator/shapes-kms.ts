import type { Version } from "./version.ts";
import type { World } from "./world.ts";

/** Slug of the app's KMS: a real name, unlike the type `base`, which does not resolve. */
export function kmsSlug(world: World): string {
  return world.settings.onChain ? "kms-base-sim1" : "kms-phala-sim1";
}

/** Chain of the on-chain KMS: Base. */
export const CHAIN_ID = 8453;
const KMS_CONTRACT = `0x${"a1".repeat(20)}`;
const GATEWAY_APP = `0x${"b2".repeat(20)}`;
export const DEPLOYER = `0x${"c3".repeat(20)}`;

/** `KMSInfo` of the OpenAPI document. */
export function kmsInfo(world: World): Record<string, unknown> {
  const { onChain } = world.settings;
  return {
    id: world.kmsId,
    slug: kmsSlug(world),
    url: "https://kms.simulator.invalid",
    version: "v0.5.8",
    chain_id: onChain ? CHAIN_ID : null,
    kms_contract_address: onChain ? KMS_CONTRACT : null,
    gateway_app_id: onChain ? GATEWAY_APP : null,
  };
}

/** The contract that stands for the KMS from version 2026-06-23 on. */
function kmsContract(world: World): Record<string, unknown> {
  return {
    id: "kc_sim1",
    slug: "base",
    label: "Base",
    contract_address: KMS_CONTRACT,
    chain_id: CHAIN_ID,
    k256_pubkey: `0x${world.kms.rootKey}`,
    ca_pubkey: null,
    node_count: world.nodes.length,
  };
}

/** `GET /kms`: KMS instances, or contracts from version 2026-06-23 on. */
export function kmsList(world: World, version: Version): Record<string, unknown>[] {
  if (version < "2026-06-23") return [kmsInfo(world)];
  return world.settings.onChain ? [kmsContract(world)] : [];
}

/** `kms_type` of a 2026-01-21 CVM. */
export function kmsType(world: World): string {
  return world.settings.onChain ? "base" : "phala";
}

/**
 * `kms_info` of a 2026-01-21 CVM: no slug or id in it. The env key is there only for Phala's own KMS;
 * an on-chain app's has to come from the KMS route.
 */
export function cvmKmsInfo(world: World, appId: string): Record<string, unknown> {
  const { onChain, k256InCvm } = world.settings;
  return {
    chain_id: onChain ? CHAIN_ID : null,
    dstack_kms_address: onChain ? KMS_CONTRACT : null,
    dstack_app_address: onChain ? `0x${appId}` : null,
    deployer_address: onChain ? DEPLOYER : null,
    rpc_endpoint: null,
    encrypted_env_pubkey: onChain ? null : world.kms.envKey(appId),
    ...(k256InCvm ? { k256_pubkey: `0x${world.kms.rootKey}` } : {}),
  };
}

/** `GET /kms/{id}/info`: the trust anchor of the signature over env keys. */
export function kmsDetails(world: World): Record<string, unknown> {
  const { onChain } = world.settings;
  const root = `0x${world.kms.rootKey}`;
  return {
    id: world.kmsId,
    slug: kmsSlug(world),
    endpoint: "https://kms.simulator.invalid",
    kms_type: kmsType(world),
    db_version: "v0.5.8",
    rpc: {
      version: "v0.5.8",
      is_dev: false,
      chain_id: onChain ? CHAIN_ID : null,
      kms_contract_address: onChain ? KMS_CONTRACT : null,
      gateway_app_id: onChain ? GATEWAY_APP : null,
      bootstrap_info: {
        k256_pubkey: root,
        ca_pubkey: null,
        quote_length: 5006,
        eventlog_length: 0,
      },
      version_synced: true,
    },
    on_chain: onChain
      ? { kms_info: { k256_pubkey: root }, verification: { k256_pubkey_match: true } }
      : null,
  };
}

/** `GET /apps/{id}/kms-info` (OpenAPI `AppKmsInfoResponse`). */
export function appKmsInfo(world: World, appId: string): Record<string, unknown> {
  const { onChain, deployerType } = world.settings;
  const isSafe = onChain && deployerType === "safe";
  return {
    is_onchain_kms: onChain,
    chain_id: onChain ? CHAIN_ID : null,
    kms_contract_address: onChain ? KMS_CONTRACT : null,
    app_contract_address: onChain ? `0x${appId}` : null,
    deployer_address: onChain ? DEPLOYER : null,
    deployer_type: onChain ? deployerType : null,
    is_contract: onChain && deployerType !== "eoa",
    safe_app_url: isSafe ? `https://app.safe.global/home?safe=base:${DEPLOYER}` : null,
  };
}
