import {
  createCipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import { type EnvPair, pairFault, plaintextOf, setFault } from "./limits.ts";

export type SealReason = "recipient-key-form" | "recipient-key-weak" | "limits" | "random";

/** Why nothing was sealed. The message holds no value and no key. */
export class SealError extends Error {
  override readonly name = "SealError";
  readonly reason: SealReason;

  constructor(reason: SealReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Answers this many random bytes. */
export type RandomSource = (bytes: number) => Uint8Array;

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
// node:crypto takes X25519 keys wrapped in ASN.1 (RFC 8410); these are the bytes in front of the 32 raw ones.
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b656e032100", "hex");

/**
 * Encrypts the variables for an app: the value of `encrypted_env`, lower-case hex without `0x`.
 *
 * Layout (API facts, "Env encryption"): ephemeral X25519 public key (32 bytes), IV (12), AES-256-GCM
 * ciphertext of the JSON text, tag (16). The shared secret is the AES key as it stands: there is no KDF and
 * no additional data. Each call draws a new ephemeral key and a new IV.
 *
 * @param recipientKeyHex the app's X25519 public key: 64 hex digits, `0x` in front tolerated.
 * @param random the source of the ephemeral key and of the IV, in this order; to be given by tests alone.
 * @throws {SealError} on a key of another form, a key that yields the same all-zero secret with everyone,
 *   pairs beyond the guest's limits, or a source that answers another number of bytes.
 */
export function sealEnvs(
  pairs: readonly EnvPair[],
  recipientKeyHex: string,
  random: RandomSource = randomBytes,
): string {
  const recipient = /^(?:0x)?([0-9a-f]{64})$/i.exec(recipientKeyHex)?.[1];
  if (recipient === undefined) {
    throw new SealError("recipient-key-form", "the app's encryption key is not 64 hex digits");
  }
  for (const pair of pairs) refuse(pairFault(pair));
  refuse(setFault(pairs));

  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, draw(random, KEY_BYTES)]),
    format: "der",
    type: "pkcs8",
  });
  const iv = draw(random, IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", sharedSecret(privateKey, recipient), iv, {
    authTagLength: TAG_BYTES,
  });
  const ciphertext = Buffer.concat([cipher.update(plaintextOf(pairs), "utf8"), cipher.final()]);
  const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return Buffer.concat([
    publicKey.subarray(SPKI_PREFIX.length),
    iv,
    ciphertext,
    cipher.getAuthTag(),
  ]).toString("hex");
}

function sharedSecret(privateKey: KeyObject, recipientHex: string): Buffer {
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, Buffer.from(recipientHex, "hex")]),
    format: "der",
    type: "spki",
  });
  let secret: Buffer;
  try {
    secret = diffieHellman({ privateKey, publicKey });
  } catch {
    // OpenSSL refuses an all-zero result by itself.
    throw weakKey();
  }
  // Whoever swapped the key for a low-order point could read everything; the guest refuses it as well.
  if (secret.every((byte) => byte === 0)) throw weakKey();
  return secret;
}

function weakKey(): SealError {
  return new SealError("recipient-key-weak", "the app's encryption key is a low-order point");
}

function draw(random: RandomSource, bytes: number): Uint8Array {
  const drawn = random(bytes);
  if (drawn.length !== bytes) {
    throw new SealError("random", `the random source answered ${drawn.length} bytes, not ${bytes}`);
  }
  return drawn;
}

function refuse(fault: string | null): void {
  if (fault !== null) throw new SealError("limits", fault);
}
