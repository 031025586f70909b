/** Recursive Length Prefix, the encoding of transactions: bytes, and lists of them. Encoding alone. */
export type RlpItem = Uint8Array | readonly RlpItem[];

/** A number as RLP has it: big-endian bytes without zeros in front, so that 0 is empty. */
export function rlpNumber(value: bigint | number): Uint8Array {
  const number = BigInt(value);
  if (number < 0n) throw new RangeError("RLP has no negative numbers");
  if (number === 0n) return new Uint8Array();
  const digits = number.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
}

export function rlp(item: RlpItem): Uint8Array {
  if (!(item instanceof Uint8Array)) return prefixed(0xc0, Buffer.concat(item.map(rlp)));
  // A single small byte stands for itself.
  return item.length === 1 && (item[0] as number) < 0x80 ? item : prefixed(0x80, item);
}

/** Up to 55 bytes the prefix holds the length; beyond, it holds how many bytes the length itself takes. */
function prefixed(base: number, payload: Uint8Array): Uint8Array {
  if (payload.length <= 55) return Buffer.concat([Uint8Array.of(base + payload.length), payload]);
  const length = rlpNumber(payload.length);
  return Buffer.concat([Uint8Array.of(base + 55 + length.length), length, payload]);
}
