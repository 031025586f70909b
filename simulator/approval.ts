import { coded, type ErrorDetail, plain, Refusal } from "./errors.ts";
import { nodeById } from "./nodes.ts";
import { kmsInfo } from "./shapes-kms.ts";
import type { Token } from "./types.ts";
import type { World } from "./world.ts";

const MESSAGE = "On-chain registration required";
const CODE = "ERR-01-005";

/**
 * The 465 answer of a prepared replica, in the form that the world's options choose (API facts,
 * section 1.3). `onchain_status` is what the contract says at this moment.
 */
export function approvalNeeded(world: World, token: Token): Refusal {
  const deviceId = nodeById(world.nodes, token.nodeId)?.deviceId ?? "";
  const source = world.find(token.sourceUuid);
  const appId = source?.appId ?? world.appId;
  const status = world.chain.allowance(token.composeHash, deviceId);
  const page = `https://cloud.phala.com/${world.workspace.slug}/cvms/${token.sourceUuid}`;
  const values: Record<string, unknown> = {
    compose_hash: token.composeHash,
    app_id: `0x${appId}`,
    device_id: deviceId,
    kms_info: kmsInfo(world),
    ...(world.settings.omitToken
      ? {}
      : {
          commit_token: token.token,
          commit_url: `${page}/confirm-replica?token=${token.token}&compose_hash=${token.composeHash}`,
          api_commit_url: `${world.origin}/api/v1/cvms/${token.sourceUuid}/commit-replica?token=${token.token}`,
        }),
    onchain_status: status,
  };
  const details: ErrorDetail[] = Object.entries(values).map(([field, value]) => ({
    field,
    value,
    message: null,
  }));
  const envelope = { error_code: CODE, message: MESSAGE, details, suggestions: [], links: [] };
  switch (world.settings.form465) {
    case "envelope":
      return new Refusal(465, envelope, true);
    case "detail":
      return new Refusal(465, { detail: envelope });
    case "flat":
      return new Refusal(465, { message: MESSAGE, ...values });
    case "flat-detail":
      return new Refusal(465, { detail: { message: MESSAGE, ...values } });
    case "string":
      return plain(465, `${MESSAGE} (${CODE})`);
  }
}

/** Refusal of a commit whose token can't be used (466). */
export function badToken(reason: string): Refusal {
  return coded(466, "ERR-01-006", `Commit token invalid or expired: ${reason}`);
}

/** Refusal of a commit whose transaction can't be verified (467). */
export function badTransaction(reason: string): Refusal {
  return coded(467, "ERR-01-007", `Transaction verification failed: ${reason}`);
}

/** Refusal of a commit that the contract does not allow (468). */
export function notAllowed(reason: string): Refusal {
  return coded(468, "ERR-01-008", `The contract does not allow it: ${reason}`);
}
