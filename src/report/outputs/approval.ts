import type { Approval } from "../../phala/approval.ts";

/** What an approval needs; also put out as soon as it is waited for, so that a killed step's later ones have it. */
export function approvalOutputs(
  approval: Approval | null,
  isAllowed: boolean | null,
): Readonly<Record<string, string>> {
  return {
    is_allowed: isAllowed === null ? "" : String(isAllowed),
    compose_hash: approval?.composeHash ?? "",
    device_id: approval?.deviceId ?? "",
    commit_token: approval?.commitToken ?? "",
    commit_url: approval?.commitUrl ?? "",
    api_commit_url: approval?.apiCommitUrl ?? "",
    onchain_status: json(approval?.onchainStatus),
    kms_info: json(approval?.kmsInfo),
  };
}

/** Empty for what is not there. */
export function json(value: unknown): string {
  return value === null || value === undefined ? "" : JSON.stringify(value);
}
