/** The sentences about an on-chain approval. Never the token or the addresses that carry it. */
import type { Approval } from "../../phala/approval.ts";
import { APPROVAL_CODE } from "../../phala/codes.ts";
import { oneLine } from "../../text/clean.ts";
import type { Failure } from "../annotation/failure.ts";

/** A 465 that nobody asked for: what must be registered, and where. */
export function approvalFailure(approval: Approval): Failure {
  const sequel =
    approval.commitToken === null
      ? "The API gave no commit token, so the output commit_token is empty and no later step can commit this replica: once all is registered, run this step again. A step with prepare_only: true asks for a token without failing."
      : "Then commit: the approval outputs (compose_hash, device_id, commit_token and others) hold what is needed. A step with prepare_only: true asks for the approval without failing.";
  return {
    code: APPROVAL_CODE,
    text: `The replica needs on-chain approval first, so it was not created. ${whatToRegister(approval)} ${sequel}`,
  };
}

/** A commit that came before its registration. */
export function notRegisteredFailure(approval: Approval): Failure {
  return {
    code: APPROVAL_CODE,
    text: `Could not commit the prepared replica: it is not registered on chain yet, so it was not created. ${whatToRegister(approval)} Then run this step again with the same commit_token (good for 14 days).`,
  };
}

/** What an approver has to register, in words. Never the token or the addresses that carry it. */
export function whatToRegister(
  approval: Pick<Approval, "onchainStatus" | "composeHash" | "deviceId" | "appId" | "kmsInfo">,
): string {
  const status = approval.onchainStatus;
  const missing = [
    status?.compose_hash_allowed === true ? null : valued("compose hash", approval.composeHash),
    status?.device_id_allowed === true ? null : valued("device", approval.deviceId),
  ].filter((part) => part !== null);
  const contract =
    approval.appId === null ? "the app's contract" : `the contract ${hex(approval.appId)}`;
  const chain = approval.kmsInfo?.chain_id;
  const where =
    typeof chain === "number" || typeof chain === "string" ? ` on ${chainName(chain)}` : "";
  if (missing.length === 0) return `All seems registered in ${contract}${where} already.`;
  return `Register ${missing.join(" and ")} in ${contract}${where}.`;
}

/** The chains that the API's clients know by number (API facts, "HTTP 465"). */
const CHAINS: Readonly<Record<string, string>> = { 1: "Ethereum", 8453: "Base" };

/** For people: `chain 8453 (Base)`. */
export function chainName(id: string | number): string {
  const name = Object.hasOwn(CHAINS, id) ? ` (${CHAINS[id]})` : "";
  return `chain ${oneLine(String(id), 30)}${name}`;
}

function valued(what: string, value: string | null): string {
  return value === null ? `the ${what}` : `the ${what} ${hex(value)}`;
}

function hex(value: string): string {
  return oneLine(value, 80);
}
