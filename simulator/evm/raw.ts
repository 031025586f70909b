import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { decode, type Item, toNumber } from "./rlp.ts";

/** A transaction as a node understands its signed bytes. Addresses and hashes: lower-case hex with `0x`. */
export interface RawTransaction {
  readonly hash: string;
  readonly from: string;
  readonly chainId: bigint;
  readonly nonce: number;
  readonly maxPriorityFeePerGas: bigint;
  readonly maxFeePerGas: bigint;
  readonly gas: bigint;
  /** Null: it makes a contract. */
  readonly to: string | null;
  readonly value: bigint;
  readonly data: string;
}

const FIELDS = 12;
/** Half the order of the curve: a signature has the lower of its two `s` (EIP-2). */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * Decodes signed bytes of type 2 (EIP-1559), and finds out who signed them.
 *
 * @param text hex with `0x`
 * @throws with a node's words for anything else
 */
export function decodeRaw(text: string): RawTransaction {
  if (!/^0x(?:[0-9a-f]{2})+$/i.test(text)) throw new Error("rlp: invalid hex string");
  const bytes = Buffer.from(text.slice(2), "hex");
  if (bytes[0] !== 2) throw new Error("transaction type not supported");
  const fields = decode(bytes.subarray(1));
  if (fields instanceof Uint8Array || fields.length !== FIELDS) {
    throw new Error("rlp: wrong number of fields for types.DynamicFeeTx");
  }
  const to = bytesAt(fields, 5);
  if (to.length !== 0 && to.length !== 20) throw new Error("rlp: wrong size of an address");
  if (fields[8] instanceof Uint8Array) throw new Error("rlp: the access list is none");
  const nonce = toNumber(fields[1]);
  if (nonce > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error("nonce has max value");
  return {
    hash: hex(keccak_256(bytes)),
    from: signerOf(fields),
    chainId: toNumber(fields[0]),
    nonce: Number(nonce),
    maxPriorityFeePerGas: toNumber(fields[2]),
    maxFeePerGas: toNumber(fields[3]),
    gas: toNumber(fields[4]),
    to: to.length === 0 ? null : hex(to),
    value: toNumber(fields[6]),
    data: hex(bytesAt(fields, 7)),
  };
}

/** The address of a public key or, with a private one, of its account. For scenarios that make accounts. */
export function accountOf(privateKey: Uint8Array): string {
  return addressOf(secp256k1.getPublicKey(privateKey, false));
}

/** Who signed what: each node of each chain reads the same bytes, and curves take their time. */
const signers = new Map<string, string>();
const MOST_SIGNERS = 10_000;

function signerOf(fields: readonly Item[]): string {
  const [parity, r, s] = [toNumber(fields[9]), toNumber(fields[10]), toNumber(fields[11])];
  if (parity > 1n || s > HALF_ORDER) throw new Error("invalid transaction v, r, s values");
  // What was signed is what stands before the signature, as a list of its own.
  const digest = keccak_256(Buffer.concat([Uint8Array.of(2), list(fields.slice(0, 9))]));
  const signed = [hex(digest), parity, r, s].join();
  const known = signers.get(signed);
  if (known !== undefined) return known;
  if (signers.size >= MOST_SIGNERS) signers.clear();
  const signer = recovered(digest, r, s, Number(parity));
  signers.set(signed, signer);
  return signer;
}

function recovered(digest: Uint8Array, r: bigint, s: bigint, parity: number): string {
  try {
    const signature = new secp256k1.Signature(r, s).addRecoveryBit(parity);
    return addressOf(signature.recoverPublicKey(digest).toBytes(false));
  } catch {
    throw new Error("invalid sender");
  }
}

function addressOf(publicKey: Uint8Array): string {
  return hex(keccak_256(publicKey.subarray(1)).subarray(12));
}

function bytesAt(fields: readonly Item[], index: number): Uint8Array {
  const field = fields[index];
  if (!(field instanceof Uint8Array)) throw new Error("rlp: a list where bytes belong");
  return field;
}

function list(items: readonly Item[]): Uint8Array {
  return head(0xc0, Buffer.concat(items.map(encode)));
}

function encode(item: Item): Uint8Array {
  if (!(item instanceof Uint8Array)) return list(item);
  return item.length === 1 && (item[0] as number) < 0x80 ? item : head(0x80, item);
}

function head(base: number, body: Uint8Array): Uint8Array {
  if (body.length < 56) return Buffer.concat([Uint8Array.of(base + body.length), body]);
  const digits = body.length.toString(16);
  const size = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  return Buffer.concat([Uint8Array.of(base + 55 + size.length), size, body]);
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}
