import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import type { PrivateKey } from "../text/private-key.ts";
import { bytesOf, hexOf } from "./hex.ts";
import { type RlpItem, rlp, rlpNumber } from "./rlp.ts";

/** A call of a contract that pays nothing but its fee (EIP-1559, transaction type 2). */
export interface Transaction {
  readonly chainId: number;
  readonly nonce: number;
  /** The three in wei, but gas, which is a number of units. */
  readonly maxPriorityFeePerGas: bigint;
  readonly maxFeePerGas: bigint;
  readonly gas: bigint;
  /** The contract: 40 hex digits, `0x` tolerated. */
  readonly to: string;
  /** Hex with `0x`. */
  readonly data: string;
}

export interface SignedTransaction {
  /** Hex with `0x`, as `eth_sendRawTransaction` wants it. Kept in memory alone. */
  readonly raw: string;
  /** The transaction's hash, known before anything is sent. */
  readonly hash: string;
}

const TYPE = 2;

/**
 * Signs a transaction. The signature is that of RFC 6979, so the same transaction and key always make the
 * same bytes.
 */
export function signTransaction(transaction: Transaction, key: PrivateKey): SignedTransaction {
  const fields = fieldsOf(transaction);
  const digest = keccak_256(typed(fields));
  const signature = secp256k1.sign(digest, key.bytes(), { prehash: false, format: "recovered" });
  // The recovery id comes in front of r and s; as a field of its own it is the parity of y.
  const parity = signature[0] as number;
  const [r, s] = [signature.subarray(1, 33), signature.subarray(33, 65)];
  const raw = typed([...fields, rlpNumber(parity), number(r), number(s)]);
  return { raw: hexOf(raw), hash: hexOf(keccak_256(raw)) };
}

/** The key's account: lower-case hex with `0x`. */
export function addressOfKey(key: PrivateKey): string {
  const point = secp256k1.getPublicKey(key.bytes(), false);
  return hexOf(keccak_256(point.subarray(1)).subarray(12));
}

function fieldsOf(transaction: Transaction): RlpItem[] {
  const to = bytesOf(transaction.to);
  // Twenty bytes or none, and none would make a new contract.
  if (to.length !== 20) throw new Error("the contract's address is not 20 bytes");
  return [
    rlpNumber(transaction.chainId),
    rlpNumber(transaction.nonce),
    rlpNumber(transaction.maxPriorityFeePerGas),
    rlpNumber(transaction.maxFeePerGas),
    rlpNumber(transaction.gas),
    to,
    rlpNumber(0), // value
    bytesOf(transaction.data),
    [], // access list
  ];
}

function typed(fields: readonly RlpItem[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(TYPE), rlp(fields)]);
}

/** `r` and `s` are numbers in the encoding: zeros in front go. */
function number(bytes: Uint8Array): Uint8Array {
  return rlpNumber(BigInt(hexOf(bytes)));
}
