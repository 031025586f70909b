import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { secp256k1 } from "@noble/curves/secp256k1";
import { keccak_256 } from "@noble/hashes/sha3";
import { encryptEnvVars } from "@phala/dstack-sdk/encrypt-env-vars";
import { verifyEnvEncryptPublicKeyLegacy } from "@phala/dstack-sdk/verify-env-encrypt-public-key";
import fc from "fast-check";
import { type EnvPair, plaintextOf } from "../../../src/envs/limits.ts";
import { sealEnvs } from "../../../src/envs/seal.ts";
import { type KeySignature, verifyKeySignature } from "../../../src/envs/signature.ts";
import { newRecipient, openSealed } from "../open-sealed.ts";

const pairs = fc.uniqueArray(
  fc.record({
    key: fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,20}$/),
    value: fc.string({ unit: "grapheme", maxLength: 200 }).filter((text) => !text.includes("\0")),
  }),
  { selector: (pair) => pair.key, maxLength: 10 },
);

describe("the official SDK's encryption", () => {
  it("seals the same plaintext in the same layout", async () => {
    const recipient = await newRecipient();
    await fc.assert(
      fc.asyncProperty(pairs, async (written: EnvPair[]) => {
        const ours = sealEnvs(written, recipient.publicKeyHex);
        const theirs = await encryptEnvVars(written, recipient.publicKeyHex);
        expect(ours).toHaveLength(theirs.length);
        const plaintext = await openSealed(recipient, ours);
        expect(plaintext).toBe(await openSealed(recipient, theirs));
        expect(plaintext).toBe(plaintextOf(written));
      }),
      { numRuns: 100 },
    );
  });
});

describe("the official SDK's verification", () => {
  // It writes to the console whenever a signature can't be recovered.
  beforeAll(() => {
    jest.spyOn(console, "error").mockImplementation(() => undefined);
  });
  afterAll(() => {
    jest.restoreAllMocks();
  });

  function ourDecision(input: KeySignature): boolean {
    try {
      verifyKeySignature(input);
      return true;
    } catch {
      return false;
    }
  }

  function theirDecision(input: KeySignature): boolean {
    const signer = verifyEnvEncryptPublicKeyLegacy(
      Buffer.from(input.publicKeyHex, "hex"),
      Buffer.from(input.signatureHex, "hex"),
      input.appIdHex,
    );
    return signer !== null && signer === `0x${input.rootKeyHex}`;
  }

  function signedCase(): KeySignature {
    const secretKey = secp256k1.utils.randomPrivateKey();
    const [publicKey, appId] = [randomBytes(32), randomBytes(20)];
    const context = Buffer.from("dstack-env-encrypt-pubkey:");
    const signature = secp256k1.sign(
      keccak_256(Buffer.concat([context, appId, publicKey])),
      secretKey,
    );
    return {
      publicKeyHex: publicKey.toString("hex"),
      signatureHex: `${signature.toCompactHex()}0${signature.recovery}`,
      appIdHex: appId.toString("hex"),
      rootKeyHex: Buffer.from(secp256k1.getPublicKey(secretKey, true)).toString("hex"),
    };
  }

  function damaged(input: KeySignature, field: keyof KeySignature, at: number): KeySignature {
    const bytes = Buffer.from(input[field], "hex");
    const index = at % bytes.length;
    bytes.writeUInt8(bytes.readUInt8(index) ^ (1 << (at & 7)), index);
    return { ...input, [field]: bytes.toString("hex") };
  }

  it("accepts the same signatures", () => {
    for (let n = 0; n < 100; n += 1) {
      const input = signedCase();
      expect([ourDecision(input), theirDecision(input)]).toEqual([true, true]);
    }
  });

  it("refuses the same damaged ones", () => {
    const fields = ["publicKeyHex", "signatureHex", "appIdHex", "rootKeyHex"] as const;
    for (let n = 0; n < 400; n += 1) {
      const field = fields[n % 4] ?? "publicKeyHex";
      const input = damaged(signedCase(), field, Math.floor(n / 4));
      expect([n, ourDecision(input), theirDecision(input)]).toEqual([n, false, false]);
    }
  });

  it("decides the same on every last byte of a signature", () => {
    const input = signedCase();
    const compact = input.signatureHex.slice(0, 128);
    for (let id = 0; id < 256; id += 1) {
      const signatureHex = compact + id.toString(16).padStart(2, "0");
      const changed = { ...input, signatureHex };
      expect([id, ourDecision(changed)]).toEqual([id, theirDecision(changed)]);
    }
  });

  it("decides the same on signatures of other lengths and on random ones", () => {
    const input = signedCase();
    for (const length of [0, 1, 32, 63, 64, 65, 66, 130]) {
      for (let n = 0; n < 10; n += 1) {
        const changed = { ...input, signatureHex: randomBytes(length).toString("hex") };
        expect([length, ourDecision(changed)]).toEqual([length, theirDecision(changed)]);
      }
    }
  });
});
