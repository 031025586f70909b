/** What a transaction may cost, apart from all I/O. All amounts are wei; gas is a number of units. */

/** 0.001 gwei: the least that nodes of OP chains such as Base suggest, where a node suggests none. */
const LEAST_TIP = 1_000_000n;

/** The chain's state when a transaction is to be signed. */
export interface Quote {
  /** Base fee of the latest block, per gas. */
  readonly baseFee: bigint;
  /** The tip that the node suggests, per gas; null where it does not say. */
  readonly tip: bigint | null;
  /** What the node estimates. */
  readonly gas: bigint;
  /** The signer's balance. */
  readonly balance: bigint;
  /** `max_fee`: the most that one transaction may cost, gas times price. */
  readonly maxFee: bigint;
}

export type Fee =
  | {
      readonly ok: true;
      readonly gas: bigint;
      readonly maxFeePerGas: bigint;
      readonly maxPriorityFeePerGas: bigint;
    }
  /** `least`: what it needs to have a chance in the next block. */
  | { readonly ok: false; readonly why: "fee" | "funds"; readonly least: bigint };

/**
 * Gas and prices of a transaction that costs at most `max_fee`, and no more than the signer has.
 *
 * It offers twice the base fee, which holds through six full blocks in a row (EIP-1559: 12.5 % a block), and
 * less where `max_fee` or the balance leave less; but what would not even get into the next block is not
 * signed: it would lie in the pool and block the signer's later ones. On Base a fee for the data on Ethereum
 * comes on top, which no transaction can bound.
 */
export function feeOf({ baseFee, tip, gas: estimate, balance, maxFee }: Quote): Fee {
  // The state may change between the estimate and the block; what is not used is not paid.
  const gas = estimate + (estimate + 3n) / 4n;
  const wantedTip = tip === null || tip < LEAST_TIP ? LEAST_TIP : tip;
  const leastPrice = baseFee + (baseFee + 7n) / 8n + wantedTip;
  const least = gas * leastPrice;
  if (least > maxFee) return { ok: false, why: "fee", least };
  if (least > balance) return { ok: false, why: "funds", least };
  const price = smallest(2n * baseFee + wantedTip, maxFee / gas, balance / gas);
  // With a base fee of next to nothing, twice of it is less than an eighth rounded up.
  const maxFeePerGas = price < leastPrice ? leastPrice : price;
  return { ok: true, gas, maxFeePerGas, maxPriorityFeePerGas: wantedTip };
}

function smallest(...values: readonly bigint[]): bigint {
  return values.reduce((least, value) => (value < least ? value : least));
}
