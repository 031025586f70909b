import { coded, type ErrorDetail, plain, Refusal } from "./errors.ts";
import { nodeById } from "./nodes.ts";
import { kmsInfo } from "./shapes-kms.ts";
import type { Token } from "./types.ts";
import type { World } from "./world.ts";

const MESSAGE = "On-chain registration required";
const CODE = "ERR-01-005";

/** What has to be approved: what a token was handed out for, or an update, which has none. */
export type Approvable = Pick<Token, "appId" | "composeHash" | "nodeId" | "sourceUuid"> & {
  readonly via: Token["via"] | "update";
  readonly token: string | null;
};

function tokenFields(world: World, about: Approvable): Record<string, unknown> {
  const { token, via, sourceUuid, composeHash, appId } = about;
  if (token === null || world.settings.omitToken) return {};
  const cvm = `cvms/${sourceUuid}`;
  const page = via === "instance" ? "confirm-instance" : `confirm-${via}`;
  const route = via === "instance" ? `apps/${appId}/instances` : `${cvm}/commit-${via}`;
  return {
    commit_token: token,
    commit_url: `https://cloud.phala.com/${world.workspace.slug}/${cvm}/${page}?token=${token}&compose_hash=${composeHash}`,
    api_commit_url: `${world.origin}/api/v1/${route}?token=${token}`,
  };
}

/**
 * The 465 answer of what was prepared, in the form that the world's options choose (API facts,
 * section 1.3). `onchain_status` is what the contract says at this moment.
 */
export function approvalNeeded(world: World, about: Approvable): Refusal {
  const deviceId = nodeById(world.nodes, about.nodeId)?.deviceId ?? "";
  const status = world.chain.allowance(about.composeHash, deviceId);
  const values: Record<string, unknown> = {
    compose_hash: about.composeHash,
    app_id: `0x${about.appId}`,
    device_id: deviceId,
    kms_info: kmsInfo(world),
    ...tokenFields(world, about),
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
