import { type Contract, LEAST_GAS } from "./contract.ts";
import { type Fee, feeOf } from "./fees.ts";
import type { RpcAnswer } from "./rpc.ts";
import { isPoor, isRevert } from "./rpc-errors.ts";
import type { ChainTrouble, What } from "./trouble.ts";

interface Wanted {
  readonly what: What;
  /** Its calldata. */
  readonly data: string;
  /** Wei per gas in the latest block. */
  readonly baseFee: bigint;
  /** Wei. */
  readonly maxFee: bigint;
}

/** What the transaction is to cost by what the node says, or why it is not to be signed. */
export async function quote(
  contract: Contract,
  { what, data, baseFee, maxFee }: Wanted,
): Promise<Omit<Extract<Fee, { ok: true }>, "ok"> | ChainTrouble> {
  const gas = await contract.gas(data);
  if (!gas.ok && isRevert(gas.fault)) {
    const revert = contract.revertOf(gas.fault);
    return { kind: "chain", why: "reverted", what, transaction: null, revert };
  }
  if (!gas.ok) return isPoor(gas.fault) ? poor(contract, { what, baseFee }, gas) : rpcTrouble(gas);
  const tip = await contract.tip();
  if (!tip.ok) return rpcTrouble(tip);
  const balance = await contract.balance();
  if (!balance.ok) return rpcTrouble(balance);
  const has = balance.value;
  const fee = feeOf({ baseFee, tip: tip.value, gas: gas.value, balance: has, maxFee });
  if (fee.ok) {
    const { maxFeePerGas, maxPriorityFeePerGas } = fee;
    return { gas: fee.gas, maxFeePerGas, maxPriorityFeePerGas };
  }
  const least = fee.least.toString();
  return fee.why === "fee"
    ? { kind: "rejected", why: "fee", what, least, most: maxFee.toString() }
    : { kind: "rejected", why: "funds", what, least, has: has.toString() };
}

/** The node does not estimate for an account that has nothing: what it has is asked for, not believed. */
async function poor(
  contract: Contract,
  { what, baseFee }: Pick<Wanted, "what" | "baseFee">,
  gas: Failed,
): Promise<ChainTrouble> {
  const balance = await contract.balance();
  if (!balance.ok) return rpcTrouble(balance);
  const [has, least] = [balance.value, LEAST_GAS * baseFee];
  if (has >= least) return rpcTrouble(gas);
  return {
    kind: "rejected",
    why: "funds",
    what,
    least: least.toString(),
    has: has.toString(),
  };
}

type Failed = Extract<RpcAnswer<never>, { ok: false }>;

/** A request that failed for good. */
export function rpcTrouble({ method, fault }: Failed): ChainTrouble {
  return { kind: "chain", why: "rpc", method, fault };
}
