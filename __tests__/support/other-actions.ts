/**
 * What this repository's workflows and the examples use of other people's actions: the inputs and
 * outputs that those have, as far as they are used here.
 */

/** The parts of another action's manifest that matter to who uses it. */
export interface OtherAction {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly required?: boolean }>
  >;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}

function action(name: string, inputs: readonly string[], outputs: readonly string[]): OtherAction {
  const described = (names: readonly string[]) =>
    Object.fromEntries(names.map((key) => [key, { description: key }]));
  return { name, description: name, inputs: described(inputs), outputs: described(outputs) };
}

/** By `owner/name`, or `owner/name/path`. */
export const OTHER_ACTIONS: Readonly<Record<string, OtherAction>> = {
  "actions/checkout": action("checkout", ["fetch-depth", "persist-credentials"], ["ref", "commit"]),
  "actions/setup-node": action(
    "setup-node",
    ["node-version", "package-manager-cache"],
    ["node-version"],
  ),
  "actions/upload-artifact": action(
    "upload-artifact",
    ["name", "path", "if-no-files-found"],
    ["artifact-id"],
  ),
  "actions/download-artifact": action(
    "download-artifact",
    ["name", "pattern", "path", "merge-multiple"],
    ["download-path"],
  ),
  "actions/attest-build-provenance": action(
    "attest-build-provenance",
    ["subject-path"],
    ["attestation-id", "attestation-url", "bundle-path"],
  ),
  "actions/dependency-review-action": action(
    "dependency-review-action",
    ["fail-on-severity", "fail-on-scopes", "allow-licenses"],
    ["dependency-changes"],
  ),
  "github/codeql-action/init": action("init", ["languages", "build-mode", "queries"], []),
  "github/codeql-action/analyze": action("analyze", ["category"], ["sarif-id"]),
  "github/codeql-action/upload-sarif": action("upload-sarif", ["sarif_file"], ["sarif-id"]),
  "ossf/scorecard-action": action(
    "scorecard-action",
    ["results_file", "results_format", "publish_results"],
    [],
  ),
  "zizmorcore/zizmor-action": action("zizmor-action", ["advanced-security", "online-audits"], []),
  "Phala-Network/phala-deploy-action": action(
    "phala-deploy-action",
    ["api-key", "envs", "cli-version"],
    ["result", "status", "app-id", "vm-uuid", "cvm-name", "dashboard-url", "compose-hash"],
  ),
};
