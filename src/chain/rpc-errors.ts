/** What errors of Ethereum nodes mean. They share no codes, so it is read from their words as well. */
import { judgeRepeatable } from "../net/retry.ts";
import { readBytes } from "./hex.ts";
import type { RpcError, RpcFault } from "./trouble.ts";

/** Invalid request, unknown method, wrong parameters, unreadable JSON: asking again would change nothing. */
const OUR_MISTAKE = new Set([-32600, -32601, -32602, -32700]);

/** The method is not known, or not in this form. */
export function isUnsupported(fault: RpcFault): boolean {
  return fault.kind === "rpc" && OUR_MISTAKE.has(fault.code);
}

/** Whether a read is worth another try. */
export function isPassing(fault: RpcFault): boolean {
  if (fault.kind !== "rpc") return judgeRepeatable(fault) === "retry";
  // Rate limits, a block that this node does not have yet, a timeout inside: nodes say it in many ways.
  return !OUR_MISTAKE.has(fault.code) && !isRevert(fault) && !isPoor(fault);
}

/** Some nodes hold even an estimate against what the account has. */
export function isPoor(fault: RpcFault): boolean {
  return fault.kind === "rpc" && /insufficient (?:funds|balance)/i.test(fault.message);
}

/** The contract refused the call: 3 by geth's rule, -32015 by Nethermind's, other nodes say it in words. */
export function isRevert(fault: RpcFault): fault is RpcError {
  if (fault.kind !== "rpc") return false;
  return [3, -32015].includes(fault.code) || /\brevert(?:ed)?\b/i.test(fault.message);
}

/** The bytes that a revert left; some nodes give them in the text alone. */
export function revertBytes(fault: RpcError): string | null {
  return fault.data ?? readBytes(/0x[0-9a-f]{8,}/i.exec(fault.message)?.[0]);
}

/**
 * What came of sending a transaction.
 *
 * - `accepted`, `known`: the node has it.
 * - `nonce-low`: its nonce is used up, by itself (an earlier answer was lost) or by another.
 * - `occupied`: another transaction with its nonce is pending.
 * - `refused`: the node does not take it, and would not the next time.
 * - `unsure`: everything else. The same bytes may be sent again.
 */
export type SendAnswer = "accepted" | "known" | "nonce-low" | "occupied" | "refused" | "unsure";

/** Words of geth, Erigon, Nethermind, Besu, Reth, Hardhat and Anvil; the first that fits counts. */
const WORDS: readonly (readonly [SendAnswer, RegExp])[] = [
  [
    "known",
    /already ?known|known transaction|already imported|already exists|already in (?:the )?(?:mem)?pool|existing tx with same hash|same hash was already/i,
  ],
  // "underpriced" alone is another thing: too cheap for this node now, perhaps not later.
  [
    "occupied",
    /replacement|could not replace|gas price supplied is too low.*same nonce|another transaction with same nonce/i,
  ],
  ["nonce-low", /nonce (?:is )?too low|old ?nonce|nonce.{0,40}already (?:been )?used|stale nonce/i],
  [
    "refused",
    /insufficient (?:funds|balance)|exceeds? (?:the )?block gas limit|intrinsic gas|invalid (?:sender|signature|chain)|chain ?id|wrong chain|not supported|gas required exceeds|sender not an eoa|exceeds the configured cap|\brlp\b|max priority fee per gas higher/i,
  ],
];

/** What the answer to a send means that is no success. */
export function sendAnswerOf(fault: RpcFault): SendAnswer {
  if (fault.kind === "rpc") {
    const found = WORDS.find(([, words]) => words.test(fault.message));
    return found?.[0] ?? (OUR_MISTAKE.has(fault.code) ? "refused" : "unsure");
  }
  // A key that the provider does not accept, an address that is none: certainly not taken.
  const final = fault.kind === "answer" && judgeRepeatable(fault) === "final";
  return final || (fault.kind === "network" && fault.network === "certificate")
    ? "refused"
    : "unsure";
}
