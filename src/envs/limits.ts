/**
 * What a CVM's guest accepts as an encrypted environment (API facts, "Env encryption"). The API takes a
 * blob that breaks these limits without a word; the replica, billed by then, is what fails at boot.
 */

/** One environment variable, in the form that the guest reads. */
export interface EnvPair {
  readonly key: string;
  readonly value: string;
}

/** Bytes of the sealed blob. Names and values in clear may hold 1 MiB, which this never lets them reach. */
export const MAX_SEALED_BYTES = 256 * 1024;
const MAX_PAIRS = 1024;
/** Bytes of a name; names are ASCII. */
const MAX_NAME_BYTES = 255;
/** UTF-8 bytes of a value. */
const MAX_VALUE_BYTES = 128 * 1024;
/** Ephemeral public key (32 bytes), IV (12) and tag (16), which sealing adds to the plaintext. */
const SEAL_OVERHEAD_BYTES = 32 + 12 + 16;

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The JSON text that is sealed and that the guest parses. */
export function plaintextOf(pairs: readonly EnvPair[]): string {
  return JSON.stringify({ env: pairs.map(({ key, value }) => ({ key, value })) });
}

/**
 * Why the guest would refuse this pair, or null. Speaks of a name only once its form is right: what looks
 * like a name may be a piece of a secret, such as the last line of an unquoted key file.
 */
export function pairFault(pair: EnvPair): string | null {
  if (!NAME.test(pair.key)) {
    return "a name must be of letters, digits and underscores, and not begin with a digit";
  }
  if (pair.key.length > MAX_NAME_BYTES) {
    return `a name must not have more than ${MAX_NAME_BYTES} characters`;
  }
  // JSON would carry half a surrogate pair as an escape that the guest's parser refuses.
  if (!pair.value.isWellFormed()) return `the value of ${pair.key} is not valid Unicode`;
  if (pair.value.includes("\0")) {
    return `the value of ${pair.key} holds a NUL character, which no environment variable can`;
  }
  const bytes = Buffer.byteLength(pair.value, "utf8");
  if (bytes > MAX_VALUE_BYTES) {
    return `the value of ${pair.key} has ${bytes} bytes, the limit is ${MAX_VALUE_BYTES}`;
  }
  return null;
}

/** Why the guest would refuse the pairs as a whole, or null. */
export function setFault(pairs: readonly EnvPair[]): string | null {
  if (pairs.length > MAX_PAIRS) {
    return `there are ${pairs.length} variables, the limit is ${MAX_PAIRS}`;
  }
  const sealed = Buffer.byteLength(plaintextOf(pairs), "utf8") + SEAL_OVERHEAD_BYTES;
  if (sealed > MAX_SEALED_BYTES) {
    return `the variables together have ${sealed} bytes once encrypted, the limit is ${MAX_SEALED_BYTES}`;
  }
  return null;
}
