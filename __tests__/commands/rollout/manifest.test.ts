/** rollout/action.yml: valid by GitHub's own measure, and what the interface promises. */

import { ROLLOUT_GUARDED, readRolloutInputs } from "../../../src/inputs/rollout.ts";
import { ROLLOUT_ARRAYS } from "../../../src/report/outputs/rollout.ts";
import { describeManifest } from "../../support/manifest.ts";

const INPUTS: Readonly<Record<string, string | undefined>> = {
  api_key: undefined,
  api_url: undefined,
  app_id: undefined,
  source: "unset",
  compose_hash: "unset",
  vm_uuids: "unset",
  name: "unset",
  max_unavailable: "1",
  on_failure: "unset",
  envs: undefined,
  envs_plain: undefined,
  encrypted_env: undefined,
  port: undefined,
  health_check: undefined,
  health_expect: "unset",
  health_for: "0s",
  verify: "unset",
  expected_os: "unset",
  allowed_tcb: "UpToDate",
  collateral_url: undefined,
  approval_timeout: "0s",
  device_id: undefined,
  private_key: "unset",
  rpc_url: undefined,
  max_fee: undefined,
  instance_timeout: "15m",
  wait_timeout: undefined,
  poll_interval: "2s",
  request_timeout: "60s",
  dry_run: "unset",
  summary: "true",
  deployment_environment: undefined,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's
  github_token: "${{ github.token }}",
};
const OUTPUTS = [
  "outcome",
  "error_code",
  "error_message",
  ...ROLLOUT_ARRAYS,
  "compose_hash",
  "previous_compose_hash",
  "is_allowed",
  "device_id",
  "commit_token",
  "commit_url",
  "api_commit_url",
  "onchain_status",
  "kms_info",
];

describeManifest(
  "rollout",
  { inputs: INPUTS, outputs: OUTPUTS },
  { read: readRolloutInputs, guarded: ROLLOUT_GUARDED },
);
