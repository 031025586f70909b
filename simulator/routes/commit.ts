import { checkChain, checkHash, checkTransaction, usableToken } from "../commit.ts";
import { carryOut, orderFor } from "../create.ts";
import { json } from "../errors.ts";
import { cvmById } from "../lookup.ts";
import type { Context, Route } from "../route.ts";
import { vmShape } from "../shapes-vm.ts";
import type { ApiAnswer, Token } from "../types.ts";
import { Fields, readBody } from "../validate.ts";

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
  const text = given.token || (context.query.get("token") ?? "");
  const fits = (one: Token): boolean => one.via === "replica" && one.sourceUuid === source.vmUuid;
  const token = usableToken(world, text, fits);
  checkHash(world, token, given.composeHash);
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
