import { describe, expect, it } from "@jest/globals";
import { type EnvPair, MAX_SEALED_BYTES } from "../../src/envs/limits.ts";
import { SealError, type SealReason, sealEnvs } from "../../src/envs/seal.ts";
import { newRecipient, openSealed, openWithSecret } from "./open-sealed.ts";

const PAIRS: readonly EnvPair[] = [
  { key: "B", value: "two = 2\nlines" },
  { key: "A", value: 'ñ 🙂 \u2028 "quoted" \\' },
  { key: "__proto__", value: "" },
];
const PLAINTEXT = '{"env":[{"key":"A","value":"1"}]}';

function reasonOf(run: () => unknown): SealReason | "sealed" {
  try {
    run();
    return "sealed";
  } catch (error) {
    if (error instanceof SealError) return error.reason;
    throw error;
  }
}

describe("sealEnvs", () => {
  it("is opened by the holder of the private key, with the pairs in their order", async () => {
    const recipient = await newRecipient();
    const sealed = sealEnvs(PAIRS, recipient.publicKeyHex);
    const plaintext = await openSealed(recipient, sealed);
    expect(plaintext).toBe(
      '{"env":[{"key":"B","value":"two = 2\\nlines"},{"key":"A","value":"ñ 🙂 \u2028 \\"quoted\\" \\\\"},{"key":"__proto__","value":""}]}',
    );
    expect(sealed).toMatch(/^[0-9a-f]+$/);
    expect(sealed.length / 2).toBe(60 + Buffer.byteLength(plaintext));
  });

  it("takes nothing but key and value from a pair", async () => {
    const recipient = await newRecipient();
    const pair = { value: "1", line: 7, key: "A" };
    expect(await openSealed(recipient, sealEnvs([pair], recipient.publicKeyHex))).toBe(PLAINTEXT);
  });

  it("agrees on the secret of RFC 7748, 6.1, and lays the parts out in order", async () => {
    const given = [
      "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
      "000102030405060708090a0b",
    ];
    const sealed = sealEnvs(
      [{ key: "A", value: "1" }],
      "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
      () => Buffer.from(given.shift() ?? "", "hex"),
    );
    expect(sealed.slice(0, 88)).toBe(
      "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a" +
        "000102030405060708090a0b",
    );
    const secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
    const plaintext = await openWithSecret(new Uint8Array(Buffer.from(secret, "hex")), sealed);
    expect(plaintext).toBe(PLAINTEXT);
  });

  it("draws a new ephemeral key and a new IV each time", async () => {
    const { publicKeyHex } = await newRecipient();
    const blobs = Array.from({ length: 8 }, () => sealEnvs(PAIRS, publicKeyHex));
    expect(new Set(blobs.map((blob) => blob.slice(0, 64))).size).toBe(8);
    expect(new Set(blobs.map((blob) => blob.slice(64, 88))).size).toBe(8);
  });

  it("can't be opened with another key, nor once any byte was changed", async () => {
    const [recipient, other] = [await newRecipient(), await newRecipient()];
    const sealed = sealEnvs([{ key: "A", value: "1" }], recipient.publicKeyHex);
    await expect(openSealed(other, sealed)).rejects.toThrow();
    for (let at = 0; at < sealed.length; at += 2) {
      const byte = Number.parseInt(sealed.slice(at, at + 2), 16) ^ 1;
      const changed =
        sealed.slice(0, at) + byte.toString(16).padStart(2, "0") + sealed.slice(at + 2);
      await expect(openSealed(recipient, changed)).rejects.toThrow();
    }
    await expect(openSealed(recipient, sealed.slice(0, -2))).rejects.toThrow();
  });

  it.each([
    { name: "0x in front", form: (hex: string) => `0x${hex}` },
    { name: "upper-case digits", form: (hex: string) => hex.toUpperCase() },
  ])("takes a key with $name", async ({ form }) => {
    const recipient = await newRecipient();
    const sealed = sealEnvs([{ key: "A", value: "1" }], form(recipient.publicKeyHex));
    expect(await openSealed(recipient, sealed)).toBe(PLAINTEXT);
  });

  it.each([
    { name: "empty", key: "" },
    { name: "31 bytes", key: "ab".repeat(31) },
    { name: "33 bytes", key: "ab".repeat(33) },
    { name: "63 digits", key: "a".repeat(63) },
    { name: "not hex", key: "g".repeat(64) },
    { name: "base64", key: Buffer.alloc(32, 9).toString("base64") },
    { name: "spaced", key: ` ${"ab".repeat(32)}` },
    { name: "followed by a line end", key: `${"ab".repeat(32)}\n` },
    { name: "0x twice", key: `0x0x${"ab".repeat(32)}` },
  ])("refuses a key that is $name", ({ key }) => {
    expect(reasonOf(() => sealEnvs(PAIRS, key))).toBe("recipient-key-form");
  });

  // The u coordinates of order 1, 2, 4 and 8, also unreduced; the top bit does not count (RFC 7748, 5).
  it.each([
    { name: "0", key: "00".repeat(32) },
    { name: "1", key: `01${"00".repeat(31)}` },
    { name: "order 8", key: "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800" },
    {
      name: "order 8, the other",
      key: "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    },
    { name: "p - 1", key: `ec${"ff".repeat(30)}7f` },
    { name: "p", key: `ed${"ff".repeat(30)}7f` },
    { name: "p + 1", key: `ee${"ff".repeat(30)}7f` },
    { name: "0 with the top bit", key: `${"00".repeat(31)}80` },
  ])("refuses the low-order point $name", ({ key }) => {
    expect(reasonOf(() => sealEnvs(PAIRS, key))).toBe("recipient-key-weak");
  });

  it.each([
    { name: "a name of a wrong form", pairs: [{ key: "A-B", value: "" }] },
    { name: "a long name", pairs: [{ key: "A".repeat(256), value: "" }] },
    { name: "a long value", pairs: [{ key: "A", value: "v".repeat(131_073) }] },
    {
      name: "many pairs",
      pairs: Array.from({ length: 1025 }, (_, n) => ({ key: `A${n}`, value: "" })),
    },
    {
      name: "a large blob",
      pairs: ["A", "B", "C"].map((key) => ({ key, value: "v".repeat(100_000) })),
    },
    { name: "half a surrogate pair", pairs: [{ key: "A", value: "\uD800" }] },
  ])("refuses $name", async ({ pairs }) => {
    const { publicKeyHex } = await newRecipient();
    expect(reasonOf(() => sealEnvs(pairs, publicKeyHex))).toBe("limits");
  });

  it("seals up to the guest's limit to the byte", async () => {
    const recipient = await newRecipient();
    const of = (bytes: number) => [
      { key: "A", value: "v".repeat(131_000) },
      { key: "B", value: "v".repeat(bytes - 131_000 - 115) },
    ];
    const sealed = sealEnvs(of(MAX_SEALED_BYTES), recipient.publicKeyHex);
    expect(sealed.length / 2).toBe(262_144);
    expect(JSON.parse(await openSealed(recipient, sealed))).toEqual({ env: of(MAX_SEALED_BYTES) });
    expect(reasonOf(() => sealEnvs(of(MAX_SEALED_BYTES + 1), recipient.publicKeyHex))).toBe(
      "limits",
    );
  });

  it("refuses a random source that answers too little", async () => {
    const { publicKeyHex } = await newRecipient();
    expect(
      reasonOf(() => sealEnvs(PAIRS, publicKeyHex, (bytes) => new Uint8Array(bytes - 1))),
    ).toBe("random");
    expect(
      reasonOf(() =>
        sealEnvs(PAIRS, publicKeyHex, (bytes) => new Uint8Array(bytes === 32 ? 32 : 0)),
      ),
    ).toBe("random");
  });

  it("has no value and no key in its errors", () => {
    const value = `${"s3cret".repeat(30_000)}`;
    expect.assertions(2);
    for (const key of ["ab".repeat(31), "ab".repeat(32)]) {
      try {
        sealEnvs([{ key: "A", value }], key);
      } catch (error) {
        expect(String(error)).not.toMatch(/s3cret|abab/);
      }
    }
  });
});
