/** verify/action.yml: valid by GitHub's own measure, and what the interface promises. */
import { readVerifyInputs, VERIFY_GUARDED } from "../../../src/inputs/verify.ts";
import { describeManifest } from "../../support/manifest.ts";

const INPUTS: Readonly<Record<string, string | undefined>> = {
  api_key: undefined,
  api_url: undefined,
  app_id: undefined,
  vm_uuids: "unset",
  name: "unset",
  source: "unset",
  expected_os: "unset",
  compose_hash: "unset",
  allowed_tcb: "UpToDate",
  collateral_url: undefined,
  mode: "require",
  wait_timeout: "10m",
  request_timeout: "60s",
  summary: "true",
};
const OUTPUTS = ["outcome", "error_code", "error_message", "report"];

describeManifest(
  "verify",
  { inputs: INPUTS, outputs: OUTPUTS },
  { read: readVerifyInputs, guarded: VERIFY_GUARDED },
  false,
);
