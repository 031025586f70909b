/** The sentences about an on-chain approval. Never the token or the addresses that carry it. */
import type { Approval } from "../../phala/approval.ts";
import type { Approver } from "../../phala/approver.ts";
import { oneLine } from "../../text/clean.ts";
import { moment } from "../../text/duration.ts";

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
