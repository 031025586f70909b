import type { webcrypto } from "node:crypto";

/** The guest's side of the encryption, on Web Crypto, so that it shares nothing with the code under test. */
export interface Recipient {
  readonly publicKeyHex: string;
  readonly privateKey: webcrypto.CryptoKey;
}

export async function newRecipient(): Promise<Recipient> {
  const pair = (await crypto.subtle.generateKey("X25519", true, [
    "deriveBits",
  ])) as webcrypto.CryptoKeyPair;
  const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
  return { publicKeyHex: Buffer.from(raw).toString("hex"), privateKey: pair.privateKey };
}

/** The plaintext of a sealed blob. Rejects where the guest would refuse it. */
export async function openSealed(recipient: Recipient, sealedHex: string): Promise<string> {
  const ephemeral = await crypto.subtle.importKey(
    "raw",
    Buffer.from(sealedHex.slice(0, 64), "hex"),
    "X25519",
    true,
    [],
  );
  const secret = await crypto.subtle.deriveBits(
    { name: "X25519", public: ephemeral },
    recipient.privateKey,
    256,
  );
  return openWithSecret(new Uint8Array(secret), sealedHex);
}

/** The plaintext, from the key agreement's 32 bytes. */
export async function openWithSecret(
  secret: Uint8Array<ArrayBuffer>,
  sealedHex: string,
): Promise<string> {
  const key = await crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["decrypt"]);
  const blob = Buffer.from(sealedHex, "hex");
  const plain = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: new Uint8Array(blob.subarray(32, 44)), tagLength: 128 },
    key,
    new Uint8Array(blob.subarray(44)),
  );
  return new TextDecoder("utf-8", { fatal: true }).decode(plain);
}
