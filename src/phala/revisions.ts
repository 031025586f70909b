/** An app's revisions, and the requests that bring a CVM to one (API facts, "Revisions and roll-out"). */
import type { AnswerFault, Fault } from "../net/fault.ts";
import { neverSent } from "../net/transport.ts";
import { parseHash, parseUuid } from "../text/ids.ts";
import { arrayAt, isObject, numberAt, stringAt } from "../text/json.ts";
import type { Approval } from "./approval.ts";
import { TRANSACTION_UNKNOWN } from "./codes.ts";
import { appPath, cvmPath, type RequestParts } from "./requests.ts";
import { readTime } from "./vm.ts";

/** One row: what an operation applied to a CVM. A compose hash may stand in several. */
export interface Revision {
  readonly id: string;
  /** Dashed and lower-case; null: not told. */
  readonly vmUuid: string | null;
  /** 64 hex digits, bare. */
  readonly composeHash: string;
  /** Ms since the epoch, by the server's clock. */
  readonly createdAt: number | null;
}

/** One page, newest first. */
export interface RevisionPage {
  readonly rows: readonly Revision[];
  readonly pages: number;
}

export const REVISIONS_A_PAGE = 200;

/** Null where it is no such page. A row that names no revision is passed over. */
export function readRevisions(value: unknown): RevisionPage | null {
  if (!isObject(value) || !Array.isArray(value.revisions)) return null;
  const rows = arrayAt(value, "revisions")
    .map(readRevision)
    .filter((row) => row !== null);
  return { rows, pages: numberAt(value, "total_pages") ?? 1 };
}

function readRevision(value: unknown): Revision | null {
  const id = stringAt(value, "revision_id");
  const composeHash = parseHash(stringAt(value, "compose_hash") ?? "");
  // It becomes part of a path.
  if (id === null || composeHash === null || !/^[\w-]{1,200}$/.test(id)) return null;
  const vmUuid = parseUuid(stringAt(value, "vm_uuid") ?? "");
  return { id, vmUuid, composeHash, createdAt: readTime(stringAt(value, "created_at")) };
}

/** What came of a request to update one CVM. */
export type UpdateAnswer =
  /** 202: the operation has begun, or waits in a queue. */
  | { readonly kind: "accepted" }
  | { readonly kind: "approval"; readonly approval: Approval; readonly fault: AnswerFault }
  | { readonly kind: "failed"; readonly fault: Fault };

/**
 * `POST /apps/{app_id}/revisions/{revision_id}/redeploy` of one CVM: of several in one call nobody knows
 * whether all or none are done.
 *
 * @param transactionHash that of the registration, for an app whose 465 said so; null: none was asked for
 */
export function redeployParts(
  appId: string,
  revisionId: string,
  vmUuid: string,
  transactionHash: string | null,
): RequestParts {
  const query = transactionHash === null ? "" : `?transaction_hash=${transactionHash}`;
  return {
    path: `${appPath(appId)}/revisions/${encodeURIComponent(revisionId)}/redeploy${query}`,
    headers: {},
    body: JSON.stringify({ vm_uuids: [vmUuid] }),
  };
}

/**
 * `PATCH /cvms/{cvm_id}/envs`: replaces the whole environment and restarts the CVM (API facts, "Power, env").
 * Without `env_keys` the allowed names stay, and with them the compose hash.
 */
export function envsParts(vmUuid: string, encryptedEnv: string): RequestParts {
  return {
    path: `${cvmPath(vmUuid)}/envs`,
    headers: {},
    body: JSON.stringify({ encrypted_env: encryptedEnv }),
  };
}

/**
 * What a failed update says of the next try. Nothing is sent again but after a look at the CVM, since each
 * update takes it away for minutes.
 *
 * - `busy`: certainly not begun: an operation is in progress, locks of which have been seen to last; its
 *   registration's transaction is not seen yet; or nothing left the runner.
 * - `later`: "not now"; it may have been begun all the same.
 * - `lost`: it may have been begun.
 * - `final`: refused.
 */
export type UpdateVerdict = "busy" | "later" | "lost" | "final";

export function judgeUpdate(fault: Fault): UpdateVerdict {
  if (fault.kind === "unreadable") return "lost";
  if (fault.kind === "network") {
    if (["certificate", "cancelled"].includes(fault.network)) return "final";
    return neverSent(fault.network) ? "busy" : "lost";
  }
  const { status, errorCode } = fault;
  // A bare 409 is an operation in progress; with a code it is for good (API facts, "Errors, limits").
  if (status === 409 && errorCode !== null) return "final";
  // The platform's node may not have seen the transaction yet (API facts, "Commit replica").
  if (status === 409 || status === 423 || status === TRANSACTION_UNKNOWN) return "busy";
  if (status === 425 || status === 429 || (status === 503 && fault.retryAfter !== null)) {
    return "later";
  }
  return status === 408 || status >= 500 ? "lost" : "final";
}
