/** The sentences about an on-chain approval. Never the token or the addresses that carry it. */
import type { Fault } from "../../net/fault.ts";
import type { Approval } from "../../phala/approval.ts";
import type { Approver } from "../../phala/approver.ts";
import { APPROVAL_CODE } from "../../phala/codes.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { type Failure, requestFailure } from "../annotation/failure.ts";
import { moment } from "../log/limiting.ts";

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

/** It was waited for, and nobody approved in time. */
export function lateFailure(approval: Approval, waitedMs: number): Failure {
  const again =
    approval.commitToken === null
      ? "Once it is registered, run this step again."
      : "Once it is registered, run this step again, or commit with the approval outputs in a later job (the token is good for 14 days).";
  return {
    code: APPROVAL_CODE,
    text: `The replica needs on-chain approval, and had none within ${duration(waitedMs)} (approval_timeout), so it was not created. ${whatToRegister(approval)} ${again}`,
  };
}

/** The contract shows what this step registered, and the API does not. */
export function unseenFailure(waitedMs: number): Failure {
  return {
    code: APPROVAL_CODE,
    text: `All is registered on chain, and the API did not see it within ${duration(waitedMs)}, so the replica was not created. Run this step again: it registers nothing twice.`,
  };
}

/** The answer does not tell what is to be approved, so nobody can be waited for. */
export function untoldFailure(approval: Approval): Failure {
  return {
    code: APPROVAL_CODE,
    text: `The replica needs on-chain approval first, so it was not created. The API does not tell which compose hash, so this step could not wait for it, nor register it: give compose_hash. ${whatToRegister(approval)}`,
  };
}

/** Whether it is allowed could not be asked. */
export function unaskedFailure(approval: Approval, fault: Fault): Failure {
  const { code, text } = requestFailure("ask whether it is approved", fault);
  return { code, text: `${text} The replica was not created. ${whatToRegister(approval)}` };
}

/** The chain that an approval is about, as a number; null: not told. */
export function chainOf({ kmsInfo }: Pick<Approval, "kmsInfo">): number | null {
  const told = kmsInfo?.chain_id;
  const id = typeof told === "string" ? Number(told) : told;
  return typeof id === "number" && Number.isSafeInteger(id) && id > 0 ? id : null;
}

/** Who can approve, as a clause: `its owner, 0x… (a Safe: https://…)`. */
export function whoApproves(approver: Approver | null): string {
  const who = approver?.deployer ?? null;
  const page = approver?.safeUrl ?? null;
  const kind = approver?.kind ?? null;
  const more = [
    kind === null ? null : KINDS[kind],
    page === null ? null : oneLine(page, 300),
  ].filter((part) => part !== null);
  const named = who === null ? "the owner of the app's contract" : who;
  return more.length === 0 ? named : `${named} (${more.join(", ")})`;
}

const KINDS: Readonly<Record<NonNullable<Approver["kind"]>, string>> = {
  eoa: "an account with a key",
  safe: "a Safe",
  legacy_multisig: "a multisig",
  erc4337: "a smart account",
  contract: "a contract",
};

/**
 * Said at once, as a notice and in the log.
 *
 * @param until ms since the epoch
 * @param then what the step does once it is approved, as a sentence
 */
export function waitingNotice(
  approval: Approval,
  approver: Approver | null,
  until: number,
  then = "The step then creates the replica by itself.",
): string {
  return `Waiting for an approval on chain until ${moment(until)}. Who can approve: ${whoApproves(approver)}. ${whatToRegister(approval)} ${then}`;
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
