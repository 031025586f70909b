/** The forms of bytes and numbers in JSON-RPC. Each reader answers null for anything else. */

/** Bytes of even hex, `0x` in front tolerated. @throws where the text is none: for our own values alone */
export function bytesOf(hex: string): Uint8Array {
  const digits = hex.replace(/^0x/i, "");
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) throw new Error("not even hex digits");
  return Buffer.from(digits, "hex");
}

/** Lower-case hex with `0x`. */
export function hexOf(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}

/** A number as JSON-RPC wants it: hex without zeros in front. */
export function quantity(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}

/** A number of at most 256 bits. Zeros in front are against the rules, and harmless. */
export function readQuantity(value: unknown): bigint | null {
  return typeof value === "string" && /^0x[0-9a-f]{1,64}$/i.test(value) ? BigInt(value) : null;
}

/** A number that JavaScript counts exactly: a nonce, a block's number, a chain's id. */
export function readCount(value: unknown): number | null {
  const read = readQuantity(value);
  return read !== null && read <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(read) : null;
}

/** 32 bytes with `0x`, lower-case: a hash. */
export function readHash(value: unknown): string | null {
  return typeof value === "string" && /^0x[0-9a-f]{64}$/i.test(value) ? value.toLowerCase() : null;
}

/** Bytes of any number with `0x`, lower-case. */
export function readBytes(value: unknown): string | null {
  return typeof value === "string" && /^0x(?:[0-9a-f]{2})*$/i.test(value)
    ? value.toLowerCase()
    : null;
}
