/** delete/action.yml: valid by GitHub's own measure, and what the interface promises. */
import { GUARDED, readDeleteInputs } from "../../../src/inputs/delete.ts";
import { DELETE_ARRAYS } from "../../../src/report/outputs/delete.ts";
import { describeManifest } from "../../support/manifest.ts";

const INPUTS: Readonly<Record<string, string | undefined>> = {
  api_key: undefined,
  api_url: undefined,
  app_id: undefined,
  vm_uuids: "unset",
  name: "unset",
  deployment_environment: "unset",
  status: "unset",
  older_than: "unset",
  keep: "unset",
  leave: "unset",
  keep_at_least: "unset",
  max_deletions: "unset",
  dry_run: "unset",
  wait: "true",
  wait_timeout: "10m",
  poll_interval: "2s",
  request_timeout: "60s",
  github_token: `\${{ github.token }}`,
  summary: "true",
};
const OUTPUTS = ["outcome", "error_code", "error_message", ...DELETE_ARRAYS];

describeManifest(
  "delete",
  { inputs: INPUTS, outputs: OUTPUTS },
  { read: readDeleteInputs, guarded: GUARDED },
);
