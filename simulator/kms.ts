import { createDecipheriv, createHash } from "node:crypto";
import { x25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import type { KmsConduct } from "./options.ts";

/** One variable of the decrypted environment. */
export interface EnvVar {
  readonly key: string;
  readonly value: string;
}

const PREFIX = "dstack-env-encrypt-pubkey:";

/**
 * The digest that a KMS root key signs for an app's env key, legacy form without a timestamp:
 * Keccak-256 over the ASCII prefix, the 20 bytes of the app id and the 32 bytes of the key
 * (API facts, section 5.3).
 *
 * @param appId 40 hex digits
 * @param publicKey 64 hex digits
 */
export function envKeyDigest(appId: string, publicKey: string): Uint8Array {
  return keccak_256(
    Buffer.concat([
      Buffer.from(PREFIX, "ascii"),
      Buffer.from(appId, "hex"),
      Buffer.from(publicKey, "hex"),
    ]),
  );
}

/**
 * The compressed root key (66 hex digits) that made a signature of 65 bytes, r ‖ s ‖ recovery id.
 *
 * @throws if the signature is malformed
 */
export function signerOf(digest: Uint8Array, signature: string): string {
  const bytes = Buffer.from(signature, "hex");
  if (bytes.length !== 65) throw new Error("a signature has 65 bytes");
  // The library wants the recovery id in front, the KMS sends it at the end.
  const recovered = Buffer.concat([bytes.subarray(64), bytes.subarray(0, 64)]);
  return Buffer.from(secp256k1.recoverPublicKey(recovered, digest, { prehash: false })).toString(
    "hex",
  );
}

/** A key management service with real keys, all derived from one seed. */
export class Kms {
  readonly #seed: string;
  readonly #conduct: KmsConduct;
  /** Every look at a CVM shows the root key, and making it takes milliseconds. */
  #rootKey: string | null = null;
  readonly #envKeys = new Map<string, string>();

  constructor(seed: string, conduct: KmsConduct) {
    this.#seed = seed;
    this.#conduct = conduct;
  }

  #secret(label: string): Uint8Array {
    return createHash("sha256").update(`${this.#seed}|${label}`).digest();
  }

  /** The compressed secp256k1 root key, 66 hex digits without `0x`. */
  get rootKey(): string {
    this.#rootKey ??= Buffer.from(secp256k1.getPublicKey(this.#secret("root"))).toString("hex");
    return this.#rootKey;
  }

  /** The app's X25519 key for environments, 64 hex digits: the real one, whatever is served. */
  envKey(appId: string): string {
    const kept = this.#envKeys.get(appId);
    if (kept !== undefined) return kept;
    const key = Buffer.from(x25519.getPublicKey(this.#secret(`env|${appId}`))).toString("hex");
    this.#envKeys.set(appId, key);
    return key;
  }

  #sign(appId: string, publicKey: string, root: string): string {
    const made = Buffer.from(
      secp256k1.sign(envKeyDigest(appId, publicKey), this.#secret(root), {
        prehash: false,
        format: "recovered",
      }),
    );
    return Buffer.concat([made.subarray(1), made.subarray(0, 1)]).toString("hex");
  }

  /** The answer of the pubkey route, honest or not, as the conduct says. */
  served(appId: string): { public_key: string; signature: string } {
    const key = this.envKey(appId);
    const good = { public_key: key, signature: this.#sign(appId, key, "root") };
    switch (this.#conduct) {
      case "good":
        return good;
      case "other-root":
        return { ...good, signature: this.#sign(appId, key, "another root") };
      case "other-app":
        return { ...good, signature: this.#sign("ff".repeat(20), key, "root") };
      case "tampered":
        return { ...good, signature: flipFirstBit(good.signature) };
      case "short-signature":
        return { ...good, signature: good.signature.slice(0, 128) };
      case "swapped-key":
        return { ...good, public_key: this.envKey(`not ${appId}`) };
      case "short-key": {
        const short = key.slice(0, 62);
        return { public_key: short, signature: this.#sign(appId, short, "root") };
      }
      case "zero-key": {
        const zero = "00".repeat(32);
        return { public_key: zero, signature: this.#sign(appId, zero, "root") };
      }
    }
  }

  /**
   * Opens a sealed environment as the guest does: X25519 with the ephemeral key in front, the shared
   * secret as AES-256-GCM key, then IV, ciphertext and tag (API facts, section 6).
   *
   * @param blob lower- or upper-case hex
   * @returns the plaintext JSON as it was sealed
   * @throws if the blob is too short, meant for another key, tampered with or not an env
   */
  open(appId: string, blob: string): string {
    const bytes = Buffer.from(blob, "hex");
    if (bytes.length < 60) throw new Error("sealed env is too short");
    const shared = x25519.getSharedSecret(this.#secret(`env|${appId}`), bytes.subarray(0, 32));
    const decipher = createDecipheriv("aes-256-gcm", shared, bytes.subarray(32, 44));
    decipher.setAuthTag(bytes.subarray(-16));
    const plain = Buffer.concat([decipher.update(bytes.subarray(44, -16)), decipher.final()]);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(plain);
    envVarsOf(text);
    return text;
  }
}

function flipFirstBit(hex: string): string {
  return (Number.parseInt(hex[0] ?? "0", 16) ^ 8).toString(16) + hex.slice(1);
}

/**
 * The variables of a plaintext `{"env":[{"key":…,"value":…}]}`.
 *
 * @throws if the text is anything else
 */
export function envVarsOf(text: string): EnvVar[] {
  const parsed: unknown = JSON.parse(text);
  const list = isRecord(parsed) ? parsed.env : undefined;
  if (!Array.isArray(list)) throw new Error("sealed env has no list of variables");
  return list.map((item: unknown) => {
    if (
      !isRecord(item) ||
      typeof item.key !== "string" ||
      typeof item.value !== "string" ||
      !/^[A-Za-z_][A-Za-z0-9_]*$/.test(item.key)
    ) {
      throw new Error("sealed env has a malformed variable");
    }
    return { key: item.key, value: item.value };
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
