import { fieldOf, isObject, objectAt, stringAt } from "../text/json.ts";

/** An app's X25519 key and the KMS's signature over it, both hex (API facts, 5.3). */
export interface SignedKey {
  readonly publicKey: string;
  readonly signature: string;
}

/** Reads the answer of `GET /kms/{kms_id}/pubkey/{app_id}`; null where it is no such thing. */
export function readSignedKey(value: unknown): SignedKey | null {
  const publicKey = stringAt(value, "public_key");
  const signature = stringAt(value, "signature");
  return publicKey === null || signature === null ? null : { publicKey, signature };
}

/** The key that a KMS signs with. */
export interface RootKey {
  /** Hex. */
  readonly key: string;
  /** The chain names another key than the KMS itself. */
  readonly disowned: boolean;
}

/**
 * Reads the KMS's root key from `GET /kms/{kms_id}/info`: what the chain says goes before what the KMS
 * says of itself.
 */
export function readRootKey(value: unknown): RootKey | null {
  const onChain = objectAt(value, "on_chain");
  const bootstrap = objectAt(objectAt(value, "rpc"), "bootstrap_info");
  const key =
    stringAt(objectAt(onChain, "kms_info"), "k256_pubkey") ?? stringAt(bootstrap, "k256_pubkey");
  const match = fieldOf(objectAt(onChain, "verification"), "k256_pubkey_match");
  return key === null ? null : { key, disowned: match === false };
}

/**
 * The KMS's name from a CVM in the shape of API version 2025-10-28. Its `kms_type` (`base`) is not an id
 * that the KMS routes know (API facts, 5.2).
 */
export function readKmsId(value: unknown): string | null {
  if (!isObject(value)) return null;
  const kms = objectAt(value, "kms_info");
  // It becomes part of a path, where dots would lead elsewhere.
  const names = [stringAt(kms, "slug"), stringAt(kms, "id")];
  return names.find((name) => name !== null && /^[\w-]{1,128}$/.test(name)) ?? null;
}
