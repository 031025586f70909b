import type { VerifyMode } from "../../inputs/attestation.ts";
import type { Revision } from "../../phala/revisions.ts";

/** How a rollout goes on. Times in ms. */
export interface UpdateRules {
  /** 64 hex digits, bare. */
  readonly wanted: string;
  readonly maxUnavailable: number;
  readonly onFailure: "stop" | "rollback";
  readonly instanceTimeoutMs: number;
  /** For all of them. */
  readonly limitMs: number;
  readonly pollMs: number;
  readonly apiUrl: string;
  readonly port: number | null;
  readonly healthCheck: string | null;
  /** Text that names the new version: not asked of what has another revision, nor on the way back. */
  readonly healthExpect: string | null;
  readonly healthForMs: number;
  /** Whether each is verified by its attestation, and what comes of one that fails. */
  readonly verify: VerifyMode;
  /** The same new environment for each; null: each keeps its own. */
  readonly encryptedEnv: string | null;
  /** The app's revisions, newest first. */
  readonly rows: readonly Revision[];
  /** The CVM whose row of the wanted revision is redeployed; null: the newest row. */
  readonly source: string | null;
  /** The wanted revision is that of the source, so that what somebody brings it to meanwhile is a newer wish. */
  readonly follows: boolean;
}

/**
 * The row of a revision to redeploy. Which environment a redeploy brings along is not known (API facts, 13), so
 * that the row is of the CVM whose environment is right, where there is one.
 */
export function rowOf(
  rows: readonly Revision[],
  composeHash: string,
  vmUuid: string | null,
): Revision | null {
  const fitting = rows.filter((row) => row.composeHash === composeHash);
  return fitting.find((row) => row.vmUuid === vmUuid) ?? fitting[0] ?? null;
}
