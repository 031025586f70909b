/** What went wrong with a registration on chain, and what to do about it. Never the key or the RPC's address. */
import type {
  ChainTrouble,
  Revert,
  RpcFault,
  SavedTransaction,
  What,
} from "../../chain/trouble.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { chainName } from "./approval.ts";
import { reasonOf } from "./reason.ts";

type Of<K extends ChainTrouble["kind"]> = Extract<ChainTrouble, { kind: K }>;

/**
 * Why nothing came of it, and what to do; what that means for the step is the command's to say.
 *
 * @param elsewhere how the command keeps away from a node that is not meant
 */
export function chainText(trouble: ChainTrouble, elsewhere = "name the node with node_id"): string {
  return trouble.kind === "rejected" ? rejectedText(trouble, elsewhere) : problemText(trouble);
}

const AGAIN = "Run the step again: it goes on from what the chain shows.";

function rejectedText(trouble: Of<"rejected">, elsewhere: string): string {
  switch (trouble.why) {
    case "other-chain": {
      const app =
        trouble.app === null
          ? "the API does not tell the app's chain"
          : `the app is on ${chainName(trouble.app)}`;
      const rpc = trouble.rpc === null ? "" : `, and rpc_url leads to ${chainName(trouble.rpc)}`;
      return `Nothing was signed: ${app}${rpc}. Give the rpc_url of a node of the app's chain.`;
    }
    case "no-contract":
      return `Nothing was signed: no contract answers at ${trouble.contract}. Check app_id, and that rpc_url leads to the app's chain.`;
    case "not-owner": {
      const owner =
        trouble.owner === null ? "whose owner it does not tell" : `whose owner is ${trouble.owner}`;
      return `Nothing was signed: private_key is that of ${trouble.signer}, and may not register in the app's contract, ${owner}. Give the owner's key, or leave private_key out and let the owner approve (approval_timeout).`;
    }
    case "other-device":
      return `device_id names ${trouble.reviewed}, and the API wants the device ${trouble.told} approved, so nothing was. If that is the node which is meant, review it and give its device_id; else ${elsewhere}.`;
    case "other-hash":
      return `compose_hash names ${trouble.reviewed}, and the API wants ${trouble.told} approved, so nothing was. Whoever registers a revision lets it run with the app's keys: find out where the other one comes from before you approve it.`;
    case "fee":
      return `Nothing was signed: to register ${named(trouble.what)} costs ${ether(trouble.least)} ETH at the least now, and max_fee allows ${ether(trouble.most)} ETH. Wait for a lower price, or give a higher max_fee.`;
    case "funds":
      return `Nothing was signed: to register ${named(trouble.what)} costs ${ether(trouble.least)} ETH at the least now, and the signer has ${ether(trouble.has)} ETH. Send it some.`;
  }
}

function problemText(trouble: Of<"chain">): string {
  switch (trouble.why) {
    case "rpc":
      return `The node at rpc_url failed (${oneLine(trouble.method, 60)}): ${faultText(trouble.fault)}. Check rpc_url and its key, or use another provider. ${AGAIN}`;
    case "reverted": {
      const which =
        trouble.transaction === null
          ? "The contract would refuse to register"
          : `The transaction ${trouble.transaction} was reverted, which was to register`;
      return `${which} ${named(trouble.what)}: ${revertText(trouble.revert)}. Ask the contract's owner why; run again, the step meets the same.`;
    }
    case "not-taken":
      return `The node at rpc_url does not take the transaction that registers ${named(trouble.what)}: ${faultText(trouble.fault)}. Look at the signer's balance, or use another provider. ${AGAIN}`;
    case "not-mined":
      return `The transaction ${trouble.transaction} was sent and got into no block within ${duration(trouble.waitedMs)}; it still may. ${AGAIN}`;
    case "pending":
      return `Another transaction of the signer (nonce ${trouble.nonce}) was pending for ${duration(trouble.waitedMs)}, so nothing was signed after it. Have it go through or replaced. ${AGAIN}`;
    case "nonce-taken":
      return `Other transactions of the signer took the nonce of this step's own time and again (last ${trouble.nonce}), so ${named(trouble.what)} is not registered. Let one job at a time use the key. ${AGAIN}`;
    case "no-effect":
      return `The transaction ${trouble.transaction} is in a block, and the contract does not show it. Look at the contract. ${AGAIN}`;
  }
}

function named(what: What): string {
  return what === "device" ? "the device" : "the compose hash";
}

function faultText(fault: RpcFault): string {
  if (fault.kind !== "rpc") return reasonOf(fault);
  return `error ${fault.code}, ${oneLine(fault.message, 200) || "no reason given"}`;
}

function revertText(revert: Revert): string {
  switch (revert.error) {
    case "not-owner":
      return `${revert.account} is not its owner`;
    case "text":
      return oneLine(revert.text, 200);
    case "panic":
      return `it panicked (${oneLine(revert.code, 20)})`;
    case "out-of-gas":
      return "it ran out of gas";
    case "other":
      return `an error of its own (${oneLine(revert.selector, 20)})`;
    case "unknown":
      return "it gave no reason";
  }
}

/** Wei in ETH, rounded up to six digits that count: what it needs at the least must not read smaller. */
export function ether(wei: string): string {
  const value = BigInt(wei);
  const unit = 10n ** BigInt(Math.max(0, value.toString().length - 6));
  const rounded = ((value + unit - 1n) / unit) * unit;
  const digits = rounded.toString().padStart(19, "0");
  const fraction = digits.slice(-18).replace(/0+$/, "");
  return `${digits.slice(0, -18)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** `compose hash in 0x…` for each. */
export function transactionList(transactions: readonly SavedTransaction[]): string {
  return transactions
    .map(({ what, transaction, nonce }) => `${named(what)} in ${transaction} (nonce ${nonce})`)
    .join(", ");
}

export { faultText, named as registeredThing };
