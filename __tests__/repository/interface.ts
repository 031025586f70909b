/**
 * The interface as it is promised to users, written down apart from action.yml, so that a slip there
 * shows. Changing anything here but adding to it needs a new major version.
 */

interface PromisedInput {
  readonly default?: string;
  readonly required?: true;
  readonly deprecated?: true;
}

export const INPUTS: Readonly<Record<string, PromisedInput>> = {
  api_key: {},
  api_url: {},
  app_id: {},
  vm_uuid: {},
  name: { default: "unset" },
  node_id: {},
  capacity_wait: { default: "0s" },
  teepod_id: { deprecated: true },
  count: {},
  instances: {},
  max_instances: { default: "unset" },
  compose_file: {},
  compose_hash: {},
  encrypted_env: {},
  prepare_only: { default: "unset" },
  dry_run: { default: "unset" },
  request_timeout: { default: "60s" },
  wait: { default: "true" },
  wait_timeout: { default: "15m" },
  poll_interval: { default: "2s" },
  port: {},
  health_check: {},
  verify: { default: "unset" },
  expected_os: { default: "unset" },
  allowed_tcb: { default: "UpToDate" },
  collateral_url: {},
  health_expect: { default: "unset" },
  health_for: { default: "0s" },
  cleanup: { default: "never" },
  job_status: { default: `\${{ job.status }}` },
  exclusive: { default: "false" },
  ttl: {},
  envs: {},
  envs_plain: {},
  commit_token: { default: "unset" },
  transaction_hash: { default: "already-registered" },
  approval_timeout: { default: "0s" },
  device_id: {},
  private_key: { default: "unset" },
  rpc_url: {},
  max_fee: {},
  summary: { default: "true" },
  deployment_environment: {},
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's
  github_token: { default: "${{ github.token }}" },
};

export const OUTPUTS: readonly string[] = [
  // the run
  "outcome",
  "error_code",
  "error_message",
  "replicas",
  "vm_uuids",
  "instance_urls",
  "source_vm_uuid",
  "result",
  // where the first replica is
  "instance_url",
  "endpoints",
  "dashboard_url",
  "app_url",
  // the API's VM, field by field
  "replica_id",
  "name",
  "status",
  "teepod_id",
  "teepod_name",
  "user_id",
  "app_id",
  "vm_uuid",
  "instance_id",
  "base_image",
  "vcpu",
  "memory",
  "disk_size",
  "manifest_version",
  "version",
  "runner",
  "docker_compose_file",
  "features",
  "created_at",
  "encrypted_env_pubkey",
  // what an approval needs
  "is_allowed",
  "compose_hash",
  "device_id",
  "commit_token",
  "commit_url",
  "api_commit_url",
  "onchain_status",
  "kms_info",
];

/** The fields of each object in the output `replicas`. */
export const REPLICA_FIELDS: readonly string[] = [
  "replica_id",
  "name",
  "status",
  "node_id",
  "node_name",
  "vm_uuid",
  "instance_id",
  "app_url",
  "instance_url",
  "endpoints",
  "dashboard_url",
  "compose_hash",
  "verified",
  "deleted_at_latest",
  "outcome",
  "error",
];
