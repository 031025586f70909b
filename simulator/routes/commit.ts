import { approvalNeeded, badToken, badTransaction, notAllowed } from "../approval.ts";
import { bareHex } from "../chain.ts";
import { carryOut, orderFor } from "../create.ts";
import { json } from "../errors.ts";
import { cvmById } from "../lookup.ts";
import { nodeById } from "../nodes.ts";
import type { Context, Route } from "../route.ts";
import { vmShape } from "../shapes-vm.ts";
import type { ApiAnswer, Cvm, Token } from "../types.ts";
import { Fields, readBody } from "../validate.ts";
import type { World } from "../world.ts";

/** Life of a commit token: 14 days, in ms (API facts, section 1.3). */
const TOKEN_LIFE = 14 * 86_400_000;

function usableToken(world: World, source: Cvm, text: string): Token {
  const token = world.tokens.get(text);
  if (token === undefined) throw badToken("unknown");
  if (token.sourceUuid !== source.vmUuid) throw badToken("made for another CVM");
  if (token.superseded) throw badToken("superseded by a newer one");
  if (world.now() - token.createdAt > TOKEN_LIFE) throw badToken("expired");
  // What a used token answers is not known; the docs group it with the invalid ones.
  if (token.used) throw badToken("already used");
  return token;
}

function checkChain(world: World, token: Token): void {
  const deviceId = nodeById(world.nodes, token.nodeId)?.deviceId ?? "";
  const status = world.chain.allowance(token.composeHash, deviceId);
  if (status.is_allowed) return;
  if (!status.compose_hash_allowed && world.settings.commitNotAllowed === 465) {
    throw approvalNeeded(world, token);
  }
  throw notAllowed(
    status.compose_hash_allowed ? "device not registered" : "compose hash not registered",
  );
}

function checkTransaction(world: World, text: string): void {
  if (text === "" || text === "already-registered") return;
  if (!/^0x[0-9a-f]{64}$/i.test(text)) throw badTransaction("not a transaction hash");
  const receipt = world.chain.receipt(text);
  if (receipt === "missing") throw badTransaction("receipt not found");
  if (receipt === "reverted") throw badTransaction("reverted");
  if (receipt === "wrong-contract") throw badTransaction("not sent to the app's contract");
}

/** The order of the checks is that of the docs: token, hash, chain, receipt. */
function commit(context: Context): ApiAnswer {
  const { world } = context;
  const fields = new Fields(readBody(context.body, context.headers["content-type"], false));
  const given = {
    token: fields.textOrEmpty("token"),
    composeHash: fields.textOrEmpty("compose_hash"),
    transactionHash: fields.textOrEmpty("transaction_hash"),
  };
  fields.done();
  const source = cvmById(world, context.params.cvm_id ?? "", true);
  const token = usableToken(world, source, given.token || (context.query.get("token") ?? ""));
  if (given.composeHash === "" && world.settings.commitNeedsHash)
    throw badToken("compose_hash missing");
  if (given.composeHash !== "" && bareHex(given.composeHash) !== token.composeHash) {
    throw badToken("compose_hash does not match");
  }
  checkChain(world, token);
  checkTransaction(world, given.transactionHash);
  const order = orderFor(world, source, {
    nodeId: token.nodeId,
    teepodId: null,
    composeHash: token.composeHash,
    encryptedEnv: token.encryptedEnv,
  });
  token.used = true;
  return json(200, vmShape(world, carryOut(world, order, context.index), context.version));
}

/** Second phase of a replica that waited for approval. The token is the only credential. */
export const commitRoutes: readonly Route[] = [
  {
    name: "commit",
    method: "POST",
    path: "/cvms/{cvm_id}/commit-replica",
    open: true,
    run: commit,
  },
];
