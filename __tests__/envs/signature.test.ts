import { describe, expect, it } from "@jest/globals";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import {
  type KeySignature,
  KeySignatureError,
  type KeySignatureReason,
  verifyKeySignature,
} from "../../src/envs/signature.ts";

/** The known vector (API facts, "Signature over the env pubkey"). */
const KNOWN: KeySignature = {
  publicKeyHex: "e33a1832c6562067ff8f844a61e51ad051f1180b66ec2551fb0251735f3ee90a",
  signatureHex:
    "8542c49081fbf4e03f62034f13fbf70630bdf256a53032e38465a27c36fd6bed" +
    "7a5e7111652004aef37f7fd92fbfc1285212c4ae6a6154203a48f5e16cad2cef" +
    "00",
  appIdHex: "00".repeat(20),
  rootKeyHex: "0x0217610d74cbd39b6143842c6d8bc310d79da1d82cc9d17f8876376221eda0c38f",
};

const ROOT = secp256k1.Point.fromHex(KNOWN.rootKeyHex.slice(2));
const R = KNOWN.signatureHex.slice(0, 64);
const S = KNOWN.signatureHex.slice(64, 128);
const ORDER = secp256k1.Point.Fn.ORDER;

function verdict(change: Partial<KeySignature>): KeySignatureReason | "good" {
  try {
    verifyKeySignature({ ...KNOWN, ...change });
    return "good";
  } catch (error) {
    if (error instanceof KeySignatureError) return error.reason;
    throw error;
  }
}

function hex64(value: bigint): string {
  return value.toString(16).padStart(64, "0");
}

/** Signs as the KMS does, but over any message and with any key. */
function sign(message: Uint8Array, secretKey: Uint8Array): string {
  const recovered = secp256k1.sign(keccak_256(message), secretKey, {
    prehash: false,
    format: "recovered",
  });
  return Buffer.concat([recovered.subarray(1), recovered.subarray(0, 1)]).toString("hex");
}

function message(context: string, ...parts: readonly string[]): Uint8Array {
  return Buffer.concat([Buffer.from(context), ...parts.map((part) => Buffer.from(part, "hex"))]);
}

function flipped(hex: string, bit: number): string {
  const bytes = Buffer.from(hex, "hex");
  bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return bytes.toString("hex");
}

describe("verifyKeySignature accepts", () => {
  it.each<{ name: string; change: Partial<KeySignature> }>([
    { name: "the known vector", change: {} },
    { name: "an uncompressed root key", change: { rootKeyHex: ROOT.toHex(false) } },
    { name: "an uncompressed root key with 0x", change: { rootKeyHex: `0x${ROOT.toHex(false)}` } },
    { name: "the root key in upper case", change: { rootKeyHex: ROOT.toHex(true).toUpperCase() } },
    {
      name: "0x in front of everything",
      change: {
        publicKeyHex: `0x${KNOWN.publicKeyHex}`,
        signatureHex: `0x${KNOWN.signatureHex}`,
        appIdHex: `0x${KNOWN.appIdHex}`,
      },
    },
    {
      // Anyone can turn a signature into this one, over the same message by the same key.
      name: "the signature's twin with the high s",
      change: { signatureHex: `${R}${hex64(ORDER - BigInt(`0x${S}`))}01` },
    },
  ])("$name", ({ change }) => {
    expect(verdict(change)).toBe("good");
  });

  it("a signature of any other root key, for any app and key", () => {
    for (let n = 0; n < 20; n += 1) {
      const { secretKey, publicKey } = secp256k1.keygen();
      const appIdHex = Buffer.from(secp256k1.utils.randomSecretKey().subarray(0, 20)).toString(
        "hex",
      );
      const publicKeyHex = Buffer.from(secp256k1.utils.randomSecretKey()).toString("hex");
      const signed = message("dstack-env-encrypt-pubkey:", appIdHex, publicKeyHex);
      const input = {
        appIdHex,
        publicKeyHex,
        signatureHex: sign(signed, secretKey),
        rootKeyHex: Buffer.from(publicKey).toString("hex"),
      };
      expect(verdict(input)).toBe("good");
      expect(verdict({ ...input, rootKeyHex: KNOWN.rootKeyHex })).toBe("signer-mismatch");
    }
  });
});

describe("verifyKeySignature refuses", () => {
  const otherRoot = Buffer.from(secp256k1.keygen().publicKey).toString("hex");
  const x = ROOT.toHex(true).slice(2);

  it.each<{ name: string; change: Partial<KeySignature>; reason: KeySignatureReason }>([
    { name: "another root key", change: { rootKeyHex: otherRoot }, reason: "signer-mismatch" },
    {
      name: "the root key's negative",
      change: { rootKeyHex: `03${x}` },
      reason: "signer-mismatch",
    },
    {
      name: "another app",
      change: { appIdHex: `${"00".repeat(19)}01` },
      reason: "signer-mismatch",
    },
    {
      name: "another encryption key",
      change: { publicKeyHex: "ab".repeat(32) },
      reason: "signer-mismatch",
    },
    {
      name: "the other recovery id",
      change: { signatureHex: `${R}${S}01` },
      reason: "signer-mismatch",
    },
    { name: "recovery id 2", change: { signatureHex: `${R}${S}02` }, reason: "signature-form" },
    {
      name: "Ethereum's recovery id",
      change: { signatureHex: `${R}${S}1b` },
      reason: "signature-form",
    },
    { name: "recovery id 255", change: { signatureHex: `${R}${S}ff` }, reason: "signature-form" },
    {
      name: "the recovery id in front",
      change: { signatureHex: `00${R}${S}` },
      reason: "signature-form",
    },
    { name: "r = 0", change: { signatureHex: `${hex64(0n)}${S}00` }, reason: "unrecoverable" },
    { name: "s = 0", change: { signatureHex: `${R}${hex64(0n)}00` }, reason: "unrecoverable" },
    {
      name: "r = the order",
      change: { signatureHex: `${hex64(ORDER)}${S}00` },
      reason: "unrecoverable",
    },
    {
      name: "s beyond the order",
      change: { signatureHex: `${R}${"ff".repeat(32)}00` },
      reason: "unrecoverable",
    },
    {
      name: "r of no point",
      change: { signatureHex: `${hex64(5n)}${S}00` },
      reason: "unrecoverable",
    },
    {
      name: "a signature without recovery id",
      change: { signatureHex: `${R}${S}` },
      reason: "signature-form",
    },
    {
      name: "a signature with a byte more",
      change: { signatureHex: `${R}${S}0000` },
      reason: "signature-form",
    },
    { name: "no signature", change: { signatureHex: "" }, reason: "signature-form" },
    {
      name: "a signature that is not hex",
      change: { signatureHex: "zz".repeat(65) },
      reason: "signature-form",
    },
    {
      name: "a signature of odd length",
      change: { signatureHex: `${R}${S}0` },
      reason: "signature-form",
    },
    {
      name: "a short encryption key",
      change: { publicKeyHex: "ab".repeat(31) },
      reason: "public-key-form",
    },
    {
      name: "a long encryption key",
      change: { publicKeyHex: "ab".repeat(33) },
      reason: "public-key-form",
    },
    { name: "no encryption key", change: { publicKeyHex: "" }, reason: "public-key-form" },
    { name: "a short app id", change: { appIdHex: "00".repeat(19) }, reason: "app-id-form" },
    { name: "a long app id", change: { appIdHex: "00".repeat(21) }, reason: "app-id-form" },
    {
      name: "an app id with app_ in front",
      change: { appIdHex: `app_${"00".repeat(20)}` },
      reason: "app-id-form",
    },
    { name: "no root key", change: { rootKeyHex: "" }, reason: "root-key-form" },
    { name: "0x alone as root key", change: { rootKeyHex: "0x" }, reason: "root-key-form" },
    { name: "the root key's x alone", change: { rootKeyHex: x }, reason: "root-key-form" },
    {
      name: "an uncompressed root key without its prefix",
      change: { rootKeyHex: ROOT.toHex(false).slice(2) },
      reason: "root-key-form",
    },
    {
      name: "a root key with another prefix",
      change: { rootKeyHex: `04${x}` },
      reason: "root-key-form",
    },
    {
      name: "the hybrid form of a root key",
      change: { rootKeyHex: `06${ROOT.toHex(false).slice(2)}` },
      reason: "root-key-form",
    },
    {
      name: "a root key beside the curve",
      change: { rootKeyHex: `02${hex64(5n)}` },
      reason: "root-key-form",
    },
    {
      name: "an uncompressed root key beside the curve",
      change: { rootKeyHex: flipped(ROOT.toHex(false), 515) },
      reason: "root-key-form",
    },
    {
      name: "the point at infinity as root key",
      change: { rootKeyHex: "00" },
      reason: "root-key-form",
    },
    { name: "zeros as root key", change: { rootKeyHex: "00".repeat(33) }, reason: "root-key-form" },
  ])("$name", ({ change, reason }) => {
    expect(verdict(change)).toBe(reason);
  });

  it("every single changed bit of the key, the app id and the signature", () => {
    for (const field of ["publicKeyHex", "appIdHex", "signatureHex"] as const) {
      const bits = KNOWN[field].length * 4;
      for (let bit = 0; bit < bits; bit += 1) {
        expect([field, bit, verdict({ [field]: flipped(KNOWN[field], bit) })]).not.toContain(
          "good",
        );
      }
    }
  });

  it("the root key's signature over anything but this message", () => {
    const { secretKey, publicKey } = secp256k1.keygen();
    const rootKeyHex = Buffer.from(publicKey).toString("hex");
    const { appIdHex, publicKeyHex } = KNOWN;
    const time = "0000000066a00000";
    const good = message("dstack-env-encrypt-pubkey:", appIdHex, publicKeyHex);
    expect(verdict({ rootKeyHex, signatureHex: sign(good, secretKey) })).toBe("good");
    for (const other of [
      message("dstack-env-encrypt-pubkey", appIdHex, publicKeyHex),
      message("another-context:", appIdHex, publicKeyHex),
      message("dstack-env-encrypt-pubkey:", publicKeyHex, appIdHex),
      message("dstack-env-encrypt-pubkey:", publicKeyHex),
      message("dstack-env-encrypt-pubkey:", appIdHex, time, publicKeyHex),
      message("dstack-env-encrypt-pubkey:", Buffer.from(appIdHex).toString("hex"), publicKeyHex),
    ]) {
      expect(verdict({ rootKeyHex, signatureHex: sign(other, secretKey) })).toBe("signer-mismatch");
    }
  });

  it("without the key or the signature in the error", () => {
    expect.assertions(1);
    try {
      verifyKeySignature({ ...KNOWN, rootKeyHex: otherRoot });
    } catch (error) {
      expect(String(error)).not.toMatch(/[0-9a-f]{16}/);
    }
  });
});
