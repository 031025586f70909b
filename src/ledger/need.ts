import type { Approval } from "../phala/approval.ts";
import type { ApprovalNeed } from "./terms.ts";

/** A 465 as far as it may be shown: without its token and the addresses that carry it. */
export function needOf(approval: Approval): ApprovalNeed {
  const { message, composeHash, appId, deviceId, kmsInfo, onchainStatus, commitToken } = approval;
  const hasToken = commitToken !== null;
  return { message, composeHash, appId, deviceId, kmsInfo, onchainStatus, hasToken };
}
