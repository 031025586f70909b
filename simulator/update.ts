import { checkChain, checkTransaction } from "./commit.ts";
import { plain } from "./errors.ts";
import { randomUuid } from "./random.ts";
import type { Cvm, Operation } from "./types.ts";
import type { World } from "./world.ts";

/** A bare refusal while an operation is in progress, a queued one included (API facts, section 9). */
export function refuseBusy(world: World, cvm: Cvm): void {
  if (world.isBusy(cvm)) throw plain(409, "Another operation is in progress");
}

/**
 * Holds an update of a contract-owned app to its contract: 465 until the new compose hash is registered,
 * then the transaction, where one is named.
 *
 * No token is documented for these routes: registered, the same call is sent again (API facts, section 13).
 *
 * @throws Refusal 465, 467 or 468
 */
export function checkApproved(
  world: World,
  cvm: Cvm,
  composeHash: string,
  transactionHash: string,
): void {
  if (!world.settings.onChain) return;
  checkChain(world, {
    appId: cvm.appId,
    composeHash,
    nodeId: cvm.nodeId,
    sourceUuid: cvm.vmUuid,
    via: "update",
    token: world.settings.updateToken ? randomUuid(world.random) : null,
  });
  checkTransaction(world, transactionHash);
}

/** The body of a 202: an operation has been begun. */
export function accepted(operation: Operation): Record<string, unknown> {
  return {
    status: "in_progress",
    message: "Update initiated",
    correlation_id: operation.id,
  };
}
