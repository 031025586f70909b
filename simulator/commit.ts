import {
  type Approvable,
  approvalNeeded,
  badToken,
  badTransaction,
  notAllowed,
} from "./approval.ts";
import { bareHex } from "./chain.ts";
import { nodeById } from "./nodes.ts";
import type { Token } from "./types.ts";
import type { World } from "./world.ts";

/** Life of a commit token: 14 days, in ms (API facts, section 1.3). */
const TOKEN_LIFE = 14 * 86_400_000;

/**
 * A token that may be committed now.
 *
 * @param fits whether it was handed out for what is being committed
 * @throws Refusal 466
 */
export function usableToken(world: World, text: string, fits: (token: Token) => boolean): Token {
  const token = world.tokens.get(text);
  if (token === undefined) throw badToken("unknown");
  if (!fits(token)) throw badToken("made for something else");
  if (token.superseded) throw badToken("superseded by a newer one");
  if (world.now() - token.createdAt > TOKEN_LIFE) throw badToken("expired");
  // What a used token answers is not known; the docs group it with the invalid ones.
  if (token.used) throw badToken("already used");
  return token;
}

/**
 * Holds the compose hash that comes with a token to the token's.
 *
 * @throws Refusal 466
 */
export function checkHash(world: World, token: Token, given: string): void {
  if (given === "" && world.settings.commitNeedsHash) throw badToken("compose_hash missing");
  if (given !== "" && bareHex(given) !== token.composeHash) {
    throw badToken("compose_hash does not match");
  }
}

/**
 * Asks the contract.
 *
 * @throws Refusal 465 or 468
 */
export function checkChain(world: World, about: Approvable): void {
  const deviceId = nodeById(world.nodes, about.nodeId)?.deviceId ?? "";
  const status = world.chain.allowance(about.composeHash, deviceId);
  if (status.is_allowed) return;
  if (!status.compose_hash_allowed && world.settings.commitNotAllowed === 465) {
    throw approvalNeeded(world, about);
  }
  throw notAllowed(
    status.compose_hash_allowed ? "device not registered" : "compose hash not registered",
  );
}

/**
 * Looks the transaction up that registered it; none and `already-registered` are fine.
 *
 * @throws Refusal 467
 */
export function checkTransaction(world: World, text: string): void {
  if (text === "" || text === "already-registered") return;
  if (!/^0x[0-9a-f]{64}$/i.test(text)) throw badTransaction("not a transaction hash");
  const receipt = world.chain.receipt(text);
  if (receipt === "missing") throw badTransaction("receipt not found");
  if (receipt === "reverted") throw badTransaction("reverted");
  if (receipt === "wrong-contract") throw badTransaction("not sent to the app's contract");
}
