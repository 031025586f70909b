import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

export type KeySignatureReason =
  | "public-key-form"
  | "signature-form"
  | "app-id-form"
  | "root-key-form"
  | "unrecoverable"
  | "signer-mismatch";

/** Why the key must not be used. The message holds neither the key nor the signature. */
export class KeySignatureError extends Error {
  override readonly name = "KeySignatureError";
  readonly reason: KeySignatureReason;

  constructor(reason: KeySignatureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Each in hex, `0x` in front tolerated. */
export interface KeySignature {
  /** The app's X25519 public key, 32 bytes, as the KMS route gives it. */
  readonly publicKeyHex: string;
  /** `r` (32 bytes), `s` (32), recovery id (0 or 1), as the KMS route gives it. */
  readonly signatureHex: string;
  /** 20 bytes. */
  readonly appIdHex: string;
  /** The KMS's root key (`k256_pubkey`): 33 bytes compressed or 65 uncompressed. */
  readonly rootKeyHex: string;
}

const CONTEXT = Buffer.from("dstack-env-encrypt-pubkey:", "ascii");

/**
 * Checks that the KMS's root key signed this encryption key for this app. Returns for a good signature only:
 * there is no answer that a caller could forget to look at.
 *
 * The form is the legacy one, which the REST API gives (API facts, "Signature over the env pubkey"):
 * secp256k1 over the Keccak-256 digest of the context, the raw app id and the raw key, with no timestamp.
 * A recovery yields some key for almost any signature, so the comparison with the root key is the check.
 *
 * @throws {KeySignatureError} in every other case.
 */
export function verifyKeySignature(input: KeySignature): void {
  const publicKey = bytesOf(input.publicKeyHex, [32], "public-key-form", "the encryption key");
  const signature = bytesOf(input.signatureHex, [65], "signature-form", "the key's signature");
  const appId = bytesOf(input.appIdHex, [20], "app-id-form", "the app id");
  const rootKey = compressedRootKey(input.rootKeyHex);
  const recoveryId = signature.readUInt8(64);
  if (recoveryId > 1) {
    throw new KeySignatureError(
      "signature-form",
      "the key's signature has a recovery id other than 0 and 1",
    );
  }
  const digest = keccak_256(Buffer.concat([CONTEXT, appId, publicKey]));
  const signer = recoverSigner(signature.subarray(0, 64), recoveryId, digest);
  if (!rootKey.equals(signer)) {
    throw new KeySignatureError(
      "signer-mismatch",
      "the encryption key is not signed for this app by the KMS's root key",
    );
  }
}

function recoverSigner(compact: Uint8Array, recoveryId: number, digest: Uint8Array): Uint8Array {
  try {
    return secp256k1.Signature.fromBytes(compact, "compact")
      .addRecoveryBit(recoveryId)
      .recoverPublicKey(digest)
      .toBytes(true);
  } catch {
    throw new KeySignatureError("unrecoverable", "the key's signature is no valid signature");
  }
}

/** The one form in which two equal points are equal bytes. */
function compressedRootKey(hex: string): Buffer {
  const bytes = bytesOf(hex, [33, 65], "root-key-form", "the KMS's root key");
  try {
    return Buffer.from(secp256k1.Point.fromBytes(bytes).toBytes(true));
  } catch {
    throw new KeySignatureError("root-key-form", "the KMS's root key is no point of secp256k1");
  }
}

function bytesOf(
  hex: string,
  lengths: readonly number[],
  reason: KeySignatureReason,
  what: string,
): Buffer {
  const digits = /^(?:0x)?((?:[0-9a-f]{2})+)$/i.exec(hex)?.[1] ?? "";
  const bytes = Buffer.from(digits, "hex");
  if (!lengths.includes(bytes.length)) {
    throw new KeySignatureError(reason, `${what} is not ${lengths.join(" or ")} bytes of hex`);
  }
  return bytes;
}
