/** What the job summary says of an approval: while it is waited for, and at the end. */
import type { Approval } from "../../phala/approval.ts";
import type { Approver } from "../../phala/approver.ts";
import { code, markdown, safeLink } from "../../text/clean.ts";
import { moment } from "../../text/duration.ts";
import { chainName, whoApproves } from "../words/approval.ts";

/** What an approver needs, each value where it can be copied. Never the token. */
export function registrationList(approval: Approval): string {
  const { appId, composeHash, deviceId, kmsInfo, onchainStatus } = approval;
  const chain = kmsInfo?.chain_id;
  const known = typeof chain === "string" || typeof chain === "number";
  const there = (flag: string) => (onchainStatus?.[flag] === true ? " (already registered)" : "");
  const lines = [
    ["Contract", appId, ""],
    ["Chain", known ? chainName(chain).replace(/^chain /, "") : null, ""],
    ["Compose hash", composeHash, there("compose_hash_allowed")],
    ["Device", deviceId, there("device_id_allowed")],
  ] as const;
  return lines
    .filter(([, value]) => value !== null)
    .map(([name, value, note]) => `- ${name}: ${code(value ?? "", 100)}${note}`)
    .join("\n");
}

/** Written at once, so that a job that is killed has it too. @param until ms since the epoch */
export function waitingSummary(
  approval: Approval,
  approver: Approver | null,
  until: number,
): string {
  const page = safeLink(approver?.safeUrl ?? null);
  const who = markdown(whoApproves(approver === null ? null : { ...approver, safeUrl: null }), 300);
  const parts = [
    "### ⏳ Waiting for on-chain approval",
    `Who can approve: ${who}${page === null ? "" : `, <a href="${page}">its page</a>`}. Until ${code(moment(until), 40)}; the step then goes on by itself.`,
    registrationList(approval),
  ];
  return `${parts.join("\n\n")}\n\n`;
}
